/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * normal.h: the standard normal distribution at many points, exact in the
 * sense of features/exact.h.
 *
 * With s = (2x - 6) / (x + 6), the function (1 + x) Q(x) exp(x^2 / 2), Q the
 * upper tail, is a polynomial of s to 1e-15 from x = 0 to 12; the lower tail
 * is good to 1e-14 of itself, the density to 1e-14.
 * Source: Shepherd, Laframboise, Chebyshev approximation of (1+2x) exp(x^2)
 * erfc x, Math. Comp. 36, 1981; here for the range that is needed, as powers
 * of s, from values of 50 digits.
 */
#ifndef BANDIT_NORMAL_H
#define BANDIT_NORMAL_H

#define NORMAL_MAX 12.0

/* pdf[i], cdf[i] of u[i], i < n, |u[i]| <= NORMAL_MAX. */
void normal_fill(const double *u, int n, double *pdf, double *cdf);

#endif
