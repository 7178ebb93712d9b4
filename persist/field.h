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

#endif
