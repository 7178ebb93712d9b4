/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exact.h: loops that give the same bits everywhere.
 *
 * The fold of the log must not depend on compiler, instruction set or
 * optimisation.  Such a loop is elementwise (each result has one fixed order
 * of operations), uses only + - * / sqrt, and is compiled without fused
 * multiply-add (-ffp-contract=off).  Then vectors of any width give the same
 * results, and the loop may be cloned for wider ones.  A sum over elements
 * takes eight lanes and then one fixed tree.
 *
 * EXACT_CLONES goes before static functions only, whose names no other file
 * gives to a clone: clang 14 gives a cloned function a name that other files
 * cannot find, and its resolver one that all of them see.  The loops below are
 * inlined, so that each clone of a caller gets its own.
 *
 * EXACT_ONLY, where it is defined, is the one target that all are built for: so
 * tests force each in turn.
 */
#ifndef FEATURES_EXACT_H
#define FEATURES_EXACT_H

#include <string.h>

#include "config.h"

#if defined EXACT_ONLY
#define EXACT_CLONES __attribute__((target(EXACT_ONLY)))
#elif defined HAVE_TARGET_CLONES
#define EXACT_CLONES \
	__attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define EXACT_CLONES
#endif

#ifdef __clang__ /* a loop that stays scalar, as at -O0, is right as well */
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

#define EXACT_INLINE static inline __attribute__((always_inline))
#define EXACT_LANES 8

/* Two halves, as gcc 12 makes one vector that is wider than those of the
 * machine into moves through memory. */
typedef double exact_half __attribute__((vector_size(32)));
typedef struct {
	exact_half low, high;
} exact_lanes;

/* The first n elements, at most EXACT_LANES, and zeros behind them. */
EXACT_INLINE void
exact_load(exact_lanes *v, const double *x, int n)
{
	double few[EXACT_LANES] = { 0 };

	if (n < EXACT_LANES)
		x = memcpy(few, x, (size_t)n * sizeof *x);
	memcpy(&v->low, x, sizeof v->low);
	memcpy(&v->high, x + EXACT_LANES / 2, sizeof v->high);
}

EXACT_INLINE double
exact_tree(const exact_lanes *v)
{
	exact_half t = v->low + v->high;

	return (t[0] + t[2]) + (t[1] + t[3]);
}

/* x'y of x[n], y[n]. */
EXACT_INLINE double
exact_dot(const double *x, const double *y, int n)
{
	exact_lanes a, b, sum = { 0 };

	for (int i = 0; i < n; i += EXACT_LANES) {
		exact_load(&a, x + i, n - i);
		exact_load(&b, y + i, n - i);
		sum.low += a.low * b.low;
		sum.high += a.high * b.high;
	}
	return exact_tree(&sum);
}

/* |x - y|^2 of x[n], y[n]. */
EXACT_INLINE double
exact_distance2(const double *x, const double *y, int n)
{
	exact_lanes a, b, sum = { 0 };

	for (int i = 0; i < n; i += EXACT_LANES) {
		exact_load(&a, x + i, n - i);
		exact_load(&b, y + i, n - i);
		a.low -= b.low;
		a.high -= b.high;
		sum.low += a.low * a.low;
		sum.high += a.high * a.high;
	}
	return exact_tree(&sum);
}

/* y += c * a, elementwise over [n]. */
EXACT_INLINE void
exact_axpy(double *y, const double *a, double c, int n)
{
#pragma omp simd
	for (int i = 0; i < n; i++)
		y[i] += c * a[i];
}

/* exact_axpy4() for y with c, and for z with e, whose rows are read once. */
EXACT_INLINE void
exact_axpy4_both(double *restrict y, double *restrict z,
    const double *const a[4], const double c[4], const double e[4], int n)
{
	const double *a0 = a[0], *a1 = a[1], *a2 = a[2], *a3 = a[3];
	double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];
	double e0 = e[0], e1 = e[1], e2 = e[2], e3 = e[3];

#pragma omp simd
	for (int i = 0; i < n; i++) {
		y[i] = (((y[i] + c0 * a0[i]) + c1 * a1[i]) + c2 * a2[i]) +
		    c3 * a3[i];
		z[i] = (((z[i] + e0 * a0[i]) + e1 * a1[i]) + e2 * a2[i]) +
		    e3 * a3[i];
	}
}

/* The same as exact_axpy() with a[0], c[0], then a[1], c[1], .. a[3], c[3],
 * bit for bit, but y is read and written once. */
EXACT_INLINE void
exact_axpy4(double *y, const double *const a[4], const double c[4], int n)
{
	const double *a0 = a[0], *a1 = a[1], *a2 = a[2], *a3 = a[3];
	double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];

#pragma omp simd
	for (int i = 0; i < n; i++)
		y[i] = (((y[i] + c0 * a0[i]) + c1 * a1[i]) + c2 * a2[i]) +
		    c3 * a3[i];
}

#endif
