/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/context.h"

#include <float.h>
#include <math.h>

#include "features/exact.h"

/* In float64 this cannot overflow, so it is finite just where x is. */
static double
sum_squares(const float *x, int d)
{
	double few[EXACT_LANES];
	exact_lanes a, sum = { 0 };

	for (int i = 0; i < d; i += EXACT_LANES) {
		int n = d - i < EXACT_LANES ? d - i : EXACT_LANES;

		for (int j = 0; j < n; j++)
			few[j] = x[i + j];
		exact_load(&a, few, n);
		sum.low += a.low * a.low;
		sum.high += a.high * a.high;
	}
	return exact_tree(&sum);
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
	for (int i = 0; out != NULL && i < d; i++)
		out[i] = x[i] / norm;
	return ERR_NONE;
}
