/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * As many arms as types of prompts, and each is the expert of one: 0.85 and a
 * little, where the others are worth 0.45 and a little.  That little grows with
 * the arm, so that the last is the best single one.
 */
#include "tests/sim/worlds.h"

#define EXPERTS 5

static double
worth(int arm, int expert)
{
	return 0.45 + 0.01 * arm + (arm == expert ? 0.4 : 0);
}

static double
experts(int step, int type, int arm)
{
	(void)step;
	return worth(arm, type);
}

/* Each hands its prompts over to the next. */
static double
swap(int step, int type, int arm)
{
	return worth(arm, step < WORLD_CHANGE ? type : (type + 1) % EXPERTS);
}

/* One is worth nothing any more. */
static double
failing(int step, int type, int arm)
{
	return step >= WORLD_CHANGE && arm == 1 ? 0 : worth(arm, type);
}

const struct world world_experts = { .types = EXPERTS,
	.arms = EXPERTS,
	.spread = 0.7,
	.noise = 0.2,
	.value = experts };
const struct world world_swap = { .types = EXPERTS,
	.arms = EXPERTS,
	.spread = 0.7,
	.noise = 0.2,
	.value = swap };
const struct world world_failing = { .types = EXPERTS,
	.arms = EXPERTS,
	.spread = 0.7,
	.noise = 0.2,
	.value = failing };
