/* SPDX-License-Identifier: GPL-3.0-or-later */
/* consider.h: the steps of router_consider(), for the files it is made of. */
#ifndef BANDIT_CONSIDER_H
#define BANDIT_CONSIDER_H

#include "bandit/router.h"

/* What is known of each arm, from r->score. */
void view_arms(struct router *);

/* The eligible arms side by side, and the settings, as policies take them;
 * r->index says which arm each is. */
void gather(struct router *, const struct wish *, struct candidates *);

/* The scores of phi[n][map->out] of one arm, in one pass. */
void router_score(const struct router *, const struct arm *, const double *phi,
    int n, struct model_score *out);

/* The bound in place of the score. */
static inline struct model_score
bound_as_score(const struct model_bound *b)
{
	return (struct model_score){ b->fit, b->unit, b->sigma };
}

/*
 * r->score for context i of those asked for, but arms that cannot be the one
 * are not scored: r->at_most says which, and r->score has their bounds.
 * False, and nothing done: this decision needs all scores, or it is not worth
 * it.  After router_eligible().
 */
bool prune(struct router *, const struct wish *, uint64_t number, int i);

#endif
