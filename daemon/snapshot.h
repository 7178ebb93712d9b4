/*
 * snapshot.h: writing cells of learnt state, a few at a time.
 *
 * A round notes the seq it starts at, writes the cells of all arms that have
 * changed since their last, then those of the routers, which say that seq.
 * At most SNAPSHOT_AHEAD cells are with the writer at once.
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

struct snapshot {
	bool running, failed;
	uint64_t as_of; /* of the round */
	int router, arm; /* the next to look at */
	int ahead;	/* cells with the writer */
	uint64_t done;	/* as_of of the last whole round */
	double started; /* monotonic, the last round */
	struct op *waiting; /* checkpoints to answer, linked by next */
};

/* Starts a round where one is due, or at once. */
void snapshot_tick(struct service *);
void snapshot_begin(struct service *);

/* An arm was removed: the round in progress starts over. */
void snapshot_again(struct service *);

/* A cell came back from the writer. */
void snapshot_written(struct service *, const struct op *);

/* The op (OP_JOB) is answered when a round that starts now is whole. */
void snapshot_await(struct service *, struct op *);

#endif
