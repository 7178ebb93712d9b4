/* SPDX-License-Identifier: GPL-3.0-or-later */
/* consider.h: the steps of router_consider(); for consider.c and prune.c. */
#ifndef BANDIT_CONSIDER_H
#define BANDIT_CONSIDER_H

#include "bandit/router.h"

/* What is known of each arm, from the score of its model, every n-th of
 * scores[]. */
void view_arms(struct router *, const struct model_score *scores, int n);

/* The eligible arms side by side, and the settings, as policies take them;
 * r->index says which arm each is. */
void gather(struct router *, const struct wish *, struct candidates *);

#endif
