/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In-slate Thompson sampling: a fresh set of draws for every position, so that
 * a slate is as varied as what is known is unsure.
 * Source: Eide, Leslie, Frigessi 2022.  "sequential" takes for each position
 * the best arm of its own set that is not yet placed; "rank-major" takes the
 * best of each set in turn, then the second best of each, and so on, skipping
 * what is placed, as the paper's own code does.
 */
#include <assert.h>
#include <string.h>

#include "bandit/policy.h"
#include "bandit/race.h"

static void
fill_in_turn(const struct contest *c, int k, gsl_rng *r, double *value,
    int *order)
{
	for (int i = 0; i < k; i++) {
		double *draw = i == 0 ? value : c->work;

		contest_draw(c, r, draw);
		order[i] = contest_best(c, draw, r);
		c->placed[order[i]] = true;
	}
}

/* The arm of rank `rank` in a set of draws, from 0. */
static int
ranked(const struct contest *c, const double *value, int rank)
{
	for (int i = 0; i < c->n; i++) {
		int above = 0;

		for (int j = 0; j < c->n; j++)
			above += value[j] > value[i] ||
			    (value[j] == value[i] && j < i);
		if (above == rank)
			return i;
	}
	return 0;
}

/* The sets are drawn again for every rank, from the same random numbers, so
 * that none has to be kept. */
static void
fill_rank_major(const struct contest *c, int k, gsl_rng *r, double *value,
    int *order)
{
	struct {
		uint64_t words[4];
	} start;
	int filled = 0;

	assert(gsl_rng_size(r) <= sizeof start);
	memcpy(&start, gsl_rng_state(r), gsl_rng_size(r));
	for (int rank = 0; filled < k; rank++) {
		memcpy(gsl_rng_state(r), &start, gsl_rng_size(r));
		for (int set = 0; set < k && filled < k; set++) {
			double *draw = rank + set == 0 ? value : c->work;
			int arm;

			contest_draw(c, r, draw);
			arm = ranked(c, draw, rank);
			if (!c->placed[arm])
				order[filled++] = arm;
			c->placed[arm] = true;
		}
	}
}

static void
fill_in_slate(const struct contest *c, int k, gsl_rng *r, double *value,
    int *order)
{
	memset(c->placed, 0, (size_t)c->n * sizeof *c->placed);
	(c->rank_major ? fill_rank_major : fill_in_turn)(c, k, r, value, order);
}

static void
given_in_slate(const struct contest *c, int k, const int *order, double *given)
{
	if (c->rank_major)
		race_rank_major(c->race, c->n, c->centre, c->spread, order, k,
		    k, given);
	else
		race_in_turn(c->race, c->n, c->centre, c->spread, order, k,
		    given);
}

const struct slate_rule rule_in_slate = { fill_in_slate, given_in_slate,
	RACE_RANK_MAJOR_MAX };
