/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

/*
 * Thompson sampling.  For one context and separate arms, phi'theta with
 * theta ~ N(theta_hat, v^2 A^-1) is exactly N(mean, v^2 sigma^2): one normal
 * number an arm, no draw of a vector.  Source: Agrawal, Goyal 2013.
 */
void
score_thompson(const struct candidates *c, double *centre, double *spread)
{
	double v = policy_exploration(c, 0.1);

	for (int i = 0; i < c->n; i++) {
		centre[i] = c->mean[i] - c->cost_weight * c->cost[i];
		spread[i] = v * c->sigma[i];
	}
}
