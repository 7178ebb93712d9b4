/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * players.h: what a kind of player is, for the files they are made of.
 *
 * To add one: a file with its row, listed in player.c.
 */
#ifndef EVAL_PLAYERS_H
#define EVAL_PLAYERS_H

#include "eval/player.h"
#include "eval/spec.h"

/* The functions are those of player.h. */
struct player_kind {
	const char *name;
	const char *help; /* one sentence */
	struct player *(*make)(const struct player_spec *, const struct set *,
	    uint64_t seed, struct fault *);
	void (*free)(struct player *);
	void (*choose)(struct player *, const float *x, int row, struct pick *);
	void (*learn)(struct player *, const float *x, int row, int arm,
	    double reward, double cost);
	bool foresees; /* whether it looks at rewards in advance */
};

/* The first member of every player; player_new() fills it in. */
struct player {
	const struct player_kind *kind;
	int arms, dimension;
	bool *enabled; /* [arms] */
};

struct player *play_bandit_new(const struct player_spec *, const struct set *,
    uint64_t seed, struct fault *);
void play_bandit_free(struct player *);
void play_bandit_choose(struct player *, const float *x, int row,
    struct pick *);
void play_bandit_learn(struct player *, const float *x, int row, int arm,
    double reward, double cost);

/* Baselines: play_NAME.c. */
extern const struct player_kind play_best_arm, play_epsilon, play_exp3,
    play_kernelucb, play_kernelucb_shared, play_linucb, play_linucb_shared,
    play_oracle, play_ridge;

#endif
