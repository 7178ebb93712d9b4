/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

void
score_greedy(const struct candidates *c, gsl_rng *r, double *score)
{
	(void)r;
	for (int i = 0; i < c->n; i++)
		score[i] = c->mean[i] - c->cost_weight * c->cost[i];
}
