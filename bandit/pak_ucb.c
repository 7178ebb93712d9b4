/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

/*
 * Hu, Leung, Farnia 2025.  The theory's eta explores too much where rewards
 * are in [0, 1] and the prior mean is at their mean.
 */
void
score_pak_ucb(const struct candidates *c, double *centre, double *spread)
{
	double eta = policy_exploration(c, 0.25);

	(void)spread;
	for (int i = 0; i < c->n; i++)
		centre[i] = c->mean[i] + eta * c->sigma[i] -
		    c->cost_weight * c->cost[i];
}
