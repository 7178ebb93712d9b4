/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arms.h: candidates that stand on their own, a choice among them with what
 * is true of every choice checked, and random numbers that are scripted.
 */
#ifndef TESTS_UNIT_ARMS_H
#define TESTS_UNIT_ARMS_H

#include "tests/unit/numbers.h"

#include "bandit/policy.h"
#include "bandit/race.h"

#define ARMS 5

struct arms {
	double mean[ARMS], sigma[ARMS], cost[ARMS];
	uint64_t rewards[ARMS], pending[ARMS];
	bool untried[ARMS];
	struct candidates c;
};

/* Five arms, none of them alike, none untried. */
void arms_init(struct arms *);

/* Which are untried, by their counts. */
void arms_count(struct arms *);

/* Only the first n. */
void arms_limit(struct arms *, int n);

const struct policy *policy_get(const char *name);

/* A choice, in room of its own. */
struct chosen {
	struct choice c;
	int slate[ARMS];
	double propensity[ARMS], score[ARMS], probability[ARMS], work[5 * ARMS];
	bool placed[ARMS];
};

/* policy_choose() with the race of the tests. */
void arms_choose(const struct policy *, const struct arms *, double floor,
    int k, gsl_rng *, struct chosen *);

/*
 * A generator that says what it is told to, in this order; beyond the end of
 * it a test fails.  script_begin() forgets what it was told, and starts it.
 */
extern const gsl_rng_type *const rng_script;
void script_begin(gsl_rng *);

void script_share(double);      /* gsl_rng_uniform() */
void script_pick(int i, int n); /* gsl_rng_uniform_int(r, n) is i */
void script_normal(double z);   /* gsl_ran_gaussian_ziggurat(r, 1), to 1e-6; z
				   from -3 to 3 */

#endif
