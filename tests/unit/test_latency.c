/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The benchmarks' histogram: a percentile is exact to a step. */
#include "tests/test.h"

#include "tests/bench/latency.h"

static struct latency hist; /* too large for a stack */

static void
one_value_comes_back(void **unused)
{
	(void)unused;
	for (double s = 2e-9; s < 3000; s *= 1.7) {
		hist = (struct latency){ 0 };
		latency_add(&hist, s);
		assert_true(latency_within(&hist, 1) >= s * (1 - 1e-12));
		assert_true(latency_within(&hist, 1) <= s * 1.02 + 1e-9);
	}
}

static void
percentiles_of_many(void **unused)
{
	(void)unused;
	hist = (struct latency){ 0 };
	for (int i = 1; i <= 1000; i++)
		latency_add(&hist, i * 1e-6);
	assert_true(latency_within(&hist, 0.5) >= 500e-6);
	assert_true(latency_within(&hist, 0.5) <= 510e-6);
	assert_true(latency_within(&hist, 0.999) >= 999e-6);
	assert_true(latency_within(&hist, 0.999) <= 1019e-6);
}

static void
what_is_out_of_range_counts(void **unused)
{
	(void)unused;
	hist = (struct latency){ 0 };
	assert_true(latency_within(&hist, 0.5) == 0);
	latency_add(&hist, 0);
	latency_add(&hist, -1);
	latency_add(&hist, 1e9);
	assert_int_equal(hist.n, 3);
	assert_true(latency_within(&hist, 0.5) <= 1e-9);
	assert_true(latency_within(&hist, 1) > 3600);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_value_comes_back),
		cmocka_unit_test(percentiles_of_many),
		cmocka_unit_test(what_is_out_of_range_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
