/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/quiet.h"

#define REWARDS 300

/* clang-format off */
static const struct {
	const char *router, *policy;
	int d, D, K;
} routers[QUIETS] = {
	[QUIET_LARGE] = { "large", "pak-ucb", SCENE_D, 512, 10 },
	[QUIET_DRAWN] = { "drawn", "thompson", SCENE_D, 512, 10 },
	[QUIET_DEFAULT] = { "default", "pak-ucb", SCENE_D, 256, 10 },
	[QUIET_PROMPTS] = { "prompts", "pak-ucb", 512, 512, 10 },
	[QUIET_BARE] = { "bare", "uniform", SCENE_D, 2, 1 },
	[QUIET_BARE_TEN] = { "bare-ten", "uniform", SCENE_D, 2, 10 },
	[QUIET_SMALL] = { "small", "pak-ucb", SCENE_D, 64, 3 },
	[QUIET_FEW] = { "few", "pak-ucb", SCENE_D, 64, 3 },
	[QUIET_MANY] = { "many", "pak-ucb", SCENE_D, 64, 3 },
};
/* clang-format on */

static struct part parts[QUIETS];

const struct part *
quiet_part(enum quiet i)
{
	return &parts[i];
}

void
quiet_start(struct stage *t)
{
	struct buf config = { 0 };

	for (int i = 0; i < QUIETS; i++) {
		parts[i] = part_of(routers[i].router, routers[i].policy,
		    routers[i].d, routers[i].D, routers[i].K);
		part_config(&parts[i], &config);
	}
	buf_put(&config, "", 1);
	served_start(&t->quiet, &t->memory, (const char *)config.data);
	buf_free(&config);
	for (int i = 0; i < QUIET_FEW; i++)
		if (i != QUIET_PROMPTS) /* by its own prompts */
			part_teach(&parts[i], &t->prompts, &t->quiet,
			    bench_count(REWARDS));
}
