/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/normal.h"

#include <math.h>

#include "features/exact.h"
#include "features/fmath.h"

#define MIDDLE 6.0 /* half of NORMAL_MAX */
#define ONE_OVER_SQRT_2PI 0x1.9884533d43651p-2

/* Q(x) / exp(-x^2 / 2), 0 <= x <= NORMAL_MAX. */
EXACT_INLINE double
scaled_tail(double x)
{
	double a = x + MIDDLE, b = x + 1, inverse = 1 / (a * b);
	double s = (2 * x - MIDDLE) * b * inverse, p = -0x1.8d378bbef34fap-32;

	p = p * s + 0x1.5519222cb7f28p-30;
	p = p * s + 0x1.ee96dcaff0be9p-28;
	p = p * s - 0x1.74bbbbe733621p-25;
	p = p * s - 0x1.c13031d78f754p-25;
	p = p * s + 0x1.3147b048dece0p-20;
	p = p * s - 0x1.a88127c2656c4p-19;
	p = p * s - 0x1.a7d34ee32403cp-17;
	p = p * s + 0x1.4775668c0e88ep-13;
	p = p * s - 0x1.a499edb4de9cbp-11;
	p = p * s + 0x1.7007ff2953d04p-9;
	p = p * s - 0x1.e458d5d87ba12p-8;
	p = p * s + 0x1.e87ac5989dfc5p-7;
	p = p * s - 0x1.69d24aa9f414cp-6;
	p = p * s + 0x1.39c27eabf4e1bp-6;
	p = p * s + 0x1.222eb4d384502p-7;
	p = p * s - 0x1.2887bb3475dcdp-4;
	p = p * s + 0x1.f1b89c231e9b2p-2;
	return p * a * inverse;
}

/* Without a jump: above 0, 1 - tail, else tail. */
EXACT_CLONES static void
fill_loop(const double *u, int n, double *pdf, double *cdf)
{
#pragma omp simd
	for (int i = 0; i < n; i++) {
		double tail = pdf[i] * scaled_tail(fabs(u[i]));

		cdf[i] = 0.5 + copysign(0.5, u[i]) - copysign(tail, u[i]);
		pdf[i] *= ONE_OVER_SQRT_2PI;
	}
}

void
normal_fill(const double *u, int n, double *pdf, double *cdf)
{
	for (int i = 0; i < n; i++)
		pdf[i] = -0.5 * u[i] * u[i];
	fmath_exp(pdf, n, pdf);
	fill_loop(u, n, pdf, cdf);
}
