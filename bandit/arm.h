/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arm.h: one arm: what it is, what was learnt of it, what is under way.
 */
#ifndef BANDIT_ARM_H
#define BANDIT_ARM_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/ahead.h"
#include "base/name.h"

struct model;

/* What its learning depends on of the router's settings.  Each arm has them
 * as of its own seq, so that one whose cell is older than its router's learns
 * what is missing as it was learnt then. */
struct habits {
	double regularization, half_life, default_reward, group_spread;
	double prior_mean; /* of a choice model */
	double history_weight;
	long max_points;
};

struct arm {
	/* What it is; part of the router's cell. */
	uint32_t uid; /* never used again within its router */
	char name[NAME_SIZE], group[NAME_SIZE];
	double cost;
	bool enabled;
	uint64_t added;  /* seq of its EVENT_ARM_ADD */
	double firmness; /* of its prior, in regularizations; where it starts
			    from relatives 1 / group_spread^2 */
	bool inherits;   /* its prior is what others learnt */

	/* What was learnt; the arm's own cell, folded up to seq. */
	uint64_t seq;
	struct habits habits;
	uint64_t rewards; /* all, observed ones too */
	uint64_t decided; /* of decisions */
	uint64_t expired; /* decisions that were never rewarded */
	uint64_t costs;   /* rewards that came with a real cost */
	uint64_t numeric_errors;
	double mean, m2;  /* Welford's running mean and squared deviations */
	double cost_mean; /* of the real costs */
	double decided_time, reward_time; /* of the last, wall; 0: never */
	double aged;         /* wall time up to which its model has forgotten */
	double faded;        /* half-lives that its model has seen in all */
	struct model *model; /* NULL until the router is ready */

	/* What is under way; not learnt, not in the hash. */
	uint64_t pending;
	struct ahead ahead; /* as if all pending were rewarded already */
	bool aging;         /* an EVENT_AGE is on its way */
	uint64_t saved;     /* seq of the cell that was last written, */
	uint64_t spare;     /* and of the one before that; 0: not known */
	double pull_time;   /* of the last decision, wall; 0: never */
};

#endif
