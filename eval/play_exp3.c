/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * EXP3, for rewards that an adversary may set: Auer, Cesa-Bianchi, Freund,
 * Schapire 2002, in its form with costs: an arm's weight shrinks by
 * exp(-epsilon (1 - r) / p) where it was chosen, and of the probability gamma
 * is spread over all arms.
 *
 * The reward of an arm that was not the last choice is taken as shown anyway,
 * with p = 1: history in full.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"

struct exp3 {
	struct player player;
	struct draw draw;
	double gamma, epsilon;
	double low, high;   /* of rewards; beyond they are cut off */
	double *log_weight; /* [arms] */
	int row, arm;       /* the last choice */
};

static struct player *
exp3_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	struct exp3 e = { .gamma = 0.1, .epsilon = 0.05, .high = 1, .row = -1 };
	const struct spec_number numbers[] = { { "gamma", &e.gamma, 1e-6, 1 },
		{ "epsilon", &e.epsilon, 0, 1e3 }, { "low", &e.low, -1e9, 1e9 },
		{ "high", &e.high, -1e9, 1e9 }, { NULL, NULL, 0, 0 } };
	struct exp3 *made;

	if (spec_numbers(spec, numbers, f) != ERR_NONE)
		return NULL;
	if (!(e.low < e.high)) {
		fault_set(f, ERR_BAD_REQUEST,
		    "policy \"%s\": low has to be below high", spec->name);
		return NULL;
	}
	draw_init(&e.draw, s->arms, seed);
	e.log_weight = mem_zalloc((size_t)s->arms, sizeof *e.log_weight);
	made = mem_alloc(1, sizeof *made);
	*made = e;
	return &made->player;
}

static void
exp3_free(struct player *player)
{
	struct exp3 *e = (struct exp3 *)player;

	draw_fini(&e->draw);
	free(e->log_weight);
	free(e);
}

/* From the largest on down, so that no weight overflows; those so small that
 * they vanish have gamma's share still. */
static void
weigh(struct exp3 *e)
{
	const bool *enabled = e->player.enabled;
	double *p = e->draw.probability, most = -INFINITY, sum = 0;
	int n = 0;

	for (int i = 0; i < e->player.arms; i++)
		if (enabled[i] && ++n > 0)
			most = fmax(most, e->log_weight[i]);
	for (int i = 0; i < e->player.arms; i++) {
		p[i] = enabled[i] ? exp(e->log_weight[i] - most) : 0;
		sum += p[i];
	}
	for (int i = 0; i < e->player.arms; i++)
		p[i] =
		    enabled[i] ? (1 - e->gamma) * p[i] / sum + e->gamma / n : 0;
}

static void
exp3_choose(struct player *player, const float *x, int row, struct pick *pick)
{
	struct exp3 *e = (struct exp3 *)player;

	(void)x;
	weigh(e);
	draw_one(&e->draw, pick);
	e->row = row;
	e->arm = pick->arm;
}

static void
exp3_learn(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	struct exp3 *e = (struct exp3 *)player;
	bool chosen = row == e->row && arm == e->arm;
	double loss = (e->high - reward) / (e->high - e->low);

	(void)x, (void)cost;
	loss = fmin(fmax(loss, 0), 1);
	e->log_weight[arm] -=
	    e->epsilon * loss / (chosen ? e->draw.probability[arm] : 1);
	e->row = chosen ? -1 : e->row;
}

const struct player_kind play_exp3 = { "exp3",
	"Weights of arms against any rewards: gamma, epsilon, low, high.",
	exp3_new, exp3_free, exp3_choose, exp3_learn, false };
