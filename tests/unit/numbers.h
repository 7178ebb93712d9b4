/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbers.h: what the tests of the mathematics share: random vectors, and
 * comparison by relative error.
 */
#ifndef TESTS_UNIT_NUMBERS_H
#define TESTS_UNIT_NUMBERS_H

#include "tests/test.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* From -1 to 1. */
static inline double
number(uint64_t *random)
{
	return (double)(test_random(random) >> 11) * 0x1p-52 - 1;
}

static inline void
numbers_fill(uint64_t *random, double *x, int n)
{
	for (int i = 0; i < n; i++)
		x[i] = number(random);
}

static inline double
numbers_dot(const double *x, const double *y, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += x[i] * y[i];
	return sum;
}

/* A random vector of length 1. */
static inline void
numbers_unit(uint64_t *random, double *x, int n)
{
	double norm;

	numbers_fill(random, x, n);
	norm = sqrt(numbers_dot(x, x, n));
	for (int i = 0; i < n; i++)
		x[i] /= norm;
}

/* Within error * |want|, and within error / 1000 around 0. */
static inline void
close_at(double got, double want, double error, const char *file, int line)
{
	if (fabs(got - want) <= error * (fabs(want) + 1e-3))
		return;
	print_error("%.17g is not %.17g to %g\n", got, want, error);
	_fail(file, line);
}

#define assert_close(got, want, error) \
	close_at(got, want, error, __FILE__, __LINE__)

/* Whether counts[n] could come from these probabilities: the chi-square test
 * at a level that an honest sample misses once in 10^9. */
static inline void
assert_frequencies(const unsigned *counts, const double *probability, int n)
{
	double total = 0, chi2 = 0;
	int cells = 0;

	for (int i = 0; i < n; i++)
		total += counts[i];
	for (int i = 0; i < n; i++) {
		double want = total * probability[i], off = counts[i] - want;

		if (want == 0)
			assert_int_equal(counts[i], 0);
		else
			chi2 += off * off / want;
		cells += want > 0;
	}
	if (cells > 1)
		assert_true(gsl_cdf_chisq_Q(chi2, cells - 1) > 1e-9);
}

#endif
