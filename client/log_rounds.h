/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_rounds.h: what a router has done, from the records of its log, as the
 * daemon exports them or a file has them.
 */
#ifndef CLIENT_LOG_ROUNDS_H
#define CLIENT_LOG_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/err.h"
#include "client/ctl_seen.h"

/* What became of one arm that was chosen, or observed. */
struct round {
	size_t arm;         /* index of rounds.arm */
	bool decided;       /* by the router, and not observed */
	double reward;      /* NaN: it expired without one */
	double cost;        /* NaN: not told */
	double mean, sigma; /* predicted; NaN: nothing was known */
};

struct round_arm {
	char name[SEEN_NAME];
	double cost; /* as it was last set; NaN: never */
};

struct rounds {
	char router[SEEN_NAME]; /* whose; "": that of the first record */
	size_t n, cap, arms, arm_cap;
	struct round *round;   /* [n], in the order of the log */
	struct round_arm *arm; /* [arms], in the order in which they come */
};

void rounds_fini(struct rounds *); /* a zeroed struct has none */

/* Takes a record, a map; those of other routers and kinds are left out.
 * ERR_DATA: it is no record. */
enum err rounds_take(struct rounds *, struct cursor record, struct fault *);

#endif
