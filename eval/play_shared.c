/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UCB with one regression for all arms, over the context with the arm's one-hot
 * behind it, z = [x; onehot e_arm].
 *
 * linucb-shared is linear in z, so the order of its means is the same for all
 * prompts: known to be weak, and what papers compare with.  kernelucb-shared
 * (Valko et al. 2013) has the Gaussian kernel over z, which is that of the
 * contexts times exp(-onehot^2 / bandwidth^2) where arms differ, approximated
 * by random Fourier features so that its cost does not grow.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"
#include "eval/regress.h"
#include "features/map.h"

struct shared {
	struct player player;
	struct draw draw;
	double alpha, exploration, center, onehot;
	struct map *map; /* of z */
	struct regress all;
	double *z;     /* [dimension + arms] */
	double *phi;   /* [all.d] */
	double *sigma; /* [arms] */
	double sum;    /* of rewards */
	long n;
};

/* From *o, whose numbers are checked. */
static struct player *
make(const struct shared *o, const struct map_type *map,
    const struct map_params *params, const struct set *s, struct fault *f)
{
	int d = map == &map_exact ? params->in : params->out;
	struct shared *p;

	if (regress_fits(1, d, f) != ERR_NONE)
		return NULL;
	p = mem_alloc(1, sizeof *p);
	*p = *o;
	p->map = map_new(map, params);
	draw_init(&p->draw, s->arms, params->seed);
	regress_init(&p->all, d, o->alpha);
	p->z = mem_zalloc((size_t)params->in, sizeof *p->z);
	p->phi = mem_zalloc((size_t)d, sizeof *p->phi);
	p->sigma = mem_zalloc((size_t)s->arms, sizeof *p->sigma);
	return &p->player;
}

static struct player *
linear_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct shared o = { .alpha = 1, .exploration = 1, .onehot = 1 };
	struct map_params params = { .in = s->dimension + s->arms,
		.seed = seed };
	const struct spec_number numbers[] = { { "alpha", &o.alpha, 1e-6, 1e6 },
		{ "exploration", &o.exploration, 0, 1e6 },
		{ "center", &o.center, 0, 1 }, { "onehot", &o.onehot, 0, 1e3 },
		{ NULL, NULL, 0, 0 } };

	return spec_numbers(spec, numbers, f) == ERR_NONE
	    ? make(&o, &map_exact, &params, s, f)
	    : NULL;
}

static struct player *
kernel_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct shared o = { .alpha = 3,
		.exploration = 0.52,
		.center = 1,
		.onehot = 1 };
	struct map_params params = { .in = s->dimension + s->arms,
		.frequencies = FREQUENCIES_ORTHOGONAL,
		.bandwidth = 1,
		.seed = seed };
	double features = 256;
	const struct spec_number numbers[] = { { "alpha", &o.alpha, 1e-6, 1e6 },
		{ "exploration", &o.exploration, 0, 1e6 },
		{ "center", &o.center, 0, 1 }, { "onehot", &o.onehot, 0, 1e3 },
		{ "bandwidth", &params.bandwidth, 1e-6, 1e6 },
		{ "features", &features, 2, 4096 }, { NULL, NULL, 0, 0 } };

	if (spec_numbers(spec, numbers, f) != ERR_NONE)
		return NULL;
	params.out = (int)(features / 2) * 2;
	return make(&o, &map_rff, &params, s, f);
}

static void
shared_free(struct player *player)
{
	struct shared *p = (struct shared *)player;

	draw_fini(&p->draw);
	regress_fini(&p->all);
	map_free(p->map);
	free(p->z);
	free(p->phi);
	free(p->sigma);
	free(p);
}

static void
widen(struct shared *p, const float *x)
{
	for (int i = 0; i < p->player.dimension; i++)
		p->z[i] = (double)x[i];
}

/* phi of the context in z and an arm. */
static const double *
phi(struct shared *p, int arm)
{
	double *onehot = p->z + p->player.dimension;

	onehot[arm] = p->onehot;
	map_fill(p->map, p->z, p->phi);
	onehot[arm] = 0;
	return p->phi;
}

static void
shared_choose(struct player *player, const float *x, int row, struct pick *pick)
{
	struct shared *p = (struct shared *)player;
	double m = p->n > 0 ? p->center * p->sum / (double)p->n : 0;

	(void)row;
	widen(p, x);
	for (int i = 0; i < player->arms; i++) {
		if (!player->enabled[i])
			continue;
		phi(p, i);
		p->sigma[i] = regress_sigma(&p->all, p->phi);
		p->draw.score[i] = regress_mean(&p->all, p->phi, m) +
		    p->exploration * p->sigma[i];
	}
	draw_largest(&p->draw, player->enabled, 0, pick);
	pick->sigma = p->sigma[pick->arm];
	pick->mean = p->draw.score[pick->arm] - p->exploration * pick->sigma;
}

static void
shared_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	struct shared *p = (struct shared *)player;

	(void)row, (void)cost;
	widen(p, x);
	regress_learn(&p->all, phi(p, arm), reward);
	p->sum += reward;
	p->n++;
}

const struct player_kind play_linucb_shared = { "linucb-shared",
	"One ridge over context and arm's one-hot.", linear_new, shared_free,
	shared_choose, shared_learn, false };

const struct player_kind play_kernelucb_shared = { "kernelucb-shared",
	"One kernel over context and arm's one-hot, by random features.",
	kernel_new, shared_free, shared_choose, shared_learn, false };
