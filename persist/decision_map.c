/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A decision in the map of a record: its reader. */
#include <string.h>

#include "persist/decision.h"
#include "persist/keys.h"
#include "persist/take.h"

static bool
shown_name(struct cursor *c, struct taking *t)
{
	return key_calling(c, t->names->shown[t->at].name);
}

static bool
shown_removed(struct cursor *c, struct taking *t)
{
	return take_flag(c, &t->names->shown[t->at].removed);
}

/* clang-format off */
#define SHOWN(take, member) MEMBER(#member, take, struct shown, member)
static const struct key shown_keys[] = {
	SHOWN(key_uid, arm),
	MAY_BE("arm_name", shown_name),
	MAY_BE("removed", shown_removed),
	SHOWN(key_num, propensity),
	SHOWN(key_num, mean),
	SHOWN(key_num, sigma),
	SHOWN(key_seq, ended),
	SHOWN(key_num, faded),
	{ 0 }
};
/* clang-format on */

static bool
slate(struct cursor *c, struct taking *t)
{
	struct decision *d = &t->ev->decision;
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_ARRAY || v.u.count < 1 ||
	    v.u.count > ARMS_MAX)
		return false;
	d->k = (int)v.u.count;
	d->shown = room_shown(t->room, d->k);
	memset(t->room->shown, 0, (size_t)d->k * sizeof *d->shown);
	for (t->at = 0; t->at < d->k; t->at++)
		if (keys_take(c, t, "slate", shown_keys,
			&t->room->shown[t->at]) != ERR_NONE)
			return false;
	return true;
}

static bool
eligible(struct cursor *c, struct taking *t)
{
	return eligible_take(c, &t->ev->decision, t->room);
}

/* clang-format off */
#define DECISION(take, member) MEMBER(#member, take, struct decision, member)
static const struct key decision_keys[] = {
	DECISION(key_name, id),
	DECISION(key_number, number),
	DECISION(key_num, time),
	DECISION(key_seq, state_seq),
	DECISION(key_policy, policy),
	DECISION(key_flag, asked),
	PART("slate", slate),
	PART("eligible", eligible),
	DECISION(key_uid_or_none, prefer),
	DECISION(key_num, switch_cost),
	DECISION(key_num, no_click),
	DECISION(key_num, no_click_sigma),
	{ 0 }
};
/* clang-format on */

bool
decision_map_take(struct cursor *c, struct taking *t)
{
	return keys_take(c, t, "decision", decision_keys, &t->ev->decision) ==
	    ERR_NONE;
}
