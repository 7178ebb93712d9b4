/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a decision is written and read back. */
#include "persist/decision.h"

#include <string.h>

#include "bandit/policy.h"
#include "base/pack.h"
#include "features/context.h"
#include "persist/take.h"

bool
context_take(struct cursor *c, struct decision *d, struct room *room)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_BIN ||
	    v.u.bytes.len % sizeof(float) != 0 ||
	    v.u.bytes.len / sizeof(float) > CONTEXT_MAX_DIMENSION)
		return false;
	d->d = (int)(v.u.bytes.len / sizeof(float));
	d->x = room_x(room, d->d);
	if (d->d > 0)
		memcpy(room->x, v.u.bytes.data, v.u.bytes.len);
	return true;
}

static void
put_slate(const struct decision *d, struct buf *b)
{
	pack_array(b, (size_t)d->k);
	for (int i = 0; i < d->k; i++) {
		pack_array(b, 6);
		pack_uint(b, d->shown[i].arm);
		pack_num(b, d->shown[i].propensity);
		pack_num(b, d->shown[i].mean);
		pack_num(b, d->shown[i].sigma);
		pack_uint(b, d->shown[i].ended);
		pack_num(b, d->shown[i].faded);
	}
}

void
decision_put(const struct decision *d, struct buf *b)
{
	pack_array(b, 12);
	pack_str(b, d->id);
	pack_uint(b, d->number);
	pack_num(b, d->time);
	pack_uint(b, d->state_seq);
	pack_str(b, policies[d->policy].name);
	pack_bool(b, d->asked);
	put_slate(d, b);
	pack_array(b, (size_t)d->eligible);
	for (int i = 0; i < d->eligible; i++)
		pack_uint(b, d->eligible_arm[i]);
	pack_uint(b, d->prefer);
	pack_num(b, d->switch_cost);
	pack_num(b, d->no_click);
	pack_num(b, d->no_click_sigma);
}

bool
policy_take(struct cursor *c, int *policy)
{
	struct value v;

	if (!cursor_next(c, &v))
		return false;
	for (int i = 0; policies[i].name != NULL; i++)
		if (value_is(&v, policies[i].name)) {
			*policy = i;
			return true;
		}
	return false;
}

/* The head of an array of up to ARMS_MAX. */
static bool
take_count(struct cursor *c, int *n)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_ARRAY ||
	    v.u.count > ARMS_MAX)
		return false;
	*n = (int)v.u.count;
	return true;
}

static bool
take_slate(struct cursor *c, struct decision *d, struct room *room)
{
	struct shown *s;

	if (!take_count(c, &d->k) || d->k < 1)
		return false;
	d->shown = s = room_shown(room, d->k);
	for (int i = 0; i < d->k; i++, s++)
		if (!take_list(c, 6) || !take_uid(c, 1, &s->arm) ||
		    !take_num(c, &s->propensity) || !take_num(c, &s->mean) ||
		    !take_num(c, &s->sigma) || !take_seq(c, 0, &s->ended) ||
		    !take_num(c, &s->faded))
			return false;
	return true;
}

bool
eligible_take(struct cursor *c, struct decision *d, struct room *room)
{
	if (!take_count(c, &d->eligible))
		return false;
	d->eligible_arm = room_eligible(room, d->eligible);
	for (int i = 0; i < d->eligible; i++)
		if (!take_uid(c, 1, &room->eligible[i]))
			return false;
	return true;
}

/* As version 0.1.0 wrote it: one arm, which stands beside it. */
static bool
decision_take_first(struct cursor *c, struct decision *d, struct room *room)
{
	struct shown *s = room_shown(room, 1);

	*s = (struct shown){ 0 };
	d->k = 1;
	d->shown = s;
	return take_name(c, d->id, false) && take_seq(c, 1, &d->number) &&
	    take_num(c, &d->time) && take_num(c, &s->propensity) &&
	    take_seq(c, 0, &d->state_seq) && policy_take(c, &d->policy);
}

bool
decision_take(struct cursor *c, struct decision *d, struct room *room)
{
	struct cursor ahead = *c;

	if (take_list(&ahead, 6)) {
		*c = ahead;
		return decision_take_first(c, d, room);
	}
	return take_list(c, 12) && take_name(c, d->id, false) &&
	    take_seq(c, 1, &d->number) && take_num(c, &d->time) &&
	    take_seq(c, 0, &d->state_seq) && policy_take(c, &d->policy) &&
	    take_flag(c, &d->asked) && take_slate(c, d, room) &&
	    eligible_take(c, d, room) && take_uid(c, 0, &d->prefer) &&
	    take_num(c, &d->switch_cost) && take_num(c, &d->no_click) &&
	    take_num(c, &d->no_click_sigma);
}
