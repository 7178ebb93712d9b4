/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>
#include <float.h>
#include <math.h>

#include "bandit/policy.h"

/* Sets is_best[i] to 1 or 0; returns how many are best. */
static int
mark_untried(const struct candidates *c, double *is_best)
{
	int found = 0;

	for (int i = 0; i < c->n; i++) {
		is_best[i] = c->rewards[i] == 0 && c->pending[i] == 0;
		found += is_best[i] > 0;
	}
	return found;
}

static int
mark_highest(const double *score, int n, double *is_best)
{
	double highest = score[0];
	int found = 0;

	for (int i = 1; i < n; i++)
		highest = fmax(highest, score[i]);
	for (int i = 0; i < n; i++) {
		is_best[i] = score[i] == highest;
		found += is_best[i] > 0;
	}
	return found;
}

/* One of the candidates by the floor, else one of the best. */
static int
draw(gsl_rng *r, double floor, int n, int found, const double *is_best)
{
	int i = 0, skip;

	if (gsl_rng_uniform(r) < floor)
		return (int)gsl_rng_uniform_int(r, (unsigned long)n);
	skip = (int)gsl_rng_uniform_int(r, (unsigned long)found);
	while (is_best[i] == 0 || skip-- > 0)
		i++;
	return i;
}

int
policy_choose(const struct policy *p, const struct candidates *c, double floor,
    gsl_rng *r, double *score, double *probability)
{
	int found = 0, chosen;

	assert(c->n >= 1 && floor >= 0 && floor <= 1);
	p->score(c, r, score);
	for (int i = 0; i < c->n; i++)
		if (!isfinite(score[i]))
			score[i] = -DBL_MAX;
	if (p->untried_first)
		found = mark_untried(c, probability);
	if (found == 0)
		found = mark_highest(score, c->n, probability);
	chosen = draw(r, floor, c->n, found, probability);
	for (int i = 0; i < c->n; i++)
		probability[i] =
		    (1 - floor) * probability[i] / found + floor / c->n;
	return chosen;
}
