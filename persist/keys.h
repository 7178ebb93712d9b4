/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys.h: the keys of a map from a stranger, a row each; for event_take.c.
 */
#ifndef PERSIST_KEYS_H
#define PERSIST_KEYS_H

#include <stddef.h>

#include "persist/event_map.h"

/* What is read, and where to: as event_map_take() is called. */
struct taking {
	struct event *ev;
	struct room *room;
	struct event_names *names;
	struct fault *fault;
	int at; /* position of the slate that is read */
};

/* How a value is read, and the member that it goes to, where it is no more
 * than a member.  Tables end in a row without a name. */
struct key {
	const char *name;
	bool (*take)(struct cursor *, void *member);
	size_t offset;
	bool (*part)(struct cursor *, struct taking *);
	bool optional;
};

/* clang-format off */
#define MEMBER(name, take, type, member) \
	{ name, take, offsetof(type, member), NULL, false }
#define PART(name, part) { name, NULL, 0, part, false }
#define MAY_BE(name, part) { name, NULL, 0, part, true }
/* clang-format on */

/* NULL: there is none of that name. */
const struct key *key_find(const struct key *, const struct value *name);

/* The value of a key of the map that is called `what`; base is what its
 * members are of.  ERR_BAD_REQUEST. */
enum err key_take(const struct key *, struct cursor *, struct taking *,
    const char *what, const struct value *name, void *base);

/* A map of those keys, and no others.  ERR_BAD_REQUEST. */
enum err keys_take(struct cursor *, struct taking *, const char *what,
    const struct key *, void *base);

/* Errors; all return ERR_BAD_REQUEST. */
#define NOT_EXPORTED "is not what export writes there"
enum err key_wrong(const struct taking *, const char *what,
    const struct value *name, const char *why);
enum err key_missing(const struct taking *, const char *what, const char *name);
enum err key_no_map(const struct taking *, const char *what);

/* Members: a number, a seq, one that is not 0, a uid, and so on; a calling is a
 * name that may be nil. */
bool key_num(struct cursor *, void *);
bool key_seq(struct cursor *, void *);
bool key_number(struct cursor *, void *);
bool key_uid(struct cursor *, void *);
bool key_uid_or_none(struct cursor *, void *);
bool key_flag(struct cursor *, void *);
bool key_name(struct cursor *, void *);
bool key_policy(struct cursor *, void *);
bool key_calling(struct cursor *, void *);

/* decision_map.c: a decision, with its slate. */
bool decision_map_take(struct cursor *, struct taking *);

#endif
