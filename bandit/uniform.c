/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

/* All equal, and ties break uniformly at random. */
void
score_uniform(const struct candidates *c, gsl_rng *r, double *score)
{
	(void)r;
	for (int i = 0; i < c->n; i++)
		score[i] = 0;
}
