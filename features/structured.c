/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/structured.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/mem.h"
#include "features/exact.h"

#define SIGNS 3 /* diagonals a block */

typedef double four __attribute__((vector_size(32)));

static int
blocks(const struct structured *s)
{
	return (s->m + s->n - 1) / s->n;
}

static size_t
signs_of(const struct structured *s)
{
	return (size_t)blocks(s) * SIGNS * (size_t)s->n;
}

/* GSL's tail of the normal distribution calls the C library's logarithm:
 * float32 hides its last bit. */
static double
draw_length(gsl_rng *r, int n)
{
	double sum = 0;

	for (int j = 0; j < n; j++) {
		double g = (float)gsl_ran_gaussian_ziggurat(r, 1);

		sum += g * g;
	}
	return (float)sqrt(sum);
}

void
structured_init(struct structured *s, gsl_rng *r, int d, int m, double h)
{
	size_t signs;
	double root;

	*s = (struct structured){ .d = d, .m = m, .n = 4 };
	while (s->n < d)
		s->n *= 2;
	root = sqrt(s->n);
	signs = signs_of(s);
	s->sign = mem_aligned(signs, sizeof *s->sign);
	s->length = mem_alloc((size_t)m, sizeof *s->length);
	s->work = mem_aligned((size_t)s->n, sizeof *s->work);
	for (size_t i = 0; i < signs; i++)
		s->sign[i] = gsl_rng_uniform_int(r, 2) == 0 ? 1 : -1;
	for (int k = 0; k < m; k++)
		s->length[k] = draw_length(r, s->n) / (h * root * root * root);
}

void
structured_fini(struct structured *s)
{
	free(s->sign);
	free(s->length);
	free(s->work);
}

uint32_t
structured_checksum(const struct structured *s)
{
	uint32_t crc = crc32c(0, s->sign, signs_of(s) * sizeof *s->sign);

	return crc32c(crc, s->length, (size_t)s->m * sizeof *s->length);
}

/* The stages of four neighbours: their sums and differences, twice. */
EXACT_INLINE void
stages_within(double *v, int n)
{
	const four minus_second = { 1, -1, 1, -1 };
	const four minus_last = { 1, 1, -1, -1 };
	four *q = (four *)v;

	for (int i = 0; i < n / 4; i++) {
		four a = q[i];

		a = __builtin_shufflevector(a, a, 0, 0, 2, 2) +
		    __builtin_shufflevector(a, a, 1, 1, 3, 3) * minus_second;
		q[i] = __builtin_shufflevector(a, a, 0, 1, 0, 1) +
		    __builtin_shufflevector(a, a, 2, 3, 2, 3) * minus_last;
	}
}

/* The stage of numbers that are that far apart. */
EXACT_INLINE void
stage(double *v, int n, int apart)
{
	for (double *low = v; low < v + n; low += 2 * apart) {
		double *high = low + apart;

#pragma omp simd
		for (int j = 0; j < apart; j++) {
			double a = low[j], b = high[j];

			low[j] = a + b;
			high[j] = a - b;
		}
	}
}

/* v = H S v, without the root. */
EXACT_INLINE void
turn(double *v, const double *sign, int n)
{
#pragma omp simd
	for (int j = 0; j < n; j++)
		v[j] *= sign[j];
	stages_within(v, n);
	for (int apart = 4; apart < n; apart *= 2)
		stage(v, n, apart);
}

EXACT_CLONES static void
project_block(const struct structured *s, int block, const double *x,
    double *angles)
{
	const double *sign = s->sign + (size_t)block * SIGNS * (size_t)s->n;
	int first = block * s->n, left = s->m - first;

	memcpy(s->work, x, (size_t)s->d * sizeof *x);
	memset(s->work + s->d, 0, (size_t)(s->n - s->d) * sizeof *x);
	for (int i = 0; i < SIGNS; i++, sign += s->n)
		turn(s->work, sign, s->n);
	for (int k = 0; k < left && k < s->n; k++)
		angles[k] = s->work[k] * s->length[first + k];
}

void
structured_project(const struct structured *s, const double *x, double *angles)
{
	for (int b = 0; b < blocks(s); b++)
		project_block(s, b, x, angles + (size_t)b * (size_t)s->n);
}
