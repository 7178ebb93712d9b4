/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot.h: writing cells of learnt state, a few at a time.
 *
 * A round notes the seq it starts at, writes the cells of all arms that have
 * changed since their last, then those of the routers, which say that seq.
 * Of a router whose log is not kept whole an arm's cell is written once more
 * when it has not changed, so that both generations have seen all; and where
 * nothing comes any more there is one more round.
 * At most SNAPSHOT_AHEAD cells are with the writer at once, and a router's cell
 * goes only when those of its arms are on disk.
 */
#ifndef DAEMON_SNAPSHOT_H
#define DAEMON_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#define SNAPSHOT_AHEAD 4
#define SNAPSHOT_EVENTS 10000 /* a round is due after so many events */
#define SNAPSHOT_SECONDS 60.0 /* or, where there was any, so much time */

struct service;
struct op;

/* An arm that is gone and whose cells may go too. */
struct removed {
	uint32_t router, arm;
};

struct snapshot {
	bool running, failed;
	uint64_t as_of;     /* of the round */
	int router, arm;    /* the next to look at */
	int ahead;          /* cells with the writer */
	uint64_t done;      /* as_of of the last whole round, */
	uint64_t before;    /* and of the one before that; 0: not known */
	double started;     /* monotonic, the last round */
	struct op *waiting; /* checkpoints to answer, linked by next */
	struct op *next;    /* those for the round after this one */
	int removed, removed_cap;
	int removable; /* the first so many were gone when the round began, */
	int ripe;      /* and so many also in the whole one before: no
			  generation of a router's cell has them any more */
	struct removed *gone;
};

/* Starts a round where one is due, or at once. */
void snapshot_tick(struct service *);
void snapshot_begin(struct service *);

/* An arm was removed: its cells are deleted once both of its router's say so.
 */
void snapshot_removed(struct service *, uint32_t router, uint32_t arm);

/* A cell came back from the writer. */
void snapshot_written(struct service *, const struct op *);

/* The op (OP_JOB) is answered when a round is whole that starts now, or after
 * the one in progress. */
void snapshot_await(struct service *, struct op *);

void snapshot_fini(struct service *);

#endif
