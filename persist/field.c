/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each field is written and read back. */
#include "persist/field.h"

#include <math.h>
#include <string.h>

#include "base/pack.h"
#include "features/context.h"
#include "persist/decision.h"
#include "persist/take.h"

static void
put_name(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->name);
}

static bool
take_event_name(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_name(c, ev->name, false);
}

static void
put_group(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->group);
}

static bool
take_group(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	ev->group_said = true;
	return take_name(c, ev->group, true);
}

static bool
group_said(const struct event *ev)
{
	return ev->group_said;
}

static void
put_arm(const struct event *ev, struct buf *b)
{
	pack_uint(b, ev->arm);
}

static bool
take_arm(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_uid(c, 1, &ev->arm);
}

static bool
arm_said(const struct event *ev)
{
	return ev->arm != 0;
}

static void
put_cost(const struct event *ev, struct buf *b)
{
	pack_num(b, ev->cost);
}

static bool
take_cost(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_num(c, &ev->cost);
}

static bool
cost_said(const struct event *ev)
{
	return !isnan(ev->cost);
}

static void
put_enabled(const struct event *ev, struct buf *b)
{
	pack_bool(b, ev->enabled);
}

static bool
take_enabled(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	ev->enabled_said = true;
	return take_flag(c, &ev->enabled);
}

static bool
enabled_said(const struct event *ev)
{
	return ev->enabled_said;
}

static void
put_settings(const struct event *ev, struct buf *b)
{
	const struct setting *s = router_settings;
	struct buf text = { 0 };
	size_t n = 0;

	while (s[n].name != NULL)
		n++;
	pack_map(b, n);
	for (; s->name != NULL; s++) {
		text.len = 0;
		setting_format(s, &ev->settings, &text);
		pack_str(b, s->name);
		pack_strn(b, (const char *)text.data, text.len);
	}
	buf_free(&text);
}

static bool
take_setting(struct cursor *c, struct router_settings *set)
{
	const struct setting *s;
	const char *name, *text;
	uint32_t name_len, len;
	char value[256];

	if (!cursor_str(c, &name, &name_len) || !cursor_str(c, &text, &len) ||
	    len >= sizeof value)
		return false;
	s = setting_find(router_settings, name, name_len);
	memcpy(value, text, len);
	value[len] = '\0';
	return s != NULL && setting_parse(s, set, value, NULL) == ERR_NONE;
}

/* Settings that an older version did not know are as they were then. */
static bool
take_settings(struct cursor *c, struct event *ev, struct room *room)
{
	struct value v;

	(void)room;
	settings_before(router_settings, &ev->settings);
	if (!cursor_next(c, &v) || v.type != VALUE_MAP)
		return false;
	for (uint32_t i = 0; i < v.u.count; i++)
		if (!take_setting(c, &ev->settings))
			return false;
	return true;
}

static void
put_dimension(const struct event *ev, struct buf *b)
{
	pack_int(b, ev->dimension);
}

static bool
take_dimension(struct cursor *c, struct event *ev, struct room *room)
{
	int64_t d;

	(void)room;
	if (!take_whole(c, 1, CONTEXT_MAX_DIMENSION, &d))
		return false;
	ev->dimension = (int)d;
	return true;
}

static void
put_bandwidth(const struct event *ev, struct buf *b)
{
	pack_num(b, ev->bandwidth);
}

static bool
take_bandwidth(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_num(c, &ev->bandwidth);
}

static void
put_points(const struct event *ev, struct buf *b)
{
	pack_int(b, ev->points);
}

static bool
take_points(struct cursor *c, struct event *ev, struct room *room)
{
	int64_t n;

	(void)room;
	if (!take_whole(c, 0, INT32_MAX, &n))
		return false;
	ev->points = (int)n;
	return true;
}

static void
put_reward(const struct event *ev, struct buf *b)
{
	pack_num(b, ev->reward);
}

static bool
take_reward(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_num(c, &ev->reward);
}

static void
put_x(const struct event *ev, struct buf *b)
{
	pack_bin(b, ev->decision.x, (size_t)ev->decision.d * sizeof(float));
}

static bool
take_x(struct cursor *c, struct event *ev, struct room *room)
{
	ev->keep_x = true;
	return context_take(c, &ev->decision, room);
}

static bool
x_said(const struct event *ev)
{
	return ev->keep_x && ev->decision.x != NULL && ev->decision.d > 0;
}

static void
put_key(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->key);
}

static bool
take_key(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_name(c, ev->key, false);
}

static bool
key_said(const struct event *ev)
{
	return ev->key[0] != '\0';
}

static void
put_decision(const struct event *ev, struct buf *b)
{
	decision_put(&ev->decision, b);
}

static bool
take_decision(struct cursor *c, struct event *ev, struct room *room)
{
	return decision_take(c, &ev->decision, room);
}

static bool
decision_said(const struct event *ev)
{
	return ev->decision.id[0] != '\0';
}

static void
put_loser(const struct event *ev, struct buf *b)
{
	pack_uint(b, ev->loser);
}

static bool
take_loser(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_uid(c, 1, &ev->loser);
}

static void
put_early(const struct event *ev, struct buf *b)
{
	pack_bool(b, ev->early);
}

static bool
take_early(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_flag(c, &ev->early);
}

static bool
early_said(const struct event *ev)
{
	return ev->early;
}

static void
put_named(const struct event *ev, struct buf *b)
{
	pack_uint(b, ev->named);
}

static bool
take_named(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_seq(c, 0, &ev->named);
}

static void
put_prior(const struct event *ev, struct buf *b)
{
	pack_bin(b, ev->prior, 2 * (size_t)ev->prior_len * sizeof *ev->prior);
}

static bool
take_prior(struct cursor *c, struct event *ev, struct room *room)
{
	size_t two = 2 * sizeof *ev->prior;
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_BIN ||
	    v.u.bytes.len % two != 0 ||
	    v.u.bytes.len / two > CONTEXT_MAX_DIMENSION)
		return false;
	ev->prior_len = (int)(v.u.bytes.len / two);
	ev->prior = room_prior(room, 2 * ev->prior_len);
	memcpy(room->prior, v.u.bytes.data, v.u.bytes.len);
	for (int i = 0; i < 2 * ev->prior_len; i++)
		if (!(fabs(room->prior[i]) <= PRIOR_LARGEST))
			return false;
	return true;
}

static bool
prior_said(const struct event *ev)
{
	return ev->prior != NULL && ev->prior_len > 0;
}

static void
put_prior_from(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->prior_from);
}

static bool
take_prior_from(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_name(c, ev->prior_from, false);
}

static bool
prior_from_said(const struct event *ev)
{
	return ev->prior_from[0] != '\0';
}

static void
put_after(const struct event *ev, struct buf *b)
{
	pack_uint(b, ev->after);
}

static bool
take_after(struct cursor *c, struct event *ev, struct room *room)
{
	(void)room;
	return take_seq(c, 1, &ev->after);
}

static bool
after_said(const struct event *ev)
{
	return ev->after != 0;
}

static void
put_dropped(const struct event *ev, struct buf *b)
{
	pack_array(b, (size_t)ev->drops);
	for (int i = 0; i < ev->drops; i++) {
		pack_array(b, 3);
		pack_uint(b, ev->dropped[i].router);
		pack_uint(b, ev->dropped[i].count);
		pack_uint(b, ev->dropped[i].last);
	}
}

static bool
take_dropped(struct cursor *c, struct event *ev, struct room *room)
{
	struct dropped *d;
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_ARRAY || v.u.count == 0 ||
	    v.u.count > (uint32_t)(c->end - c->p))
		return false;
	ev->drops = (int)v.u.count;
	ev->dropped = d = room_dropped(room, ev->drops);
	for (int i = 0; i < ev->drops; i++)
		if (!take_list(c, 3) || !take_uid(c, 1, &d[i].router) ||
		    !take_seq(c, 1, &d[i].count) ||
		    !take_seq(c, 1, &d[i].last) || d[i].count > d[i].last)
			return false;
	return true;
}

/* Four bytes whatever it is, which run_encode() fills in. */
static void
put_sum(const struct event *ev, struct buf *b)
{
	(void)ev;
	buf_put(b, "\xce\0\0\0", 5);
}

static bool
take_sum(struct cursor *c, struct event *ev, struct room *room)
{
	int64_t sum;

	(void)room;
	if (c->end - c->p != 5 || !take_whole(c, 0, UINT32_MAX, &sum))
		return false;
	ev->sum = (uint32_t)sum;
	return true;
}

#define ON(kind) (1u << EVENT_##kind)
#define ON_ARM (ON(ARM_ADD) | ON(ARM_SET))
#define ON_CHOICE (ON(CLICK) | ON(PREFER))

/* A field may have two rows: where it must be, and where it may be. */
/* clang-format off */
const struct field event_fields[] = {
	{ "after", put_after, take_after, after_said, ON(REBUILD) },
	{ "arm", put_arm, take_arm, NULL,
	  ON(ARM_SET) | ON(ARM_REMOVE) | ON(REWARD) | ON(PREFER) | ON(AGE) },
	{ "arm", put_arm, take_arm, arm_said, ON(EXPIRE) | ON(CLICK) },
	{ "bandwidth", put_bandwidth, take_bandwidth, NULL, ON(BANDWIDTH) },
	{ "cost", put_cost, take_cost, cost_said, ON_ARM | ON(REWARD) },
	{ "decision", put_decision, take_decision, NULL,
	  ON(EXPIRE) | ON_CHOICE },
	{ "decision", put_decision, take_decision, decision_said, ON(REWARD) },
	{ "dimension", put_dimension, take_dimension, NULL, ON(DIMENSION) },
	{ "dropped", put_dropped, take_dropped, NULL, ON(DROPPED) },
	{ "early", put_early, take_early, early_said, ON(EXPIRE) },
	{ "enabled", put_enabled, take_enabled, enabled_said, ON_ARM },
	{ "group", put_group, take_group, group_said, ON_ARM },
	{ "key", put_key, take_key, key_said,
	  ON(REWARD) | ON(EXPIRE) | ON_CHOICE },
	{ "loser", put_loser, take_loser, NULL, ON(PREFER) },
	{ "name", put_name, take_event_name, NULL, ON(ROUTER) | ON(ARM_ADD) },
	{ "named", put_named, take_named, NULL, ON(REBUILD) },
	{ "points", put_points, take_points, NULL, ON(BANDWIDTH) },
	{ "prior", put_prior, take_prior, prior_said, ON_ARM },
	{ "prior_from", put_prior_from, take_prior_from, prior_from_said,
	  ON_ARM },
	{ "reward", put_reward, take_reward, NULL, ON(REWARD) },
	{ "settings", put_settings, take_settings, NULL,
	  ON(ROUTER) | ON(SETTINGS) | ON(REBUILD) },
	{ "sum", put_sum, take_sum, NULL, ON(DROPPED) },
	{ "x", put_x, take_x, NULL, ON(REWARD) | ON_CHOICE },
	{ "x", put_x, take_x, x_said, ON(EXPIRE) },
	{ 0 }
};
/* clang-format on */
