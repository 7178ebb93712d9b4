/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/bandwidth.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "features/exact.h"

/* The non-zero squared distances of all pairs, and how many they are. */
EXACT_CLONES static size_t
distances2(const double *x, int n, int d, double *out)
{
	size_t found = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++) {
			out[found] = exact_distance2(x + (size_t)i * d,
			    x + (size_t)j * d, d);
			if (out[found] > 0)
				found++;
		}
	return found;
}

double
bandwidth_median(const double *x, int n, int d)
{
	double *all = mem_alloc((size_t)n * n / 2 + 1, sizeof *all), sum = 0;
	size_t found = distances2(x, n, d, all);

	gsl_sort(all, 1, found);
	if (found > 0)
		sum = sqrt(all[(found - 1) / 2]) + sqrt(all[found / 2]);
	free(all);
	return sum / 2;
}
