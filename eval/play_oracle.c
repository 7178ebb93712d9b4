/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Players that know the set: what there is to reach.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/draw.h"
#include "eval/players.h"

struct oracle {
	struct player player;
	struct draw draw;
	const struct set *set;
	double *mean; /* [arms], over the set */
};

static struct player *
oracle_new(const struct player_spec *spec, const struct set *s, uint64_t seed,
    struct fault *f)
{
	static const struct spec_number none[] = { { NULL, NULL, 0, 0 } };
	struct oracle *o;

	if (spec_numbers(spec, none, f) != ERR_NONE)
		return NULL;
	o = mem_zalloc(1, sizeof *o);
	o->set = s;
	draw_init(&o->draw, s->arms, seed);
	o->mean = mem_alloc((size_t)s->arms, sizeof *o->mean);
	for (int i = 0; i < s->arms; i++)
		o->mean[i] = set_mean_reward(s, i);
	return &o->player;
}

static void
oracle_free(struct player *player)
{
	struct oracle *o = (struct oracle *)player;

	draw_fini(&o->draw);
	free(o->mean);
	free(o);
}

static void
draw_known(struct oracle *o, struct pick *pick)
{
	draw_largest(&o->draw, o->player.enabled, 0, pick);
	pick->mean = o->draw.score[pick->arm];
}

static void
best_arm_choose(struct player *player, const float *x, int row,
    struct pick *pick)
{
	struct oracle *o = (struct oracle *)player;

	(void)x, (void)row;
	for (int i = 0; i < player->arms; i++)
		o->draw.score[i] = o->mean[i];
	draw_known(o, pick);
}

/* Noise that nobody can know is left out where that is possible. */
static void
best_choose(struct player *player, const float *x, int row, struct pick *pick)
{
	struct oracle *o = (struct oracle *)player;
	const struct set *s = o->set;
	size_t at = (size_t)row * (size_t)s->arms;

	(void)x;
	for (int i = 0; i < player->arms; i++)
		o->draw.score[i] = s->expected != NULL
		    ? s->expected[at + (size_t)i]
		    : set_reward(s, row, i);
	draw_known(o, pick);
}

static void
nothing_new(struct player *player, const float *x, int row, int arm,
    double reward, double cost)
{
	(void)player, (void)x, (void)row, (void)arm, (void)reward, (void)cost;
}

const struct player_kind play_best_arm = { "best-arm",
	"Always the arm whose mean over the set is the largest.", oracle_new,
	oracle_free, best_arm_choose, nothing_new, true };

const struct player_kind play_oracle = { "oracle",
	"For each prompt the arm that earns most on it.", oracle_new,
	oracle_free, best_choose, nothing_new, true };
