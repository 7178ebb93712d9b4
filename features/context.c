/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/context.h"

#include <float.h>
#include <math.h>

#include "features/exact.h"

typedef float four __attribute__((vector_size(16)));

/* The first n elements of x, as exact_load() does. */
EXACT_INLINE void
load_single(exact_lanes *v, const float *x, int n)
{
	float few[EXACT_LANES] = { 0 };
	four low, high;

	if (n < EXACT_LANES)
		x = memcpy(few, x, (size_t)n * sizeof *x);
	memcpy(&low, x, sizeof low);
	memcpy(&high, x + EXACT_LANES / 2, sizeof high);
	v->low = __builtin_convertvector(low, exact_half);
	v->high = __builtin_convertvector(high, exact_half);
}

/* In float64 this cannot overflow, so it is finite just where x is. */
EXACT_CLONES static double
sum_squares(const float *x, int d)
{
	exact_lanes a, sum = { 0 };

	for (int i = 0; i < d; i += EXACT_LANES) {
		load_single(&a, x + i, d - i);
		sum.low += a.low * a.low;
		sum.high += a.high * a.high;
	}
	return exact_tree(&sum);
}

EXACT_CLONES static void
divide_each(const float *x, int d, double norm, double *out)
{
#pragma omp simd
	for (int i = 0; i < d; i++)
		out[i] = x[i] / norm;
}

static enum err
not_finite(const float *x, struct fault *f)
{
	int i = 0;

	while (isfinite(x[i]))
		i++;
	return fault_set(f, ERR_NOT_FINITE,
	    "element %d of the vector is not a finite number", i);
}

enum err
context_check(const float *x, int d, bool normalize, double *out,
    struct fault *f)
{
	double sum = sum_squares(x, d), norm = normalize ? sqrt(sum) : 1;

	if (!isfinite(sum))
		return not_finite(x, f);
	if (sum > FLT_MAX)
		return fault_set(f, ERR_OUT_OF_RANGE,
		    "the vector is too long: its sum of squares is over %g",
		    (double)FLT_MAX);
	if (norm == 0)
		return fault_set(f, ERR_OUT_OF_RANGE,
		    "the vector is zero and has no direction; "
		    "leave it out or set normalize = false");
	if (out != NULL)
		divide_each(x, d, norm, out);
	return ERR_NONE;
}
