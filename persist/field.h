/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field.h: the fields of an event's record, a row each; for record.c.
 */
#ifndef PERSIST_FIELD_H
#define PERSIST_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/event.h"
#include "base/buf.h"
#include "base/cursor.h"

/* One field of an event: how it is written and read back. */
struct field {
	const char *name;
	void (*put)(const struct event *, struct buf *);
	bool (*take)(struct cursor *, struct event *, struct room *);
	bool (*said)(const struct event *); /* NULL: always */
	unsigned kinds;                     /* bits: 1 << kind */
};

/* Sorted by name; ends in a row without a name. */
extern const struct field event_fields[];

/* Each takes the next value; false: it is not of that kind, or out of range.
 * A number is finite; an empty name is one only where empty_too is set. */
bool take_num(struct cursor *, double *);
bool take_whole(struct cursor *, int64_t min, int64_t max, int64_t *);
bool take_name(struct cursor *, char *, bool empty_too);
bool take_list(struct cursor *, uint32_t count);

/* What is known of a decision, without its context; and the context.  What
 * they point to is in the room. */
void decision_put(const struct decision *, struct buf *);
bool decision_take(struct cursor *, struct decision *, struct room *);
bool context_take(struct cursor *, struct decision *, struct room *);

#endif
