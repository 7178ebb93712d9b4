/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field.h: the fields of an event's record, a row each; for record.c and
 * event_map.h.
 */
#ifndef PERSIST_FIELD_H
#define PERSIST_FIELD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/* Whether the event's record has it. */
static inline bool
field_used(const struct field *f, const struct event *ev)
{
	return (f->kinds & 1u << ev->kind) != 0 &&
	    (f->said == NULL || f->said(ev));
}

/* Whether it is only of use on disk: the checksum of a run. */
static inline bool
field_private(const struct field *f)
{
	return strcmp(f->name, "sum") == 0;
}

/* Of the numbers of a prior, so that what follows is finite. */
#define PRIOR_LARGEST 1e15

#endif
