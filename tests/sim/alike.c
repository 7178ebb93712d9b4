/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One type of prompt, and arms that are all worth the same for it; in one of
 * the two worlds a fifth, which comes later, is worth less. */
#include "tests/sim/worlds.h"

static double
alike(int step, int type, int arm)
{
	(void)step, (void)type, (void)arm;
	return 0.5;
}

static double
dud(int step, int type, int arm)
{
	(void)step, (void)type;
	return arm == WORLD_DUD ? 0.2 : 0.5;
}

const struct world world_alike = { .types = 1,
	.arms = 5,
	.spread = 0.3,
	.noise = 0.1,
	.value = alike };
const struct world world_dud = { .types = 1,
	.arms = WORLD_DUD,
	.spread = 0.3,
	.noise = 0.1,
	.value = dud };
