/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gsl_build.h: the formulas of a router written down with GSL, in the
 * straightforward way: what banditd would be without its own kernels.
 *
 * W x by gsl_blas_dgemv(), cosine and sine of the C library, for each arm
 * sigma^2 by gsl_blas_dsymv() with the inverse matrix, and a reward by
 * Sherman-Morrison with gsl_blas_dsyr().  The prior mean is 0.
 */
#ifndef TESTS_BENCH_GSL_BUILD_H
#define TESTS_BENCH_GSL_BUILD_H

struct gsl_build;

/* d numbers in a context, D of phi, K arms, regularization alpha, bandwidth
 * 1; never NULL. */
struct gsl_build *gsl_build_new(int d, int D, int K, double alpha);
void gsl_build_free(struct gsl_build *);

/* phi[D] of x[d]; of the last call for the two below. */
void gsl_build_fill(struct gsl_build *, const double *x);
void gsl_build_set_phi(struct gsl_build *, const double *phi);

/* Of one arm, for phi. */
void gsl_build_score(struct gsl_build *, int arm, double *mean, double *sigma);
void gsl_build_learn(struct gsl_build *, int arm, double reward);

/* The arm with the largest mean + eta sigma for x[d]. */
int gsl_build_decide(struct gsl_build *, const double *x, double eta);

/* p[n]: the probability that arm i has the largest of n normal draws, one
 * integral over the line for each. */
void gsl_build_race(int n, const double *mean, const double *sd, double *p);

#endif
