/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask.h: what is known of the arms for contexts that came together.
 *
 * Each arm is scored, or bounded, for several contexts in one pass over its
 * matrix where that is cheaper than one by one.  What is found is the same bit
 * for bit however many contexts there are.  For score.c, consider.c and
 * prune.c.
 */
#ifndef BANDIT_ASK_H
#define BANDIT_ASK_H

#include "bandit/model.h"

struct router;
struct wish;

/* A zeroed one holds nothing.  [arms][n]: context i of an arm is at
 * arm * n + i. */
struct ask {
	int n;             /* contexts */
	const double *phi; /* [n][map->out], the caller's */
	bool all;          /* every arm is scored for every context */
	bool bounds;       /* every arm that has a bound is bounded */

	struct model_score *score; /* [arms][n], where scored */
	struct model_bound *bound; /* [arms][n], where bounded */
	bool *scored;              /* [arms][n] */
	bool *bounded;             /* [arms] */
	float *single;             /* [n][map->out], phi in float32 */
	double square[MODEL_FAST]; /* |phi|^2 */
	double *some;              /* [n][map->out], phi of some contexts */
	int arms, features;        /* there is room for */
};

void ask_fini(struct ask *);

/* Scores all arms for all contexts. */
void ask_all(struct router *);

/*
 * Bounds all arms for all contexts; and of several contexts scores, in one pass
 * each, the arms that will need it as far as that can be told.  After
 * router_eligible().
 */
void ask_bounds(struct router *, const struct wish *);

/* The score of an arm for context i; it is found now where it is not known. */
const struct model_score *ask_score(struct router *, int arm, int i);

#endif
