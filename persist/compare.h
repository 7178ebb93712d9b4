/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.h: the fold of the whole log, and whether every cell says the same.
 *
 * A cell is what its router or arm was after the event of its own seq.  One
 * from before the router was last learnt anew has no place in the fold, and
 * is only counted.  Of a router whose log was cut the fold begins with the
 * older generation of its cells.
 */
#ifndef PERSIST_COMPARE_H
#define PERSIST_COMPARE_H

#include "bandit/bandit.h"
#include "bandit/cell.h"
#include "persist/reading.h"

struct cell_ref {
	uint64_t seq;
	uint32_t router, arm; /* arm 0: the router's */
	uint8_t generation;
};

struct compare {
	struct bandit bandit;
	struct cell_ref *ref; /* [refs], by seq once the log is read */
	size_t refs, cap, next;
	bool sorted;
	uint64_t compared, old;
	struct buf bytes;
};

/* From a zeroed struct: finds out what was learnt anew, and what the fold
 * begins with.  ERR_DATA. */
enum err compare_begin(struct compare *, struct reading *);
void compare_fini(struct compare *);

/* Before the first event. */
void compare_add(struct compare *, const struct cell_head *, uint32_t router,
    uint32_t arm, int generation);

/* Folds it, and compares the cells that are as of it.  ERR_DATA. */
enum err compare_event(struct compare *, const struct reading *,
    const struct event *);

/* ERR_DATA: a cell is of no event. */
enum err compare_end(const struct compare *, const struct reading *);

#endif
