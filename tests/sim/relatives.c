/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two makers of arms, one good at the first four types of prompts and one at
 * the others; arms of one maker are alike but for a little.  A newcomer of the
 * first maker is the best of all for two types, and a little worse than its
 * relatives for two; as bad as they are for the rest.
 */
#include "tests/sim/worlds.h"

static const double worths[][SIM_TYPES] = {
	{ 0.70, 0.66, 0.72, 0.68, 0.40, 0.36, 0.42, 0.38 },
	{ 0.66, 0.70, 0.68, 0.72, 0.36, 0.40, 0.38, 0.42 },
	{ 0.40, 0.36, 0.42, 0.38, 0.70, 0.66, 0.72, 0.68 },
	{ 0.36, 0.40, 0.38, 0.42, 0.66, 0.70, 0.68, 0.72 },
	{ 0.85, 0.85, 0.64, 0.64, 0.38, 0.38, 0.38, 0.38 },
};

static double
relatives(int step, int type, int arm)
{
	(void)step;
	return worths[arm][type];
}

const struct world world_relatives = { .types = SIM_TYPES,
	.arms = WORLD_HEIR,
	.spread = 0.5,
	.noise = 0.2,
	.value = relatives,
	.group = { "a", "a", "b", "b" } };
