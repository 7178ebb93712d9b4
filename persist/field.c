/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each field is written and read back. */
#include "persist/field.h"

#include <math.h>
#include <string.h>

#include "bandit/policy.h"
#include "base/pack.h"
#include "features/context.h"

bool
take_num(struct cursor *c, double *out)
{
	struct value v;

	return cursor_next(c, &v) && value_num(&v, out) && isfinite(*out);
}

bool
take_whole(struct cursor *c, int64_t min, int64_t max, int64_t *out)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_INT)
		return false;
	*out = v.u.integer;
	return *out >= min && *out <= max;
}

bool
take_name(struct cursor *c, char *out, bool empty_too)
{
	const char *s;
	uint32_t len;

	if (!cursor_str(c, &s, &len))
		return false;
	if (len == 0 && empty_too) {
		out[0] = '\0';
		return true;
	}
	return name_copy(out, s, len);
}

bool
take_list(struct cursor *c, uint32_t count)
{
	struct value v;

	return cursor_next(c, &v) && v.type == VALUE_ARRAY &&
	    v.u.count == count;
}

bool
context_take(struct cursor *c, struct decision *d, float *x)
{
	struct value v;

	if (!cursor_next(c, &v) || v.type != VALUE_BIN ||
	    v.u.bytes.len % sizeof(float) != 0 ||
	    v.u.bytes.len / sizeof(float) > CONTEXT_MAX_DIMENSION)
		return false;
	memcpy(x, v.u.bytes.data, v.u.bytes.len);
	d->x = x;
	d->d = (int)(v.u.bytes.len / sizeof(float));
	return true;
}

void
decision_put(const struct decision *d, struct buf *b)
{
	pack_array(b, 6);
	pack_str(b, d->id);
	pack_uint(b, d->number);
	pack_num(b, d->time);
	pack_num(b, d->propensity);
	pack_uint(b, d->state_seq);
	pack_str(b, policies[d->policy].name);
}

static bool
take_policy(struct cursor *c, int *policy)
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

bool
decision_take(struct cursor *c, struct decision *d)
{
	int64_t number, state_seq;

	if (!take_list(c, 6) || !take_name(c, d->id, false) ||
	    !take_whole(c, 1, INT64_MAX, &number) || !take_num(c, &d->time) ||
	    !take_num(c, &d->propensity) ||
	    !take_whole(c, 0, INT64_MAX, &state_seq) ||
	    !take_policy(c, &d->policy))
		return false;
	d->number = (uint64_t)number;
	d->state_seq = (uint64_t)state_seq;
	return true;
}

static void
put_name(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->name);
}

static bool
take_event_name(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
	return take_name(c, ev->name, false);
}

static void
put_group(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->group);
}

static bool
take_group(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
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
take_arm(struct cursor *c, struct event *ev, float *x)
{
	int64_t uid;

	(void)x;
	if (!take_whole(c, 1, UINT32_MAX, &uid))
		return false;
	ev->arm = (uint32_t)uid;
	return true;
}

static void
put_cost(const struct event *ev, struct buf *b)
{
	pack_num(b, ev->cost);
}

static bool
take_cost(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
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
take_enabled(struct cursor *c, struct event *ev, float *x)
{
	struct value v;

	(void)x;
	if (!cursor_next(c, &v) || v.type != VALUE_BOOL)
		return false;
	ev->enabled = v.u.boolean;
	ev->enabled_said = true;
	return true;
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

/* Settings that an older version did not know keep their defaults. */
static bool
take_settings(struct cursor *c, struct event *ev, float *x)
{
	struct value v;

	(void)x;
	settings_default(router_settings, &ev->settings);
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
take_dimension(struct cursor *c, struct event *ev, float *x)
{
	int64_t d;

	(void)x;
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
take_bandwidth(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
	return take_num(c, &ev->bandwidth);
}

static void
put_points(const struct event *ev, struct buf *b)
{
	pack_int(b, ev->points);
}

static bool
take_points(struct cursor *c, struct event *ev, float *x)
{
	int64_t n;

	(void)x;
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
take_reward(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
	return take_num(c, &ev->reward);
}

static void
put_x(const struct event *ev, struct buf *b)
{
	pack_bin(b, ev->decision.x, (size_t)ev->decision.d * sizeof(float));
}

static bool
take_x(struct cursor *c, struct event *ev, float *x)
{
	return context_take(c, &ev->decision, x);
}

static void
put_key(const struct event *ev, struct buf *b)
{
	pack_str(b, ev->key);
}

static bool
take_key(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
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
take_decision(struct cursor *c, struct event *ev, float *x)
{
	(void)x;
	return decision_take(c, &ev->decision);
}

static bool
decision_said(const struct event *ev)
{
	return ev->decision.id[0] != '\0';
}

#define ON(kind) (1u << EVENT_##kind)
#define ON_ARM (ON(ARM_ADD) | ON(ARM_SET))

/* clang-format off */
const struct field event_fields[] = {
	{ "arm", put_arm, take_arm, NULL,
	  ON(ARM_SET) | ON(ARM_REMOVE) | ON(REWARD) | ON(EXPIRE) },
	{ "bandwidth", put_bandwidth, take_bandwidth, NULL, ON(BANDWIDTH) },
	{ "cost", put_cost, take_cost, cost_said, ON_ARM | ON(REWARD) },
	{ "decision", put_decision, take_decision, decision_said,
	  ON(REWARD) | ON(EXPIRE) },
	{ "dimension", put_dimension, take_dimension, NULL, ON(DIMENSION) },
	{ "enabled", put_enabled, take_enabled, enabled_said, ON_ARM },
	{ "group", put_group, take_group, group_said, ON_ARM },
	{ "key", put_key, take_key, key_said, ON(REWARD) },
	{ "name", put_name, take_event_name, NULL, ON(ROUTER) | ON(ARM_ADD) },
	{ "points", put_points, take_points, NULL, ON(BANDWIDTH) },
	{ "reward", put_reward, take_reward, NULL, ON(REWARD) },
	{ "settings", put_settings, take_settings, NULL,
	  ON(ROUTER) | ON(SETTINGS) },
	{ "x", put_x, take_x, NULL, ON(REWARD) },
	{ 0 }
};
/* clang-format on */
