/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arm.h: one arm: what it is, what was learnt of it, what is under way.
 */
#ifndef BANDIT_ARM_H
#define BANDIT_ARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/name.h"

struct model;

struct arm {
	/* What it is; part of the router's cell. */
	uint32_t uid; /* never used again within its router */
	char name[NAME_SIZE], group[NAME_SIZE];
	double cost;
	bool enabled;
	uint64_t added; /* seq of its EVENT_ARM_ADD */

	/* What was learnt; the arm's own cell, folded up to seq. */
	uint64_t seq;
	uint64_t rewards; /* all, observed ones too */
	uint64_t decided; /* of decisions */
	uint64_t expired; /* decisions that were never rewarded */
	uint64_t costs;   /* rewards that came with a real cost */
	uint64_t numeric_errors;
	double mean, m2;  /* Welford's running mean and squared deviations */
	double cost_mean; /* of the real costs */
	double decided_time, reward_time; /* of the last, wall; 0: never */
	struct model *model; /* NULL until the router is ready */

	/* What is under way; not learnt, not in the hash. */
	uint64_t pending;
	uint64_t saved;   /* seq of the cell that was last written */
	double pull_time; /* of the last decision, wall; 0: never */
};

#endif
