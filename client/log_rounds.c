/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/log_rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void
rounds_fini(struct rounds *r)
{
	free(r->round);
	free(r->arm);
	r->round = NULL;
	r->arm = NULL;
	r->n = r->arms = 0;
}

static double
number(struct cursor map, const char *key)
{
	struct cursor c = cursor_find(map, key);
	struct value v;
	double num;

	return c.p != NULL && cursor_next(&c, &v) && value_num(&v, &num) ? num
									 : NAN;
}

/* A name of the record; false: there is none, or it is none of ours. */
static bool
text(struct cursor map, const char *key, char out[SEEN_NAME])
{
	struct cursor c = cursor_find(map, key);
	const char *s;
	uint32_t len;

	if (c.p == NULL || !cursor_str(&c, &s, &len) || len == 0 ||
	    len >= SEEN_NAME)
		return false;
	memcpy(out, s, len);
	out[len] = '\0';
	utf8_clean(out, len);
	return true;
}

/* The last round's is mostly that of the next, too. */
static size_t
arm_index(struct rounds *r, const char *name)
{
	for (size_t i = 0; i < r->arms; i++)
		if (strcmp(r->arm[i].name, name) == 0)
			return i;
	if (r->arms == r->arm_cap) {
		r->arm_cap = r->arm_cap == 0 ? 16 : 2 * r->arm_cap;
		r->arm = mem_realloc(r->arm, r->arm_cap, sizeof *r->arm);
	}
	r->arm[r->arms] = (struct round_arm){ .cost = NAN };
	strcpy(r->arm[r->arms].name, name);
	return r->arms++;
}

static void
add(struct rounds *r, const struct round *round)
{
	if (r->n == r->cap) {
		r->cap = r->cap == 0 ? 1024 : 2 * r->cap;
		r->round = mem_realloc(r->round, r->cap, sizeof *r->round);
	}
	r->round[r->n++] = *round;
}

/* What was known of the arm when it was decided. */
static void
take_prediction(struct round *round, struct cursor decision, const char *arm)
{
	struct cursor slate = cursor_find(decision, "slate");
	struct value array;
	char name[SEEN_NAME];

	if (slate.p == NULL || !cursor_next(&slate, &array) ||
	    array.type != VALUE_ARRAY)
		return;
	for (uint32_t i = 0; i < array.u.count; i++) {
		struct cursor shown = slate;

		if (!cursor_skip(&slate))
			return;
		shown.end = slate.p;
		if (!text(shown, "arm_name", name) || strcmp(name, arm) != 0)
			continue;
		round->mean = number(shown, "mean");
		round->sigma = number(shown, "sigma");
		return;
	}
}

/* The first arm of the slate, of a decision that expired as a whole. */
static bool
first_shown(struct cursor decision, char out[SEEN_NAME])
{
	struct cursor slate = cursor_find(decision, "slate");
	struct value array;

	return slate.p != NULL && cursor_next(&slate, &array) &&
	    array.type == VALUE_ARRAY && array.u.count > 0 &&
	    text(slate, "arm_name", out);
}

/* Of an arm that has been removed there is no name. */
static void
take_round(struct rounds *r, struct cursor record, bool rewarded)
{
	struct cursor decision = cursor_find(record, "decision");
	struct round round = { .mean = NAN, .sigma = NAN };
	char arm[SEEN_NAME];

	if (!text(record, "arm_name", arm) &&
	    (decision.p == NULL || !first_shown(decision, arm)))
		strcpy(arm, "(removed)");
	round.arm = arm_index(r, arm);
	round.decided = decision.p != NULL;
	round.reward = rewarded ? number(record, "reward") : NAN;
	round.cost = number(record, "cost");
	if (round.decided)
		take_prediction(&round, decision, arm);
	add(r, &round);
}

static void
take_arm(struct rounds *r, struct cursor record)
{
	char name[SEEN_NAME];
	double cost = number(record, "cost");
	size_t arm;

	if ((!text(record, "name", name) && !text(record, "arm_name", name)) ||
	    isnan(cost))
		return;
	arm = arm_index(r, name); /* before r->arm is looked at: it may move */
	r->arm[arm].cost = cost;
}

enum err
rounds_take(struct rounds *r, struct cursor record, struct fault *f)
{
	char kind[SEEN_NAME], router[SEEN_NAME];

	if (!text(record, "kind", kind))
		return fault_set(f, ERR_DATA,
		    "it is no record of a log: it has no kind");
	if (!text(record, "router_name", router))
		return ERR_NONE; /* of none, or of one that is gone */
	if (r->router[0] == '\0')
		strcpy(r->router, router);
	if (strcmp(router, r->router) != 0)
		return ERR_NONE;
	if (strcmp(kind, "reward") == 0)
		take_round(r, record, true);
	else if (strcmp(kind, "expire") == 0)
		take_round(r, record, false);
	else if (strcmp(kind, "arm.add") == 0 || strcmp(kind, "arm.set") == 0)
		take_arm(r, record);
	return ERR_NONE;
}
