/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_record.h: what is to be done with one map of a file that is imported.
 */
#ifndef CLIENT_CTL_RECORD_H
#define CLIENT_CTL_RECORD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

enum record_todo {
	TODO_OBSERVE, /* no record: the parameters of observe */
	TODO_IMPORT,  /* learn it */
	TODO_ADD,     /* add its arm */
	TODO_SKIP,    /* nothing, for the reason */
	TODO_UNKNOWN  /* of a kind that is none */
};

struct record {
	enum record_todo todo;
	const char *skip;   /* the reason, one of record_skips[] */
	char kind[65];      /* "" where it is no record */
	struct cursor map;  /* all of it */
	struct cursor name; /* router_name's value; p NULL: none */
};

/* Ends in NULL. */
extern const char *const record_skips[];

/* Looks at a whole map; router says whether it will be named apart. */
void record_look(struct record *, struct cursor map, bool router);

/* Appends the parameters of the method of a record to do: router, "" for that
 * of the record, and line, its place in the file, which is part of the key of
 * an observation that has none. */
void record_params(const struct record *, const char *router, uint64_t line,
    struct buf *);

/* The same without prior_from, of TODO_ADD. */
void record_params_alone(const struct record *, const char *router,
    struct buf *);

#endif
