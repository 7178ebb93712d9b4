/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/keys.h"

#include "persist/decision.h"
#include "persist/take.h"

enum err
key_wrong(const struct taking *t, const char *what, const struct value *key,
    const char *why)
{
	const char *text = "?";
	int len = 1;

	if (key->type == VALUE_STR || key->type == VALUE_BIN) {
		text = (const char *)key->u.bytes.data;
		len = key->u.bytes.len < 64 ? (int)key->u.bytes.len : 64;
	}
	return fault_set(t->fault, ERR_BAD_REQUEST, "%s: \"%.*s\" %s", what,
	    len, text, why);
}

enum err
key_no_map(const struct taking *t, const char *what)
{
	return fault_set(t->fault, ERR_BAD_REQUEST, "%s: it is no map", what);
}

enum err
key_missing(const struct taking *t, const char *what, const char *name)
{
	return fault_set(t->fault, ERR_BAD_REQUEST, "%s: \"%s\" is missing",
	    what, name);
}

const struct key *
key_find(const struct key *keys, const struct value *name)
{
	const struct key *k = keys;

	while (k->name != NULL && !value_is(name, k->name))
		k++;
	return k->name != NULL ? k : NULL;
}

/* The value of a key; a part that is wrong has said so itself. */
enum err
key_take(const struct key *k, struct cursor *c, struct taking *t,
    const char *what, const struct value *name, void *base)
{
	t->fault->text[0] = '\0';
	if (k->part != NULL ? k->part(c, t)
			    : k->take(c, (char *)base + k->offset))
		return ERR_NONE;
	return t->fault->text[0] != '\0'
	    ? ERR_BAD_REQUEST
	    : key_wrong(t, what, name, NOT_EXPORTED);
}

/* A map of those keys, and no others. */
enum err
keys_take(struct cursor *c, struct taking *t, const char *what,
    const struct key *keys, void *base)
{
	struct value map, name;
	unsigned seen = 0;

	if (!cursor_next(c, &map) || map.type != VALUE_MAP)
		return key_no_map(t, what);
	for (uint32_t i = 0; i < map.u.count; i++) {
		const struct key *k;

		if (!cursor_next(c, &name))
			return key_no_map(t, what);
		k = key_find(keys, &name);
		if (k == NULL)
			return key_wrong(t, what, &name, "is unknown");
		if ((seen & 1u << (k - keys)) != 0)
			return key_wrong(t, what, &name, "is there twice");
		seen |= 1u << (k - keys);
		if (key_take(k, c, t, what, &name, base) != ERR_NONE)
			return ERR_BAD_REQUEST;
	}
	for (const struct key *k = keys; k->name != NULL; k++)
		if (!k->optional && (seen & 1u << (k - keys)) == 0)
			return key_missing(t, what, k->name);
	return ERR_NONE;
}

bool
key_num(struct cursor *c, void *to)
{
	return take_num(c, to);
}

bool
key_seq(struct cursor *c, void *to)
{
	return take_seq(c, 0, to);
}

bool
key_number(struct cursor *c, void *to)
{
	return take_seq(c, 1, to);
}

bool
key_uid(struct cursor *c, void *to)
{
	return take_uid(c, 1, to);
}

bool
key_uid_or_none(struct cursor *c, void *to)
{
	return take_uid(c, 0, to);
}

bool
key_flag(struct cursor *c, void *to)
{
	return take_flag(c, to);
}

bool
key_name(struct cursor *c, void *to)
{
	return take_name(c, to, false);
}

bool
key_policy(struct cursor *c, void *to)
{
	return policy_take(c, to);
}

bool
key_calling(struct cursor *c, void *to)
{
	struct cursor ahead = *c;
	struct value v;

	if (!cursor_next(&ahead, &v) || v.type != VALUE_NIL)
		return take_name(c, to, false);
	*c = ahead;
	return true;
}
