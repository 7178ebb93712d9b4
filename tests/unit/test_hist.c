/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hist: quantiles near the true ones, and what is long ago fades. */
#include "tests/test.h"

#include <math.h>

#include "base/hist.h"

static void
empty_has_no_quantile(void **state)
{
	struct hist h = { 0 };

	(void)state;
	assert_true(isnan(hist_quantile(&h, 0.5)));
}

static void
quantiles_are_within_5_percent(void **state)
{
	struct hist h = { 0 };

	(void)state;
	for (int i = 1; i <= 1000; i++) /* 10 us to 10 ms */
		hist_add(&h, 1e-5 * i);
	for (double q = 0.05; q <= 1; q += 0.05)
		assert_true(fabs(hist_quantile(&h, q) / (1e-2 * q) - 1) < 0.05);
}

static void
what_is_out_of_range_is_at_its_ends(void **state)
{
	struct hist h = { 0 };

	(void)state;
	hist_add(&h, 0);
	hist_add(&h, -1);
	assert_true(hist_quantile(&h, 1) < 2 * HIST_LEAST);
	hist_add(&h, 1e12);
	assert_true(hist_quantile(&h, 1) > 3600);
}

static void
what_is_long_ago_fades(void **state)
{
	struct hist h = { 0 };

	(void)state;
	for (unsigned i = 0; i < HIST_RECENT; i++)
		hist_add(&h, 1);
	for (unsigned i = 0; i < 3 * HIST_RECENT; i++)
		hist_add(&h, 1e-3);
	assert_true(h.count <= HIST_RECENT);
	assert_true(hist_quantile(&h, 0.9) < 2e-3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_has_no_quantile),
		cmocka_unit_test(quantiles_are_within_5_percent),
		cmocka_unit_test(what_is_out_of_range_is_at_its_ends),
		cmocka_unit_test(what_is_long_ago_fades),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
