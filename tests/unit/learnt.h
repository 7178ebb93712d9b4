/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learnt.h: what a ridge should have learnt, as a matrix held in full, and
 * what it has, read from its bytes.
 */
#ifndef TESTS_UNIT_LEARNT_H
#define TESTS_UNIT_LEARNT_H

#include "tests/unit/dense.h"

#include "bandit/model.h"

/* The inside of a ridge; inside_fini() it. */
struct inside {
	struct chol chol; /* of A / scale */
	double scale, level[DENSE_MAX];
	double fit[DENSE_MAX], unit[DENSE_MAX]; /* inherited */
};

void inside_of(struct inside *, const struct model *);
void inside_fini(struct inside *);

/* Without the prior, which is the model's own affair between alpha and slack
 * times that: what was learnt, dense_init() with 0 on the diagonal. */
void learnt_learn(struct dense *, const double *phi, double reward,
    double weight);
void learnt_decay(struct dense *, double keep);

/* The model's factor is that of what was learnt and its prior, within error,
 * and the prior is where it may be. */
void learnt_assert(const struct dense *, const struct model *, double error);

/* A x = b, in full. */
void learnt_solve(const struct dense *, const double *b, double *x);

#endif
