/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * march.h: from above all draws of some normal distributions down to below
 * them, in panels on which their densities and cdfs are smooth.
 *
 * A panel carries the Gauss-Legendre rule of MARCH_NODES points, in ascending
 * order, with the values of every arm at them.  It is at most one step wide,
 * in standard deviations of whatever arm is within MARCH_REACH of its mean
 * there; beyond, a cdf counts as 0 or 1.  Where no arm is, the march jumps, and
 * starts anew from the next one's mean, so nothing is lost where means are
 * far apart.  The same bits everywhere, in the sense of features/exact.h.
 * An integral from one node up to the panel's end is that of the polynomial
 * through the nodes.
 * Source: Greengard, Spectral integration and two-point boundary value
 * problems, SIAM J. Numer. Anal. 28, 1991, here on the Legendre nodes.
 */
#ifndef BANDIT_MARCH_H
#define BANDIT_MARCH_H

#include <stdbool.h>

#include "features/exact.h"

#define MARCH_NODES 16
/* In standard deviations.  What lies beyond the reach has a probability of
 * 8e-24; with 16 nodes, an integral over a step is good to 1e-14, and one from
 * a node to its end to about 1e-12. */
#define MARCH_REACH 10.0
#define MARCH_STEP 1.5
/* Where k arms come before another, what is integrated is as a k-th power, and
 * the step has to go down as 1 / k. */
/* Where all that matters is below a panel with no more than this probability,
 * the march may end. */
#define MARCH_NOTHING 1e-24

struct march {
	int n, cap;
	/* By arm, at the nodes of the panel: the density per standard
	 * deviation, NULL where it is 0, and the cdf; and half the panel's
	 * width in standard deviations. */
	const double **pdf, **cdf;
	double *half; /* [n] */
	double weight[MARCH_NODES];
	/* upper[j][i]: how much the value at node j gives to the integral
	 * from node i to the panel's end. */
	double upper[MARCH_NODES][MARCH_NODES];

	/* The rest is march.c's. */
	double depth[MARCH_NODES]; /* below the panel's upper end, in halves */
	const double *mean, *sd;
	double step;    /* widest panel, in standard deviations */
	double largest; /* of sd[] */
	/* In units of largest; all but scale above the mean of one arm. */
	double hi, lo;
	double *centre, *scale, *top;    /* [n], top: where the arm begins */
	double *u, *pdf_rows, *cdf_rows; /* [n][MARCH_NODES] */
	bool *passed;                    /* [n] */
};

void march_init(struct march *);
void march_fini(struct march *);

/* n >= 1; mean[n] and sd[n] stay the caller's and must stay. */
void march_begin(struct march *, int n, const double *mean, const double *sd,
    double step);

/* The next panel; false where all arms lie above. */
bool march_next(struct march *);

/* y *= a, at the nodes. */
EXACT_INLINE void
march_multiply(double *y, const double *a)
{
#pragma omp simd
	for (int i = 0; i < MARCH_NODES; i++)
		y[i] *= a[i];
}

EXACT_INLINE void
march_set(double *y, double value)
{
	for (int i = 0; i < MARCH_NODES; i++)
		y[i] = value;
}

#endif
