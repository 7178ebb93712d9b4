/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KernelUCB (Valko et al. 2013): one kernel ridge regression for all pairs of
 * context and arm, exact.
 *
 * The kernel is Gaussian over z = [x; onehot e_arm].  What has been learnt of
 * the newest `points` pairs counts: a choice costs their square for each arm.
 * The bound and the mean are those of kernelucb-shared, which approximates it.
 */
#include <stdlib.h>

#include "bandit/model.h"
#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"

#define POINTS 1000
#define POINTS_MOST 10000

struct kernelucb {
	struct player player;
	struct draw draw;
	double exploration, center, onehot;
	struct model *model;
	double *z; /* [arms][dimension + arms], of one context */
	struct model_score *score; /* [arms] */
	double sum;                /* of rewards */
	long n;
};

static struct player *
make(const struct kernelucb *o, const struct model_params *params,
    const struct set *s, uint64_t seed)
{
	struct kernelucb *p = mem_alloc(1, sizeof *p);
	size_t arms = (size_t)s->arms;

	*p = *o;
	draw_init(&p->draw, s->arms, seed);
	p->model = model_new(&model_kernel, params);
	p->z = mem_zalloc(arms * (size_t)params->in, sizeof *p->z);
	p->score = mem_zalloc(arms, sizeof *p->score);
	for (size_t i = 0; i < arms; i++)
		p->z[i * (size_t)params->in + (size_t)s->dimension + i] =
		    o->onehot;
	return &p->player;
}

static struct player *
kernelucb_new(const struct player_spec *spec, const struct set *s,
    uint64_t seed, struct fault *f)
{
	struct kernelucb o = { .exploration = 0.52, .center = 1, .onehot = 1 };
	struct model_params params = { .in = s->dimension + s->arms,
		.alpha = 3,
		.kernel = KERNEL_RBF,
		.bandwidth = 1 };
	double points = POINTS;
	const struct spec_number numbers[] = { { "alpha", &params.alpha, 1e-6,
						   1e6 },
		{ "exploration", &o.exploration, 0, 1e6 },
		{ "center", &o.center, 0, 1 }, { "onehot", &o.onehot, 0, 1e3 },
		{ "bandwidth", &params.bandwidth, 1e-6, 1e6 },
		{ "points", &points, 1, POINTS_MOST }, { NULL, NULL, 0, 0 } };

	if (spec_numbers(spec, numbers, f) != ERR_NONE)
		return NULL;
	params.max_points = (int)points;
	return make(&o, &params, s, seed);
}

static void
kernelucb_free(struct player *player)
{
	struct kernelucb *p = (struct kernelucb *)player;

	draw_fini(&p->draw);
	model_free(p->model);
	free(p->z);
	free(p->score);
	free(p);
}

static double *
pair(struct kernelucb *p, const float *x, int arm)
{
	int d = p->player.dimension;
	double *z = p->z + (size_t)arm * (size_t)(d + p->player.arms);

	for (int i = 0; i < d; i++)
		z[i] = (double)x[i];
	return z;
}

static void
kernelucb_choose(struct player *player, const float *x, int row,
    struct pick *pick)
{
	struct kernelucb *p = (struct kernelucb *)player;
	double m = p->n > 0 ? p->center * p->sum / (double)p->n : 0;

	(void)row;
	for (int i = 0; i < player->arms; i++) {
		struct model_score *s = &p->score[i];

		if (!player->enabled[i])
			continue;
		model_score(p->model, pair(p, x, i), 1, s);
		s->fit += m * (1 - s->unit);
		p->draw.score[i] = s->fit + p->exploration * s->sigma;
	}
	draw_largest(&p->draw, player->enabled, 0, pick);
	pick->mean = p->score[pick->arm].fit;
	pick->sigma = p->score[pick->arm].sigma;
}

/* Where rounding leaves no room for a point more it is not learnt. */
static void
kernelucb_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	struct kernelucb *p = (struct kernelucb *)player;

	(void)row, (void)cost;
	(void)model_learn(p->model, pair(p, x, arm), reward, 1);
	p->sum += reward;
	p->n++;
}

const struct player_kind play_kernelucb = { "kernelucb",
	"One exact kernel over context and arm's one-hot.", kernelucb_new,
	kernelucb_free, kernelucb_choose, kernelucb_learn, false };
