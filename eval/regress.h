/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regress.h: a ridge regression that learns one example at a time, by GSL and
 * the formulas of a textbook: the baselines' own, not the code of bandit/.
 *
 * V = (alpha I + sum x x')^-1 by Sherman and Morrison, and theta by recursive
 * least squares.  The mean is m + x'V sum x (y - m) for any m, which may move.
 */
#ifndef EVAL_REGRESS_H
#define EVAL_REGRESS_H

#include <gsl/gsl_matrix.h>

#include "base/err.h"

struct regress {
	int d;
	gsl_matrix *v;     /* [d][d]; its lower half is kept */
	gsl_vector *theta; /* V sum x y */
	gsl_vector *unit;  /* V sum x */
	gsl_vector *vx;    /* for regress_learn() */
	long n;            /* examples */
};

/* ERR_BAD_REQUEST: so many of them of that size would take over 1 GiB. */
enum err regress_fits(int copies, int d, struct fault *);

/* d >= 1, alpha > 0. */
void regress_init(struct regress *, int d, double alpha);
void regress_fini(struct regress *);

/* x[d] */
double regress_mean(const struct regress *, const double *x, double m);

/* sqrt(x'V x) */
double regress_sigma(const struct regress *, const double *x);

void regress_learn(struct regress *, const double *x, double y);

#endif
