/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/pack.h"

#define OF_REMOVED "of removed arms"
#define NAMELESS "without a name"

/* clang-format off */
static const struct {
	const char *kind;
	enum record_todo todo;
} kinds[] = {
	{ "age", TODO_SKIP },
	{ "arm.add", TODO_ADD },
	{ "arm.remove", TODO_SKIP },
	{ "arm.set", TODO_SKIP },
	{ "bandwidth", TODO_SKIP },
	{ "click", TODO_IMPORT },
	{ "dimension", TODO_SKIP },
	{ "dropped", TODO_SKIP },
	{ "expire", TODO_IMPORT },
	{ "prefer", TODO_IMPORT },
	{ "rebuild", TODO_SKIP },
	{ "reward", TODO_IMPORT },
	{ "router", TODO_SKIP },
	{ "settings", TODO_SKIP },
};

const char *const record_skips[] = { "age", "arm.remove", "arm.set",
	"bandwidth", "dimension", "dropped", "rebuild", "router", "settings", OF_REMOVED,
	NAMELESS, NULL };
/* clang-format on */

static bool
is_true(struct cursor at)
{
	struct value v;

	return at.p != NULL && cursor_next(&at, &v) && v.type == VALUE_BOOL &&
	    v.u.boolean;
}

static bool
is_nil(struct cursor at)
{
	struct value v;

	return at.p != NULL && cursor_next(&at, &v) && v.type == VALUE_NIL;
}

/* Whether nobody of the slate is there any more; false where there is none. */
static bool
all_removed(struct cursor slate)
{
	struct value head;
	uint32_t removed = 0;

	if (slate.p == NULL || !cursor_next(&slate, &head) ||
	    head.type != VALUE_ARRAY)
		return false;
	for (uint32_t i = 0; i < head.u.count; i++) {
		struct cursor shown = slate;

		if (!cursor_skip(&slate))
			return false;
		shown.end = slate.p;
		removed += is_true(cursor_find(shown, "removed"));
	}
	return head.u.count > 0 && removed == head.u.count;
}

/* Why nothing is to be learnt from it, or NULL.  A click may teach the level of
 * not clicking, whoever was shown. */
static const char *
in_vain(const struct record *r, bool router)
{
	struct cursor slate =
	    cursor_find(cursor_find(r->map, "decision"), "slate");
	bool arms =
	    strcmp(r->kind, "prefer") == 0 || strcmp(r->kind, "expire") == 0;
	bool arm = strcmp(r->kind, "reward") == 0 || r->todo == TODO_ADD;

	if (arm ? is_true(cursor_find(r->map, "removed"))
		: arms && all_removed(slate))
		return OF_REMOVED;
	if ((!router && is_nil(r->name)) ||
	    (arm && is_nil(cursor_find(r->map, "arm_name"))))
		return NAMELESS;
	return NULL;
}

static void
look_kind(struct record *r)
{
	r->todo = TODO_UNKNOWN;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, r->kind) == 0)
			r->todo = kinds[i].todo;
	for (const char *const *skip = record_skips; *skip != NULL; skip++)
		if (r->todo == TODO_SKIP && strcmp(*skip, r->kind) == 0)
			r->skip = *skip;
}

void
record_look(struct record *r, struct cursor map, bool router)
{
	struct cursor kind = cursor_find(map, "kind");
	const char *text = "?";
	uint32_t len = 1;

	*r = (struct record){ .map = map };
	if (kind.p == NULL)
		return;
	cursor_str(&kind, &text, &len);
	snprintf(r->kind, sizeof r->kind, "%.*s", len < 64 ? (int)len : 64,
	    text);
	r->name = cursor_find(map, "router_name");
	look_kind(r);
	if (r->todo == TODO_SKIP || r->todo == TODO_UNKNOWN)
		return;
	r->skip = in_vain(r, router);
	if (r->skip != NULL)
		r->todo = TODO_SKIP;
}

static void
put_at(struct buf *out, struct cursor at)
{
	buf_put(out, at.p, (size_t)(at.end - at.p));
}

/* So that a file that is read again, after it was broken off, counts once. */
static void
put_key(struct cursor map, uint64_t line, struct buf *out)
{
	struct buf text = { 0 };
	XXH128_hash_t hash;
	char key[65];

	put_at(&text, map);
	buf_put(&text, &line, sizeof line);
	hash = XXH3_128bits(text.data, text.len);
	snprintf(key, sizeof key, "import:%016" PRIx64 "%016" PRIx64,
	    (uint64_t)hash.high64, (uint64_t)hash.low64);
	pack_str(out, "key");
	pack_str(out, key);
	buf_free(&text);
}

/* As it stands, but for the router where another is given. */
static void
observe_params(const struct record *r, const char *router, uint64_t line,
    struct buf *out)
{
	bool keyed = cursor_find(r->map, "key").p != NULL;
	bool given = router[0] != '\0';
	bool named = cursor_find(r->map, "router").p != NULL;
	struct cursor c = r->map, pair;
	struct value head, name;

	cursor_next(&c, &head);
	pack_map(out,
	    head.u.count + !keyed + (given ? 1 : 0) - (given && named));
	for (uint32_t i = 0; i < head.u.count; i++) {
		pair = c;
		cursor_next(&c, &name);
		cursor_skip(&c);
		pair.end = c.p;
		if (!given || !value_is(&name, "router"))
			put_at(out, pair);
	}
	if (given) {
		pack_str(out, "router");
		pack_str(out, router);
	}
	if (!keyed)
		put_key(r->map, line, out);
}

static void
import_params(const struct record *r, const char *router, struct buf *out)
{
	pack_map(out, router[0] != '\0' ? 2 : 1);
	pack_str(out, "event");
	put_at(out, r->map);
	if (router[0] == '\0')
		return;
	pack_str(out, "router");
	pack_str(out, router);
}

/* What the record calls as the method does, but for its name; from leaves out
 * the arm that it started from. */
static void
add_params(const struct record *r, const char *router, bool from,
    struct buf *out)
{
	static const char *const keys[] = { "cost", "group", "enabled",
		"prior_from" };
	size_t n = sizeof keys / sizeof *keys - !from, pairs = 2;

	for (size_t i = 0; i < n; i++)
		pairs += cursor_find(r->map, keys[i]).p != NULL;
	pack_map(out, pairs);
	pack_str(out, "arm");
	put_at(out, cursor_find(r->map, "name"));
	pack_str(out, "router");
	if (router[0] != '\0')
		pack_str(out, router);
	else
		put_at(out, r->name);
	for (size_t i = 0; i < n; i++) {
		struct cursor value = cursor_find(r->map, keys[i]);

		if (value.p == NULL)
			continue;
		pack_str(out, keys[i]);
		put_at(out, value);
	}
}

void
record_params(const struct record *r, const char *router, uint64_t line,
    struct buf *out)
{
	if (r->todo == TODO_OBSERVE)
		observe_params(r, router, line, out);
	else if (r->todo == TODO_IMPORT)
		import_params(r, router, out);
	else
		add_params(r, router, true, out);
}

void
record_params_alone(const struct record *r, const char *router, struct buf *out)
{
	add_params(r, router, false, out);
}
