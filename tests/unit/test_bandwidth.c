/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandwidth: medians that can be seen, and what must not change them. */
#include "tests/unit/numbers.h"

#include <string.h>

#include "features/bandwidth.h"

static void
points_on_a_line(void **state)
{
	const double three[] = { 0, 1, 5 };    /* 1 4 5 */
	const double four[] = { 0, 1, 5, 21 }; /* 1 4 5 16 20 21 */

	(void)state;
	assert_true(bandwidth_median(three, 3, 1) == 4);
	assert_true(bandwidth_median(four, 4, 1) == 10.5);
	assert_true(bandwidth_median(three, 2, 1) == 1);
}

static void
points_in_the_plane(void **state)
{
	const double x[] = { 0, 0, 3, 4, 3, 0 }; /* 5 3 4 */

	(void)state;
	assert_true(bandwidth_median(x, 3, 2) == 4);
}

static void
nothing_to_measure(void **state)
{
	const double same[] = { 2, 3, 2, 3, 2, 3 };

	(void)state;
	assert_true(bandwidth_median(same, 3, 2) == 0);
	assert_true(bandwidth_median(same, 1, 2) == 0);
	assert_true(bandwidth_median(same, 0, 2) == 0);
}

static void
equal_points_do_not_count(void **state)
{
	const double x[] = { 0, 0, 0, 0, 0, 0, 2, 2 }; /* 16 of 28 */

	(void)state;
	assert_true(bandwidth_median(x, 8, 1) == 2);
}

static void
order_does_not_count(void **state)
{
	enum { N = 25, D = 5 };
	uint64_t random = test_seed();
	double x[N * D], turned[N * D];

	(void)state;
	numbers_fill(&random, x, N * D);
	for (int i = 0; i < N; i++)
		memcpy(turned + i * D, x + (i * 7 + 3) % N * D, D * sizeof *x);
	assert_true(bandwidth_median(x, N, D) > 0);
	assert_true(
	    bandwidth_median(x, N, D) == bandwidth_median(turned, N, D));
}

static void
length_scales_it(void **state)
{
	enum { N = 24, D = 3 };
	uint64_t random = test_seed();
	double x[N * D], h;

	(void)state;
	numbers_fill(&random, x, N * D);
	h = bandwidth_median(x, N, D);
	for (int i = 0; i < N * D; i++)
		x[i] *= 8;
	assert_true(bandwidth_median(x, N, D) == 8 * h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_on_a_line),
		cmocka_unit_test(points_in_the_plane),
		cmocka_unit_test(nothing_to_measure),
		cmocka_unit_test(equal_points_do_not_count),
		cmocka_unit_test(order_does_not_count),
		cmocka_unit_test(length_scales_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
