/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Epsilon-greedy: with probability epsilon any arm, else the one that has
 * earned most: by its mean, or (contextual=1) by a ridge of its own whose mean
 * where nothing is known is that of all rewards so far.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"
#include "eval/regress.h"

struct greedy {
	struct player player;
	struct draw draw;
	double epsilon, contextual, alpha;
	struct regress *arm; /* [arms], or NULL */
	double *x;           /* [dimension] */
	double *sum;         /* [arms], of rewards */
	long *n;             /* [arms] */
	double all;          /* sum of rewards */
	long rewards;
};

static struct player *
epsilon_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct greedy *g, o = { .epsilon = 0.1, .alpha = 3 };
	const struct spec_number numbers[] = { { "epsilon", &o.epsilon, 0, 1 },
		{ "contextual", &o.contextual, 0, 1 },
		{ "alpha", &o.alpha, 1e-6, 1e6 }, { NULL, NULL, 0, 0 } };

	if (spec_numbers(spec, numbers, f) != ERR_NONE ||
	    (o.contextual > 0 &&
		regress_fits(s->arms, s->dimension, f) != ERR_NONE))
		return NULL;
	g = mem_alloc(1, sizeof *g);
	*g = o;
	draw_init(&g->draw, s->arms, seed);
	g->x = mem_alloc((size_t)s->dimension, sizeof *g->x);
	g->sum = mem_zalloc((size_t)s->arms, sizeof *g->sum);
	g->n = mem_zalloc((size_t)s->arms, sizeof *g->n);
	if (o.contextual > 0)
		g->arm = mem_alloc((size_t)s->arms, sizeof *g->arm);
	for (int i = 0; g->arm != NULL && i < s->arms; i++)
		regress_init(&g->arm[i], s->dimension, o.alpha);
	return &g->player;
}

static void
epsilon_free(struct player *player)
{
	struct greedy *g = (struct greedy *)player;

	for (int i = 0; g->arm != NULL && i < player->arms; i++)
		regress_fini(&g->arm[i]);
	draw_fini(&g->draw);
	free(g->arm);
	free(g->x);
	free(g->sum);
	free(g->n);
	free(g);
}

static void
widen(struct greedy *g, const float *x)
{
	for (int i = 0; i < g->player.dimension; i++)
		g->x[i] = (double)x[i];
}

/* Of an arm that has been rewarded, for the x that is widened. */
static double
mean(const struct greedy *g, int arm)
{
	return g->arm != NULL
	    ? regress_mean(&g->arm[arm], g->x, g->all / (double)g->rewards)
	    : g->sum[arm] / (double)g->n[arm];
}

/* An arm that was never rewarded goes first. */
static void
epsilon_choose(struct player *player, const float *x, int row,
    struct pick *pick)
{
	struct greedy *g = (struct greedy *)player;

	(void)row;
	widen(g, x);
	for (int i = 0; i < player->arms; i++)
		g->draw.score[i] = g->n[i] > 0 ? mean(g, i) : INFINITY;
	draw_largest(&g->draw, player->enabled, g->epsilon, pick);
	if (g->n[pick->arm] > 0)
		pick->mean = g->draw.score[pick->arm];
}

static void
epsilon_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	struct greedy *g = (struct greedy *)player;

	(void)row, (void)cost;
	widen(g, x);
	if (g->arm != NULL)
		regress_learn(&g->arm[arm], g->x, reward);
	g->sum[arm] += reward;
	g->n[arm]++;
	g->all += reward;
	g->rewards++;
}

const struct player_kind play_epsilon = { "epsilon-greedy",
	"The largest mean, but sometimes any: epsilon, contextual, alpha.",
	epsilon_new, epsilon_free, epsilon_choose, epsilon_learn, false };
