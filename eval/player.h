/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * player.h: a policy with its settings that plays against a set, or a log: one
 * of banditd's own, through the code of the daemon, or a baseline.
 *
 * A spec is what follows -p: the name of a row of players[], then
 * setting=value pairs: those of banditd.conf(5) for banditd's own policies,
 * else those of the baseline's row.
 */
#ifndef EVAL_PLAYER_H
#define EVAL_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "eval/set.h"

/* What a player chose for one prompt. */
struct pick {
	int arm;
	double propensity;   /* of that arm, given what was known */
	double mean, sigma;  /* of its reward, as expected; NaN: it has none */
	double *probability; /* [arms], the caller's: of each to be chosen; it
				may be NULL, which is cheaper */
};

struct player;

/* What a player may know of the prompts before it plays: their dimension and
 * arms; an oracle reads all of the set.  NULL and ERR_BAD_REQUEST: no such
 * policy or setting; the sentence names it, and those there are. */
struct player *player_new(const char *spec, const struct set *, uint64_t seed,
    struct fault *);
void player_free(struct player *);

/* Whether it looks at rewards before they are learnt, as no log has them. */
bool player_foresees(const struct player *);

/* row: of the set; only oracles look at it. */
void player_choose(struct player *, const float *x, int row, struct pick *);

/* The reward of an arm for x, chosen by it or not (history, another's log). */
void player_learn(struct player *, const float *x, int row, int arm,
    double reward, double cost);

/* An arm that joins, or is there no more, mid-stream. */
void player_enable(struct player *, int arm, bool enabled);

#endif
