/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ranking.h: how the ranking of a set of draws begins, for many beginnings
 * at once.
 *
 * The beginnings a, ab, ac, .. are a tree.  Going down through the panels of
 * march.h, every node keeps the probability that the draws on its path are in
 * this order and above x: its own is the integral of that of its parent times
 * the density of its arm.  Times the cdfs of all other arms, this is the
 * probability that a ranking begins with the path.  Nothing is ever
 * subtracted, so small probabilities keep their digits.
 */
#ifndef BANDIT_RANKING_H
#define BANDIT_RANKING_H

#include "bandit/march.h"

#define RANKING_ROOT (-1)

struct rank {
	int arm, parent;
	int child;     /* any, or RANKING_ROOT */
	double factor; /* what its density is multiplied by */
	double p; /* that a ranking begins like this, times those factors */
	double above_end; /* that of `above` at the end of the panel */
};

/* What race.h calls a race. */
struct race {
	struct march march;
	int count, cap;
	struct rank *ranks; /* [count], parents first */
	double *above;      /* [count][MARCH_NODES]: the path is, in order */
	double *rest;       /* [count][MARCH_NODES]: all others are below */
	int *kid;           /* rank_major.c's */
	int room;           /* for so many arms in what follows */
	bool *inside;       /* [n]: in the tree, or to be */
	double *before;     /* [n][MARCH_NODES]: race.c's, as are these */
	double *mean, *sd;  /* [n] */
	int *who;           /* [n] */
};

void ranking_room(struct race *, int n);

void ranking_clear(struct race *);

/* The beginning `parent`, RANKING_ROOT for none, and then this arm; returns
 * what it is called. */
int ranking_add(struct race *, int parent, int arm, double factor);

/* Fills in every p, which is at most `most`; the arms are those of the tree,
 * order[k]. */
void ranking_run(struct race *, int n, const double *mean, const double *sd,
    const int *order, int k, double most);

/* Of one of them; a polynomial through small numbers may be less than 0 between
 * them, which this is not. */
double ranking_p(const struct race *, int which);

#endif
