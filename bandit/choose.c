/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is the same for all policies between scores and a slate. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "bandit/policy.h"
#include "bandit/race.h"

double
policy_exploration(const struct candidates *c, double ratio)
{
	if (!isnan(c->exploration))
		return c->exploration;
	return c->choice ? 1 : ratio * sqrt(c->alpha) * c->reward_width;
}

/* The policy's scores, fit to be compared and drawn from; returns the largest
 * spread. */
static double
scores_take(const struct policy *p, const struct candidates *c, double *centre,
    double *spread)
{
	double largest = 0;

	memset(spread, 0, (size_t)c->n * sizeof *spread);
	p->score(c, centre, spread);
	for (int i = 0; i < c->n; i++) {
		if (!isfinite(centre[i]) || !isfinite(spread[i])) {
			centre[i] = -DBL_MAX;
			spread[i] = 0;
		}
		largest = fmax(largest, spread[i]);
	}
	if (c->prefer >= 0)
		centre[c->prefer] += c->switch_cost;
	return largest;
}

/* A session is not given up for an arm only because that is new. */
static void
raise_untried(const struct policy *p, const struct candidates *c,
    double *centre)
{
	for (int i = 0; p->untried_first && c->prefer < 0 && i < c->n; i++)
		if (c->untried[i])
			centre[i] = DBL_MAX;
}

/* Draws need a spread in every arm, and numbers of a common size. */
static void
spread_widen(const struct candidates *c, double largest, double *centre,
    double *spread)
{
	double lowest = INFINITY;

	for (int i = 0; i < c->n; i++)
		if (centre[i] > -DBL_MAX)
			lowest = fmin(lowest, centre[i]);
	for (int i = 0; i < c->n; i++) {
		spread[i] = fmax(spread[i], RACE_SPREAD * largest);
		centre[i] = fmax(centre[i], lowest - 100 * largest);
	}
}

/* Any slate of k with equal probability. */
static void
fill_uniformly(int n, int k, gsl_rng *r, int *order)
{
	for (int i = 0; i < n; i++)
		order[i] = i;
	for (int i = 0; i < k; i++) {
		int j = i + (int)gsl_rng_uniform_int(r, (unsigned long)(n - i));
		int arm = order[j];

		order[j] = order[i];
		order[i] = arm;
	}
}

/*
 * given[] of the rule becomes the propensity of each position of rule and floor
 * together.  What the positions so far say of which of the two it was is kept
 * as a probability, since that of a whole slate may be too small a number.
 */
static void
mix_floor(const struct contest *c, double floor, int k, double *given)
{
	for (int i = 0; i < k; i++) {
		double by_lot = floor / (c->n - i);

		given[i] = by_lot + (1 - floor) * given[i];
		floor = given[i] > 0 ? by_lot / given[i] : 0;
	}
}

/* The probability of each arm to be first. */
static void
probabilities(const struct contest *c, bool random, double floor, double *p)
{
	memset(c->placed, 0, (size_t)c->n * sizeof *c->placed);
	if (random)
		race_best(c->race, c->n, c->centre, c->spread, p);
	for (int i = 0; i < c->n; i++) {
		if (!random)
			p[i] = contest_share(c, c->centre, i);
		p[i] = floor / c->n + (1 - floor) * p[i];
	}
}

void
policy_choose(const struct policy *p, const struct candidates *c, double floor,
    int k, struct race *race, gsl_rng *r, struct choice *out)
{
	double *centre = out->work, *spread = centre + c->n;
	double largest = scores_take(p, c, centre, spread);
	struct contest contest = { c->n, centre, spread, c->prefer,
		c->rank_major, race, spread + c->n, out->placed };
	const struct slate_rule *rule = largest > 0 ? p->rule : &rule_ranked;

	assert(c->n >= 1 && 1 <= k && k <= c->n && floor >= 0 && floor <= 1);
	if (largest > 0)
		spread_widen(c, largest, centre, spread);
	memcpy(out->score, centre, (size_t)c->n * sizeof *centre);
	raise_untried(p, c, centre);
	if (gsl_rng_uniform(r) < floor)
		fill_uniformly(c->n, k, r, out->slate);
	else
		rule->fill(&contest, k, r, out->score, out->slate);
	probabilities(&contest, largest > 0, floor, out->probability);
	if (k > 1)
		rule->given(&contest, k, out->slate, out->propensity);
	if (k > 1)
		mix_floor(&contest, floor, k, out->propensity);
	else
		out->propensity[0] = out->probability[out->slate[0]];
	out->k = k;
}
