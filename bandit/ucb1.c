/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "bandit/policy.h"

/* Decisions of the arm; at least one, for an arm that is still untried. */
static double
pulls(const struct candidates *c, int i)
{
	return fmax(1, (double)c->rewards[i] + (double)c->pending[i]);
}

/* Auer, Cesa-Bianchi, Fischer 2002, for rewards of any width. */
void
score_ucb1(const struct candidates *c, double *centre, double *spread)
{
	double width = c->exploration, t = 0;

	(void)spread;
	width = (isnan(width) ? sqrt(2) : width) * c->reward_width;
	for (int i = 0; i < c->n; i++)
		t += pulls(c, i);
	for (int i = 0; i < c->n; i++)
		centre[i] = c->mean[i] + width * sqrt(log(t) / pulls(c, i)) -
		    c->cost_weight * c->cost[i];
}
