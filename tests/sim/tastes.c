/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Utilities, for a choice model: each type of prompt has an arm that is liked
 * best, one that is liked, and two that are not; choosing none has its own. */
#include "tests/sim/worlds.h"

#define TASTES 4

static double
tastes(int step, int type, int arm)
{
	static const double utility[TASTES] = { 1.5, 0.5, -0.5, -0.5 };

	(void)step;
	return utility[(arm + TASTES - type) % TASTES];
}

const struct world world_tastes = { .types = TASTES,
	.arms = TASTES,
	.spread = 0.5,
	.no_click = 1,
	.value = tastes };
