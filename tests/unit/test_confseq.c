/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confseq: however often one looks, rarely a winner that is none; and soon one
 * that is. */
#include "tests/test.h"

#include <math.h>

#include "eval/confseq.h"

#define ALPHA 0.05

enum { RUNS = 2000, STEPS = 800 };

static double
uniform(uint64_t *random)
{
	return (double)(test_random(random) >> 11) * 0x1p-53;
}

/* Differences of two policies in [-1, 1], all of mean 0. */
static double
coin(double u)
{
	return u < 0.5 ? -1 : 1;
}

static double
rare(double u)
{
	return u < 0.01 ? -1 : u > 0.99 ? 1 : 0;
}

static double
skewed(double u)
{
	return u < 0.9 ? -0.1 : 0.9;
}

static double
even(double u)
{
	return 2 * u - 1;
}

static double (*const nulls[])(double u) = { coin, rare, skewed, even };

/* Whether 0 is ever outside. */
static bool
alarm_sounds(double draw(double), double shift, int steps, uint64_t *random)
{
	struct confseq c;
	double low, high;

	confseq_init(&c, ALPHA, -1, 1);
	for (int i = 0; i < steps; i++) {
		confseq_add(&c, draw(uniform(random)) + shift);
		confseq_interval(&c, &low, &high);
		assert_true(low <= high);
		if (low > 0 || high < 0)
			return true;
	}
	return false;
}

static void
looking_often_makes_no_winners(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (size_t k = 0; k < sizeof nulls / sizeof *nulls; k++) {
		int alarms = 0;

		for (int run = 0; run < RUNS; run++)
			alarms += alarm_sounds(nulls[k], 0, STEPS, &random);
		printf("# null %zu: %d alarms in %d runs\n", k, alarms, RUNS);
		assert_true(alarms < ALPHA * RUNS);
	}
}

/* The same runs, by the interval for one look: so the test above can fail. */
static void
an_interval_for_one_look_would(void **state)
{
	uint64_t random = test_seed();
	int alarms = 0;

	(void)state;
	for (int run = 0; run < RUNS; run++) {
		double sum = 0;
		bool out = false;

		for (int i = 1; i <= STEPS && !out; i++) {
			sum += coin(uniform(&random));
			out = i >= 30 && fabs(sum) > 1.96 * sqrt(i);
		}
		alarms += out;
	}
	printf("# %d alarms in %d runs\n", alarms, RUNS);
	assert_true(alarms > 4 * ALPHA * RUNS);
}

static double
half_as_wide(double u)
{
	return 0.65 * (2 * u - 1); /* of deviation 0.375 */
}

static void
a_difference_of_five_points_is_found_in_5000_steps(void **state)
{
	uint64_t random = test_seed();
	int found = 0;

	(void)state;
	for (int run = 0; run < 200; run++)
		found += alarm_sounds(half_as_wide, run % 2 ? 0.05 : -0.05,
		    5000, &random);
	printf("# %d of 200 found\n", found);
	assert_true(found >= 198);
}

/* A policy that learns: what is expected changes, its average is covered. */
static void
means_that_drift_are_covered(void **state)
{
	uint64_t random = test_seed();
	int missed = 0;

	(void)state;
	for (int run = 0; run < RUNS; run++) {
		double expected = 0, low, high;
		struct confseq c;
		bool out = false;

		confseq_init(&c, ALPHA, -1, 1);
		for (int i = 0; i < STEPS && !out; i++) {
			double mean = 0.6 * sin(i / 100.0);

			expected += mean;
			confseq_add(&c,
			    uniform(&random) < (1 + mean) / 2 ? 1 : -1);
			confseq_interval(&c, &low, &high);
			out = expected / (i + 1) < low ||
			    expected / (i + 1) > high;
		}
		missed += out;
	}
	printf("# %d missed in %d runs\n", missed, RUNS);
	assert_true(missed < ALPHA * RUNS);
}

static void
units_do_not_matter(void **state)
{
	uint64_t random = test_seed();
	struct confseq a, b;
	double low[2], high[2];

	(void)state;
	confseq_init(&a, 0.01, 0, 1);
	confseq_init(&b, 0.01, -30, 70);
	for (int i = 0; i < 3000; i++) {
		double x = 0.3 * uniform(&random);

		confseq_add(&a, x);
		confseq_add(&b, 100 * x - 30);
		confseq_interval(&a, &low[0], &high[0]);
		confseq_interval(&b, &low[1], &high[1]);
		assert_true(fabs(100 * low[0] - 30 - low[1]) < 1e-9);
		assert_true(fabs(100 * high[0] - 30 - high[1]) < 1e-9);
	}
	assert_true(low[0] > 0.1 && high[0] < 0.2);
}

static void
nothing_is_known_before_the_first(void **state)
{
	struct confseq c;
	double low, high;

	(void)state;
	confseq_init(&c, ALPHA, -2, 3);
	confseq_interval(&c, &low, &high);
	assert_true(low == -2 && high == 3);
	confseq_add(&c, 3);
	confseq_interval(&c, &low, &high);
	assert_true(low == -2 && high == 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_often_makes_no_winners),
		cmocka_unit_test(an_interval_for_one_look_would),
		cmocka_unit_test(
		    a_difference_of_five_points_is_found_in_5000_steps),
		cmocka_unit_test(means_that_drift_are_covered),
		cmocka_unit_test(units_do_not_matter),
		cmocka_unit_test(nothing_is_known_before_the_first),
	};

	return cmocka_run_group_tests_name("confseq", tests, NULL, NULL);
}
