/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LinUCB with one regression per arm, "disjoint": Li, Chu, Langford, Schapire
 * 2010.  They have alpha = 1, exploration = 1 and a mean of 0 where nothing is
 * known (center=0); with alpha = 3, exploration = 0.3 sqrt(alpha) and the mean
 * of all rewards so far (center=1) it earns more on real prompts.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"
#include "eval/regress.h"

struct linucb {
	struct player player;
	struct draw draw;
	double alpha, exploration, center;
	struct regress *arm; /* [arms] */
	double *x;           /* [dimension] */
	double *sigma;       /* [arms] */
	double sum;          /* of rewards */
	long n;
};

static struct player *
linucb_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct linucb *l, o = { .alpha = 3, .exploration = 0.52, .center = 1 };
	const struct spec_number numbers[] = { { "alpha", &o.alpha, 1e-6, 1e6 },
		{ "exploration", &o.exploration, 0, 1e6 },
		{ "center", &o.center, 0, 1 }, { NULL, NULL, 0, 0 } };

	if (spec_numbers(spec, numbers, f) != ERR_NONE ||
	    regress_fits(s->arms, s->dimension, f) != ERR_NONE)
		return NULL;
	l = mem_alloc(1, sizeof *l);
	*l = o;
	draw_init(&l->draw, s->arms, seed);
	l->x = mem_alloc((size_t)s->dimension, sizeof *l->x);
	l->sigma = mem_alloc((size_t)s->arms, sizeof *l->sigma);
	l->arm = mem_alloc((size_t)s->arms, sizeof *l->arm);
	for (int i = 0; i < s->arms; i++)
		regress_init(&l->arm[i], s->dimension, l->alpha);
	return &l->player;
}

static void
linucb_free(struct player *player)
{
	struct linucb *l = (struct linucb *)player;

	for (int i = 0; i < player->arms; i++)
		regress_fini(&l->arm[i]);
	draw_fini(&l->draw);
	free(l->arm);
	free(l->x);
	free(l->sigma);
	free(l);
}

static void
widen(struct linucb *l, const float *x)
{
	for (int i = 0; i < l->player.dimension; i++)
		l->x[i] = (double)x[i];
}

static double
center(const struct linucb *l)
{
	return l->n > 0 ? l->center * l->sum / (double)l->n : 0;
}

static void
linucb_choose(struct player *player, const float *x, int row, struct pick *pick)
{
	struct linucb *l = (struct linucb *)player;
	double m = center(l);

	(void)row;
	widen(l, x);
	for (int i = 0; i < player->arms; i++) {
		if (!player->enabled[i])
			continue;
		l->sigma[i] = regress_sigma(&l->arm[i], l->x);
		l->draw.score[i] = regress_mean(&l->arm[i], l->x, m) +
		    l->exploration * l->sigma[i];
	}
	draw_largest(&l->draw, player->enabled, 0, pick);
	pick->sigma = l->sigma[pick->arm];
	pick->mean = l->draw.score[pick->arm] - l->exploration * pick->sigma;
}

static void
linucb_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	struct linucb *l = (struct linucb *)player;

	(void)row, (void)cost;
	widen(l, x);
	regress_learn(&l->arm[arm], l->x, reward);
	l->sum += reward;
	l->n++;
}

const struct player_kind play_linucb = { "linucb",
	"One ridge per arm, disjoint: alpha, exploration, center.", linucb_new,
	linucb_free, linucb_choose, linucb_learn, false };
