/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bandwidth.h: the bandwidth of a kernel from the first contexts.
 *
 * The median of the distances between different contexts, a common rule of
 * thumb for Gaussian kernels.
 */
#ifndef FEATURES_BANDWIDTH_H
#define FEATURES_BANDWIDTH_H

/*
 * The median of the non-zero pairwise distances of x[n][d], row-major; 0
 * where all are equal or n < 2.
 */
double bandwidth_median(const double *x, int n, int d);

#endif
