/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.h: one arm of many, with its exact probability, for baselines.
 */
#ifndef EVAL_DRAW_H
#define EVAL_DRAW_H

#include <gsl/gsl_rng.h>

#include "eval/player.h"

struct draw {
	gsl_rng *rng;
	int arms;
	double *score;       /* [arms], the caller's to fill; NaN: the least */
	double *probability; /* [arms], what the last draw was from */
};

void draw_init(struct draw *, int arms, uint64_t seed);
void draw_fini(struct draw *);

/*
 * Of the arms that are enabled, at least one: with probability explore any,
 * else one of the largest score; equal ones have equal chances.  Fills in all
 * of the pick; its mean and sigma are NaN.
 */
void draw_largest(struct draw *, const bool *enabled, double explore,
    struct pick *);

/* By probability[], which the caller has filled in and which sums to 1. */
void draw_one(struct draw *, struct pick *);

#endif
