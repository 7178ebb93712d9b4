/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.h: requests to a daemon, as many as are asked for, and how long each
 * took.
 *
 * A stream is a number of connections with up to `depth` requests under way on
 * each.  Without a rate a request follows an answer (closed loop).  With one,
 * requests have their times whatever the daemon does (open loop), and the
 * latency of each counts from its time, also where it had to wait until it
 * could be sent: a daemon that stops for a while is not spared the requests of
 * that while.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include "base/name.h"
#include "tests/bench/latency.h"
#include "tests/bench/prompts.h"

enum ask { ASK_DECIDE, ASK_FEEDBACK, ASK_OBSERVE, ASKS };

/* Decisions to be rewarded, the oldest first; those that find no room are
 * not remembered.  A zeroed one with its arrays is empty. */
#define MEMORY_SIZE (1 << 17)
struct known {
	char id[NAME_SIZE];
	int arm, row;
};
struct memory {
	struct known *known; /* [MEMORY_SIZE] */
	uint32_t first, count;
};

void memory_init(struct memory *);
void memory_fini(struct memory *);

struct stream {
	const char *router; /* its arms are a0, a1, .. */
	int arms;
	const struct prompts *prompts;
	int connections, depth;
	double rate; /* requests per second of all connections; 0: closed */
	enum ask ask;
	double feedback; /* share of rewards among the requests, as long as
			    there are decisions to reward */
	bool explain;
	const char *durability; /* of rewards, or NULL: the daemon's */
	struct memory *memory;  /* of decisions; NULL: they are not rewarded */

	/* Where it is; a next run goes on there. */
	int row, arm;
	double owed; /* rewards, by the share */

	/* What came of the last run. */
	uint64_t answered, errors;
	double seconds; /* from the start to the last answer */
	struct latency latency[ASKS];
};

/* How long: until one of the two, then until all is answered. */
struct load_span {
	double seconds;    /* 0: any time */
	uint64_t requests; /* of each stream; 0: any number */
};

/*
 * All streams at once, over connections that stay open from run to run.  Ends
 * the program where there is no daemon, or where it answers nothing for half a
 * minute.  The streams must stay where they are.
 */
struct load;
struct load *load_new(const char *socket, struct stream *, int n);
void load_free(struct load *);
void load_run(struct load *, struct load_span);

#endif
