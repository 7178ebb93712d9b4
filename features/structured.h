/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * structured.h: frequencies that are never written down.
 *
 * The angles of a block are R H S3 H S2 H S1 x: x with zeros up to n, a power
 * of two; S1 to S3 diagonals of random signs; H the Hadamard matrix over
 * sqrt(n); R a diagonal of lengths, as rows of n Gaussian numbers have them.
 * H S3 H S2 H S1 is orthogonal, so within a block the rows are, and each is
 * close to a direction drawn at random.  O(n log n) a block, where a matrix
 * takes d times the rows; and elementwise sums only, so exact (exact.h).
 * Source: Yu et al. 2016, "Orthogonal Random Features" (SORF, with the lengths
 * of its ORF).
 */
#ifndef FEATURES_STRUCTURED_H
#define FEATURES_STRUCTURED_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

struct structured {
	int d, m;     /* elements of a context, angles */
	int n;        /* of a block: the power of two that is >= d, and >= 4 */
	double *sign; /* [blocks][3][n], 1 or -1 */
	double *length; /* [m], over h and the roots of n */
	double *work;   /* [n], scratch: one thread at a time */
};

/* For angles over the bandwidth h; allocates, never fails. */
void structured_init(struct structured *, gsl_rng *, int d, int m, double h);
void structured_fini(struct structured *);

/* CRC-32C of what was drawn. */
uint32_t structured_checksum(const struct structured *);

/* The angles[m] of x[d]. */
void structured_project(const struct structured *, const double *x,
    double *angles);

#endif
