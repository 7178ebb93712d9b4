/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rounds.h: logged rounds: which arm was shown for which prompt, with what
 * probability, and what came of it: the daemon's export, or another log.
 */
#ifndef EVAL_ROUNDS_H
#define EVAL_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/name.h"

struct round {
	int arm;           /* that was shown */
	double propensity; /* of it; NaN: not known */
	double reward;
	double cost;          /* NaN: not known */
	double time;          /* seconds since the epoch; NaN: not known */
	long line;            /* of the file, from 1 */
	const bool *eligible; /* [arms] */
};

/* Records that the daemon learns from but that are no rounds: rewards without a
 * decision, rewards of arms further down a slate, clicks, comparisons, and
 * decisions that expired (of which default_reward is learnt). */
enum left_out {
	LEFT_OBSERVED,
	LEFT_FURTHER,
	LEFT_CLICK,
	LEFT_PREFER,
	LEFT_EXPIRED,
	LEFT_KINDS
};

struct rounds {
	char *name;
	long n;
	int dimension, arms;
	char (*arm)[NAME_SIZE]; /* [arms] */
	float *x;               /* [n][dimension] */
	struct round *round;    /* [n], as in the file: oldest first */
	bool *eligible;         /* [n][arms], what the rounds point to */
	long left[LEFT_KINDS];
	long slates; /* records of longer slates, of which the first counts */
};

/*
 * Reads what `banditctl export` writes (JSON Lines or MessagePack), or JSON
 * Lines of {x, arm, propensity, reward, cost?, time?, eligible?}.  router:
 * which one, NULL where the log has only one.  ERR_DATA names file and line.
 */
enum err rounds_read(struct rounds *, const char *path, const char *router,
    struct fault *);
void rounds_fini(struct rounds *);

#endif
