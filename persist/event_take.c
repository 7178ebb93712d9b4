/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record of the log as a map: its reader. */
#include <math.h>
#include <string.h>

#include "features/context.h"
#include "persist/field.h"
#include "persist/keys.h"
#include "persist/record.h"
#include "persist/take.h"

/* That its numbers are finite is for the router to say. */
static bool
context(struct cursor *c, struct taking *t)
{
	struct decision *d = &t->ev->decision;
	long n = vector_length(c), bad;

	if (n < 1 || n > CONTEXT_MAX_DIMENSION ||
	    !vector_read(c, room_x(t->room, (int)n), &bad))
		return false;
	d->d = (int)n;
	d->x = t->room->x;
	t->ev->keep_x = true;
	return cursor_skip(c);
}

static bool
prior(struct cursor *c, struct taking *t)
{
	struct value v;
	int n;

	if (!cursor_next(c, &v) || v.type != VALUE_ARRAY || v.u.count < 2 ||
	    v.u.count % 2 != 0 || v.u.count / 2 > CONTEXT_MAX_DIMENSION)
		return false;
	n = (int)v.u.count;
	t->ev->prior = room_prior(t->room, n);
	t->ev->prior_len = n / 2;
	for (int i = 0; i < n; i++)
		if (!take_num(c, &t->room->prior[i]) ||
		    fabs(t->room->prior[i]) > PRIOR_LARGEST)
			return false;
	return true;
}

static bool
skip(struct cursor *c, struct taking *t)
{
	(void)t;
	return cursor_skip(c);
}

static bool
router_name(struct cursor *c, struct taking *t)
{
	return key_calling(c, t->names->router);
}

static bool
arm_name(struct cursor *c, struct taking *t)
{
	return key_calling(c, t->names->arm);
}

static bool
loser_name(struct cursor *c, struct taking *t)
{
	return key_calling(c, t->names->loser);
}

static bool
removed(struct cursor *c, struct taking *t)
{
	return take_flag(c, &t->names->removed);
}

/* Only says which arm was added; the event has no such field. */
static bool
added(struct cursor *c, struct taking *t)
{
	uint32_t which;

	(void)t;
	return take_uid(c, 1, &which);
}

/* clang-format off */
/* In every map; the first MUST be there. */
#define MUST 4
static const struct key head_keys[] = {
	MEMBER("seq", key_number, struct event, seq),
	PART("kind", skip),
	MEMBER("time", key_num, struct event, time),
	MEMBER("router", key_uid, struct event, router),
	MAY_BE("router_name", router_name),
	MAY_BE("arm_name", arm_name),
	MAY_BE("loser_name", loser_name),
	MAY_BE("removed", removed),
	{ 0 }
};

/* Fields of its record that are not written as on disk. */
static const struct key other_keys[] = {
	PART("decision", decision_map_take),
	PART("prior", prior),
	PART("x", context),
	{ 0 }
};

static const struct key added_key = PART("arm", added);
/* clang-format on */

#define HEAD(i) ((uint64_t)1 << (i))
#define FIELD(i) ((uint64_t)1 << (16 + (i)))

static const struct field *
field_find(enum event_kind kind, const struct value *key)
{
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if (value_is(key, f->name) && (f->kinds & 1u << kind) != 0 &&
		    !field_private(f))
			return f;
	return NULL;
}

/* The value of a key; bit is what it sets of those seen. */
static enum err
pair_take(struct cursor *c, struct taking *t, const struct value *key,
    uint64_t seen, uint64_t *bit)
{
	const struct field *f = field_find(t->ev->kind, key);
	const struct key *k = key_find(head_keys, key);

	if (k != NULL) {
		*bit = HEAD(k - head_keys);
	} else if (f != NULL) {
		*bit = FIELD(f - event_fields);
		k = key_find(other_keys, key);
	} else if (t->ev->kind == EVENT_ARM_ADD && value_is(key, "arm")) {
		*bit = HEAD(15);
		k = &added_key;
	} else {
		return key_wrong(t, "event", key, "is unknown, of that kind");
	}
	if ((seen & *bit) != 0)
		return key_wrong(t, "event", key, "is there twice");
	if (k != NULL)
		return key_take(k, c, t, "event", key, t->ev);
	return f->take(c, t->ev, t->room)
	    ? ERR_NONE
	    : key_wrong(t, "event", key, NOT_EXPORTED);
}

static enum err
all_there(const struct taking *t, uint64_t seen)
{
	for (int i = 0; i < MUST; i++)
		if ((seen & HEAD(i)) == 0)
			return key_missing(t, "event", head_keys[i].name);
	for (const struct field *f = event_fields; f->name != NULL; f++)
		if ((f->kinds & 1u << t->ev->kind) != 0 && f->said == NULL &&
		    !field_private(f) && (seen & FIELD(f - event_fields)) == 0)
			return key_missing(t, "event", f->name);
	return ERR_NONE;
}

/* The kind says what else may be there, wherever it stands. */
static enum err
kind_find(struct cursor c, uint32_t pairs, struct taking *t)
{
	struct value key, kind;

	for (; pairs > 0 && cursor_next(&c, &key); pairs--) {
		if (!value_is(&key, "kind")) {
			cursor_skip(&c);
			continue;
		}
		if (!cursor_next(&c, &kind))
			break;
		for (int k = EVENT_ROUTER; k < EVENT_KINDS; k++)
			if (value_is(&kind, event_word((enum event_kind)k))) {
				t->ev->kind = (enum event_kind)k;
				return ERR_NONE;
			}
		return key_wrong(t, "event", &key, NOT_EXPORTED);
	}
	return key_missing(t, "event", "kind");
}

enum err
event_map_take(const struct cursor *at, struct room *room, struct event *ev,
    struct event_names *names, struct fault *f)
{
	struct taking t = { ev, room, names, f, 0 };
	struct cursor c = *at;
	struct value map, key;
	uint64_t seen = 0, bit = 0;
	enum err e;

	*ev = (struct event){ .cost = NAN };
	memset(names, 0, sizeof *names);
	if (!cursor_next(&c, &map) || map.type != VALUE_MAP)
		return key_no_map(&t, "event");
	e = kind_find(c, map.u.count, &t);
	for (uint32_t i = 0; e == ERR_NONE && i < map.u.count; i++) {
		if (!cursor_next(&c, &key))
			return key_no_map(&t, "event");
		e = pair_take(&c, &t, &key, seen, &bit);
		seen |= bit;
	}
	if (e == ERR_NONE)
		e = all_there(&t, seen);
	ev->decision.router = ev->router;
	return e;
}
