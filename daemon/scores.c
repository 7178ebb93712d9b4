/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/scores.h"

#include <math.h>

#include "base/pack.h"

/* One arm's line, wherever it comes from. */
struct line {
	const char *arm; /* NULL: it is gone */
	struct view view;
	double cost;
};

void
arm_pack(const struct router *r, uint32_t uid, struct buf *out)
{
	const struct arm *a = router_arm_of(r, uid);

	if (a != NULL)
		pack_str(out, a->name);
	else
		pack_nil(out);
}

static void
pack_num_of(struct buf *out, const char *key, double num)
{
	pack_str(out, key);
	pack_num(out, num);
}

static void
pack_line(const struct line *l, struct buf *out)
{
	const struct view *v = &l->view;
	bool eligible = v->why == WHY_ELIGIBLE;
	const char *reason = !eligible ? why_words[v->why]
	    : v->untried               ? "untried"
				       : NULL;

	pack_map(out, 7u + (reason != NULL) + v->at_most);
	pack_str(out, "arm");
	if (l->arm != NULL)
		pack_str(out, l->arm);
	else
		pack_nil(out);
	pack_num_of(out, "mean", v->mean);
	pack_num_of(out, "sigma", v->sigma);
	pack_num_of(out, "score", eligible ? v->score : NAN);
	pack_num_of(out, "cost", l->cost);
	pack_str(out, "eligible");
	pack_bool(out, eligible);
	if (reason != NULL) {
		pack_str(out, "reason");
		pack_str(out, reason);
	}
	pack_num_of(out, "probability", v->probability);
	if (v->at_most) {
		pack_str(out, "at_most");
		pack_bool(out, true);
	}
}

void
scores_pack(const struct router *r, struct buf *out)
{
	pack_str(out, "scores");
	pack_array(out, (size_t)r->arms);
	for (int i = 0; i < r->arms; i++) {
		const struct arm *a = r->arm[i];

		pack_line(&(struct line){ a->name, r->view[i], a->cost }, out);
	}
}

void
scores_keep(const struct router *r, struct buf *out)
{
	pack_array(out, (size_t)r->arms);
	for (int i = 0; i < r->arms; i++) {
		const struct view *v = &r->view[i];

		pack_array(out, v->at_most ? 9 : 8);
		pack_uint(out, r->arm[i]->uid);
		pack_uint(out, v->why);
		pack_num(out, v->mean);
		pack_num(out, v->sigma);
		pack_num(out, v->why == WHY_ELIGIBLE ? v->score : 0);
		pack_num(out, r->arm[i]->cost);
		pack_bool(out, v->untried);
		pack_num(out, v->probability);
		if (v->at_most)
			pack_bool(out, true);
	}
}

static bool
take_num(struct cursor *c, double *num)
{
	struct value v;

	return cursor_next(c, &v) && value_num(&v, num);
}

static bool
take_line(const struct router *r, struct cursor *c, struct line *l)
{
	const struct arm *a;
	double uid, why;
	struct value v, most;
	uint32_t n;

	if (!cursor_next(c, &v) || v.type != VALUE_ARRAY)
		return false;
	n = v.u.count;
	if ((n != 8 && n != 9) || !take_num(c, &uid) || !take_num(c, &why) ||
	    !(why >= WHY_ELIGIBLE && why < WHY_COUNT) ||
	    !take_num(c, &l->view.mean) || !take_num(c, &l->view.sigma) ||
	    !take_num(c, &l->view.score) || !take_num(c, &l->cost) ||
	    !cursor_next(c, &v) || v.type != VALUE_BOOL)
		return false;
	l->view.why = (enum why)why;
	l->view.untried = v.u.boolean;
	a = uid >= 1 && uid <= UINT32_MAX ? router_arm_of(r, (uint32_t)uid)
					  : NULL;
	l->arm = a != NULL ? a->name : NULL;
	l->view.at_most = n == 9;
	return take_num(c, &l->view.probability) &&
	    (n == 8 || cursor_next(c, &most));
}

bool
scores_repack(const struct router *r, struct cursor kept, struct buf *out)
{
	struct value v;

	if (!cursor_next(&kept, &v) || v.type != VALUE_ARRAY)
		return false;
	pack_str(out, "scores");
	pack_array(out, v.u.count);
	for (uint32_t i = 0; i < v.u.count; i++) {
		struct line l;

		if (!take_line(r, &kept, &l))
			return false;
		pack_line(&l, out);
	}
	return true;
}
