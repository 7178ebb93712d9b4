/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "bandit/policy.h"

/*
 * Hu, Leung, Farnia 2025.  The theory's eta explores too much where rewards
 * are in [0, 1] and the prior mean is at their mean.
 */
void
score_pak_ucb(const struct candidates *c, gsl_rng *r, double *score)
{
	double eta = c->exploration;

	(void)r;
	if (isnan(eta))
		eta = 0.3 * sqrt(c->alpha);
	for (int i = 0; i < c->n; i++)
		score[i] = c->mean[i] + eta * c->sigma[i] -
		    c->cost_weight * c->cost[i];
}
