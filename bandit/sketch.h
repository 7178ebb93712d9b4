/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sketch.h: what a ridge is sure of, in a few numbers a coordinate.
 *
 * Holds the weights of the fit and of the unit, and a low-rank bound of A from
 * below: A >= floor I + sum_i lambda_i v_i v_i' with orthonormal v_i, so that
 *
 *     phi' A^-1 phi <= (|phi|^2 - sum_i lambda_i / (floor + lambda_i)
 *                                 (v_i'phi)^2) / floor.
 *
 * The bound is Nystroem's: M = A - floor I is positive semidefinite, hence
 * M >= M V (V'M V)^-1 V'M for any V.  V are the directions of the sketch
 * before, so that each is a step of subspace iteration.  As A only grows with
 * what is learnt, an old sketch stays a bound.
 * Source: Gittens, Mahoney 2016 (Nystroem); Halko, Martinsson, Tropp 2011.
 */
#ifndef BANDIT_SKETCH_H
#define BANDIT_SKETCH_H

#include "bandit/chol.h"
#include "bandit/model.h"

/* Numbers a coordinate: two weights, and the rest directions. */
#define SKETCH_LANES 16
#define SKETCH_RANK (SKETCH_LANES - 2)

struct sketch {
	int n;
	double floor;
	double lambda[SKETCH_RANK]; /* descending; 0: no direction */
	double norm[2];             /* of the weights */
	float *rows;                /* [n][SKETCH_LANES], aligned */
	double *weights;            /* [2 n], scratch */
};

void sketch_init(struct sketch *, int n);
void sketch_fini(struct sketch *);

/* The weights, of a factor of n rows.  Costs as much as a score. */
void sketch_weigh(struct sketch *, const struct chol *);

/*
 * The directions, of A = scale L L' >= floor I, floor > 0.  O(SKETCH_RANK n^2),
 * in memory that all sketches share: one thread at a time.
 */
void sketch_look(struct sketch *, const struct chol *, double scale,
    double floor);

/* A became at least keep (A - floor I) + floor I. */
void sketch_fade(struct sketch *, double keep, double floor);

/* Of phi[contexts][n], |phi|^2 = square[contexts]; with room for what float32
 * rounds. */
void sketch_bound(const struct sketch *, const float *phi, const double *square,
    int contexts, struct model_bound *);

#endif
