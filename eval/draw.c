/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/draw.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "features/rng.h"

void
draw_init(struct draw *d, int arms, uint64_t seed)
{
	d->arms = arms;
	d->rng = mem_got(gsl_rng_alloc(rng_splitmix64));
	rng_set(d->rng, seed, RNG_DECISION, 0);
	d->score = mem_zalloc((size_t)arms, sizeof *d->score);
	d->probability = mem_zalloc((size_t)arms, sizeof *d->probability);
}

void
draw_fini(struct draw *d)
{
	gsl_rng_free(d->rng);
	free(d->score);
	free(d->probability);
}

/* A score that is not there is below any other. */
static double
score(const struct draw *d, int arm)
{
	return isnan(d->score[arm]) ? -INFINITY : d->score[arm];
}

void
draw_largest(struct draw *d, const bool *enabled, double explore,
    struct pick *pick)
{
	double most = -INFINITY;
	int n = 0, largest = 0;

	for (int i = 0; i < d->arms; i++)
		if (enabled[i] && ++n > 0)
			most = fmax(most, score(d, i));
	assert(n > 0);
	for (int i = 0; i < d->arms; i++)
		largest += enabled[i] && score(d, i) == most;
	for (int i = 0; i < d->arms; i++) {
		bool first = enabled[i] && score(d, i) == most;

		d->probability[i] = (enabled[i] ? explore / n : 0) +
		    (first ? (1 - explore) / largest : 0);
	}
	draw_one(d, pick);
}

void
draw_one(struct draw *d, struct pick *pick)
{
	double left = gsl_rng_uniform(d->rng);
	int arm = -1;

	/* Rounding may leave a little beyond the last arm that has any. */
	for (int i = 0; i < d->arms && (arm < 0 || left >= 0); i++)
		if (d->probability[i] > 0) {
			left -= d->probability[i];
			arm = i;
		}
	pick->arm = arm;
	pick->propensity = d->probability[arm];
	pick->mean = pick->sigma = NAN;
	if (pick->probability != NULL)
		memcpy(pick->probability, d->probability,
		    (size_t)d->arms * sizeof *pick->probability);
}
