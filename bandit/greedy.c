/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

void
score_greedy(const struct candidates *c, double *centre, double *spread)
{
	(void)spread;
	for (int i = 0; i < c->n; i++)
		centre[i] = c->mean[i] - c->cost_weight * c->cost[i];
}
