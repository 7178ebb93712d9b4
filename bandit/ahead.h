/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ahead.h: how unsure an arm would be if all that is pending were rewarded.
 *
 * The matrix of a ridge regression does not depend on the rewards but only on
 * the contexts, so what a pending decision will teach about sigma is known
 * when it is made.  A second matrix holds the arm's own and, with weight 1,
 * the contexts that wait.  It is not learnt state.
 * Source: Desautels, Krause, Burdick 2014 (GP-BUCB).
 *
 * A round begins when nothing waits; then the matrix is copied anew, so that
 * rounding does not add up.  What a round that broke off had marked is
 * forgotten.
 */
#ifndef BANDIT_AHEAD_H
#define BANDIT_AHEAD_H

#include <stdint.h>

struct model;

/* A zeroed one is ready. */
struct ahead {
	struct model *model; /* NULL until something has waited */
	uint32_t round;
	uint64_t waiting; /* in this round */
};

/* What was added for one decision, to take it back by. */
struct mark {
	uint32_t round; /* 0: nothing was added */
	double weight;  /* when it was added, */
	double faded;   /* and the half-lives that the arm had seen then */
};

void ahead_reset(struct ahead *); /* frees it; what waits is forgotten */

/*
 * phi[in] waits, or no longer does; own is the arm's model, faded the
 * half-lives that it has seen by now.  The weight of the mark is what its
 * reward will count: 1, or of a choice at most CHOICE_WEIGHT; its faded may
 * be of an earlier moment, when the decision was made.
 */
void ahead_add(struct ahead *, const struct model *own, const double *phi,
    double faded, struct mark *);
void ahead_take_back(struct ahead *, const double *phi, double faded,
    const struct mark *);

/* What happens to the arm's model happens here too. */
void ahead_learn(struct ahead *, const double *phi, double weight);
void ahead_decay(struct ahead *, double keep);
void ahead_set_alpha(struct ahead *, double alpha);

/* The model whose sigma counts: this one's while something waits, else own. */
struct model *ahead_model(const struct ahead *, struct model *own);

#endif
