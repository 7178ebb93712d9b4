/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmath.h: cosine, sine, exponential and logarithm of many numbers, exact in
 * the sense of exact.h.
 *
 * The C library's differ in the last bit between versions and instruction
 * sets; these do not.  The argument is reduced by a multiple of pi/2 or of
 * ln 2 held in several parts, or a power of two, and the rest goes into a
 * Taylor polynomial.
 * Source: Cody, Waite, Software Manual for the Elementary Functions, 1980.
 */
#ifndef FEATURES_FMATH_H
#define FEATURES_FMATH_H

#define LN2 0.693147180559945309417

/*
 * c[i] = scale * cos(a[i]), s[i] = scale * sin(a[i]), i < n; a is finite, and
 * may be c itself.  Before scaling the error is under 1 ulp for
 * |a| < FMATH_TRIG_MAX; larger arguments are reduced by fmod first, which is
 * deterministic but no longer accurate.
 */
#define FMATH_TRIG_MAX 0x1p20
void fmath_sincos(const double *a, int n, double scale, double *c, double *s);

/*
 * e[i] = exp(a[i]), i < n; a is not NaN, and may be e itself.  Error under
 * 1 ulp; infinity above the range of a double, subnormal numbers and then 0
 * below it.
 */
void fmath_exp(const double *a, int n, double *e);

/*
 * l[i] = log(a[i]), i < n; a is not NaN and not negative, and may be l itself.
 * Error under 1 ulp; log(0) is -infinity.
 */
void fmath_log(const double *a, int n, double *l);

#endif
