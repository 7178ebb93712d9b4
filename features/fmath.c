/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/fmath.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "features/exact.h"

#define TWO_PI 0x1.921fb54442d18p+2
#define TWO_OVER_PI 0x1.45f306dc9c883p-1
#define ONE_OVER_LN2 0x1.71547652b82fep+0
#define SQRT_2 0x1.6a09e667f3bcdp+0

/* A product with a whole number up to 2^20 is exact for all parts but the
 * last: they have 33 bits each. */
static const double half_pi[] = { 0x1.921fb544p+0, 0x1.0b4611a6p-34,
	0x1.3198a2ep-69, 0x1.b839a252049c1p-104 };
/* 42 and 53 bits, for whole numbers up to 2^11. */
static const double ln2[] = { 0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45 };

/* To the nearest whole number, without a call; |a| < 2^51. */
EXACT_INLINE double
whole(double a)
{
	return (a + 0x1.8p52) - 0x1.8p52;
}

/* a - b rounded, and what the rounding took away. */
EXACT_INLINE double
difference(double a, double b, double *rest)
{
	double d = a - b, v = a - d;

	*rest = (a - (d + v)) - (b - v);
	return d;
}

/* a - n * pi/2 as a sum of two numbers, good to the last bit of the first. */
EXACT_INLINE double
reduce(double a, double n, double *tail)
{
	double r, d, rest1, rest2;

	r = difference(a - n * half_pi[0], n * half_pi[1], &rest1);
	r = difference(r, n * half_pi[2], &rest2);
	d = (rest1 + rest2) - n * half_pi[3];
	*tail = d - ((r + d) - r);
	return r + d;
}

/* sin(x + t) for |x| <= pi/4 and a t below its last bit, z = x * x. */
EXACT_INLINE double
sine(double x, double t, double z)
{
	double p = 1.0 / 355687428096000;

	p = p * z - 1.0 / 1307674368000;
	p = p * z + 1.0 / 6227020800;
	p = p * z - 1.0 / 39916800;
	p = p * z + 1.0 / 362880;
	p = p * z - 1.0 / 5040;
	p = p * z + 1.0 / 120;
	p = p * z - 1.0 / 6;
	return x + (x * z * p + t * (1 - 0.5 * z));
}

EXACT_INLINE double
cosine(double x, double t, double z)
{
	double p = 1.0 / 20922789888000, one = 1 - 0.5 * z;

	p = p * z - 1.0 / 87178291200;
	p = p * z + 1.0 / 479001600;
	p = p * z - 1.0 / 3628800;
	p = p * z + 1.0 / 40320;
	p = p * z - 1.0 / 720;
	p = p * z + 1.0 / 24;
	return one + (((1 - one) - 0.5 * z) + (z * z * p - x * t));
}

EXACT_CLONES static void
sincos_loop(const double *a, int n, double scale, double *c, double *s)
{
#pragma omp simd
	for (int i = 0; i < n; i++) {
		double turns = whole(a[i] * TWO_OVER_PI), t;
		double x = reduce(a[i], turns, &t), z = x * x;
		double sx = sine(x, t, z), cx = cosine(x, t, z);
		int q = (int)turns;
		double u = q & 1 ? sx : cx, v = q & 1 ? cx : sx;

		c[i] = scale * ((q + 1) & 2 ? -u : u);
		s[i] = scale * (q & 2 ? -v : v);
	}
}

void
fmath_sincos(const double *a, int n, double scale, double *c, double *s)
{
	for (int i = 0; i < n; i++)
		c[i] = fabs(a[i]) < FMATH_TRIG_MAX ? a[i] : fmod(a[i], TWO_PI);
	sincos_loop(c, n, scale, c, s);
}

/* exp(h - l) for |h - l| <= ln(2) / 2. */
EXACT_INLINE double
exponential(double h, double l)
{
	double r = h - l, p = 1.0 / 6227020800;

	p = p * r + 1.0 / 479001600;
	p = p * r + 1.0 / 39916800;
	p = p * r + 1.0 / 3628800;
	p = p * r + 1.0 / 362880;
	p = p * r + 1.0 / 40320;
	p = p * r + 1.0 / 5040;
	p = p * r + 1.0 / 720;
	p = p * r + 1.0 / 120;
	p = p * r + 1.0 / 24;
	p = p * r + 1.0 / 6;
	p = p * r + 0.5;
	return 1 + (h - (l - r * r * p));
}

/* 2^k, -1022 <= k <= 1023. */
EXACT_INLINE double
power2(int k)
{
	uint64_t bits = (uint64_t)(k + 1023) << 52;
	double p;

	memcpy(&p, &bits, sizeof p);
	return p;
}

/* Beyond these bounds nothing changes but the size of k: 0 and infinity come
 * out of the two multiplications, and so do subnormal numbers. */
static double
bounded(double a)
{
	return a < -746 ? -746 : a > 710 ? 710 : a;
}

EXACT_CLONES static void
exp_loop(double *e, int n)
{
#pragma omp simd
	for (int i = 0; i < n; i++) {
		double x = e[i], twos = whole(x * ONE_OVER_LN2);
		double p = exponential(x - twos * ln2[0], twos * ln2[1]);
		int k = (int)twos;

		e[i] = p * power2(k / 2) * power2(k - k / 2);
	}
}

/* In two loops: gcc turns a bound into a jump, and then makes no vectors. */
void
fmath_exp(const double *a, int n, double *e)
{
	for (int i = 0; i < n; i++)
		e[i] = bounded(a[i]);
	exp_loop(e, n);
}

/* log(1 + f) = 2 atanh(s) = 2s + s * beyond(s * s), s = f / (2 + f). */
EXACT_INLINE double
beyond(double z)
{
	double p = 2.0 / 23;

	p = p * z + 2.0 / 21;
	p = p * z + 2.0 / 19;
	p = p * z + 2.0 / 17;
	p = p * z + 2.0 / 15;
	p = p * z + 2.0 / 13;
	p = p * z + 2.0 / 11;
	p = p * z + 2.0 / 9;
	p = p * z + 2.0 / 7;
	p = p * z + 2.0 / 5;
	p = p * z + 2.0 / 3;
	return p * z;
}

/* log(m 2^k) for m between the roots of 1/2 and 2; 2s is f - s f, and s f is
 * half - s half with half = f * f / 2, so that f comes in without rounding. */
EXACT_INLINE double
logarithm(double m, double k)
{
	double f = m - 1, s = f / (2 + f), half = 0.5 * f * f;
	double r = s * (half + beyond(s * s));

	return k * ln2[0] - ((half - (r + k * ln2[1])) - f);
}

/* a = m 2^k, a normal number. */
EXACT_INLINE double
split(double a, double *k)
{
	uint64_t bits, one = (uint64_t)1023 << 52;
	double m;

	memcpy(&bits, &a, sizeof bits);
	*k = (double)(int)(bits >> 52) - 1023;
	bits = (bits & (((uint64_t)1 << 52) - 1)) | one;
	memcpy(&m, &bits, sizeof m);
	if (m > SQRT_2) {
		m *= 0.5;
		*k += 1;
	}
	return m;
}

void
fmath_log(const double *a, int n, double *l)
{
	for (int i = 0; i < n; i++) {
		bool small = a[i] < 0x1p-1022;
		double k, m = split(small ? a[i] * 0x1p54 : a[i], &k);

		if (a[i] == 0)
			l[i] = -INFINITY;
		else if (a[i] > 0x1.fffffffffffffp1023)
			l[i] = INFINITY;
		else
			l[i] = logarithm(m, small ? k - 54 : k);
	}
}
