/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/policy.h"

/* All equal, and ties break uniformly at random. */
void
score_uniform(const struct candidates *c, double *centre, double *spread)
{
	(void)spread;
	for (int i = 0; i < c->n; i++)
		centre[i] = 0;
}
