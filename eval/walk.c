/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/player.h"

/*
 * The log as a set of which costs are known, but no reward, as far as a player
 * may look ahead: it learns them one by one.
 */
static void
set_of(const struct rounds *r, struct set *s)
{
	size_t cells = (size_t)r->n * (size_t)r->arms;

	*s = (struct set){ .name = r->name,
		.rows = (int)r->n,
		.dimension = r->dimension,
		.arms = r->arms,
		.arm = r->arm,
		.x = r->x,
		.unscored = (long)cells };
	s->reward = mem_alloc(cells, sizeof *s->reward);
	s->cost = mem_alloc(cells, sizeof *s->cost);
	for (size_t i = 0; i < cells; i++)
		s->reward[i] = s->cost[i] = NAN;
	for (long i = 0; i < r->n; i++)
		s->cost[(size_t)i * (size_t)r->arms + (size_t)r->round[i].arm] =
		    r->round[i].cost;
	s->task = mem_zalloc((size_t)r->n, sizeof *s->task);
	s->group = mem_zalloc((size_t)r->n, sizeof *s->group);
}

static void
enable(struct player *p, const bool *eligible, bool *enabled, int arms)
{
	for (int arm = 0; arm < arms; arm++)
		if (eligible[arm] != enabled[arm]) {
			player_enable(p, arm, eligible[arm]);
			enabled[arm] = eligible[arm];
		}
}

static void
step(struct player *p, const struct rounds *r, long i, double *target)
{
	const struct round *o = &r->round[i];
	const float *x = r->x + (size_t)i * (size_t)r->dimension;
	struct pick pick = { .probability = target };

	player_choose(p, x, (int)i, &pick);
	for (int arm = 0; arm < r->arms; arm++)
		if (!o->eligible[arm])
			target[arm] = 0;
	player_learn(p, x, (int)i, o->arm, o->reward, o->cost);
}

enum err
walk(const char *spec, const struct rounds *r, uint64_t seed, double *target,
    struct fault *f)
{
	bool *enabled = mem_alloc((size_t)r->arms, sizeof *enabled);
	struct player *p;
	struct set s;

	set_of(r, &s);
	memset(enabled, true, (size_t)r->arms * sizeof *enabled);
	p = player_new(spec, &s, seed, f);
	if (p != NULL && player_foresees(p)) {
		fault_set(f, ERR_BAD_REQUEST,
		    "%s: it knows rewards that no log has", spec);
		player_free(p);
		p = NULL;
	}
	for (long i = 0; p != NULL && i < r->n; i++) {
		enable(p, r->round[i].eligible, enabled, r->arms);
		step(p, r, i, target + (size_t)i * (size_t)r->arms);
	}
	if (p != NULL)
		player_free(p);
	free(enabled);
	free(s.reward);
	free(s.cost);
	free(s.task);
	free(s.group);
	return p != NULL ? ERR_NONE : ERR_BAD_REQUEST;
}
