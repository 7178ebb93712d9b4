/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng: SplitMix64 as published, its distribution, and streams apart. */
#include "tests/unit/numbers.h"

#include <gsl/gsl_randist.h>

#include "features/rng.h"

static gsl_rng *r;

/* From the authors' splitmix64.c with these seeds. */
static void
published_sequences(void **state)
{
	static const struct {
		unsigned long seed;
		uint64_t out[3];
	} cases[] = {
		{ 0,
		    { 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4,
			0x06c45d188009454f } },
		{ 1234567,
		    { 6457827717110365317u, 3203168211198807973u,
			9817491932198370423u } },
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		gsl_rng_set(r, cases[i].seed);
		for (int j = 0; j < 3; j++)
			assert_true(gsl_rng_get(r) == cases[i].out[j]);
	}
}

static void
uniform_fills_its_cells(void **state)
{
	unsigned counts[64] = { 0 };
	double even[64];

	(void)state;
	rng_set(r, test_seed(), RNG_DECISION, 0);
	for (int i = 0; i < 64; i++)
		even[i] = 1.0 / 64;
	for (int i = 0; i < 100000; i++) {
		double u = gsl_rng_uniform(r);

		assert_true(u >= 0 && u < 1);
		counts[(int)(64 * u)]++;
	}
	assert_frequencies(counts, even, 64);
}

static void
whole_numbers_are_even(void **state)
{
	unsigned counts[7] = { 0 };
	double even[7];

	(void)state;
	rng_set(r, test_seed(), RNG_DECISION, 0);
	for (int i = 0; i < 7; i++)
		even[i] = 1.0 / 7;
	for (int i = 0; i < 70000; i++)
		counts[gsl_rng_uniform_int(r, 7)]++;
	assert_frequencies(counts, even, 7);
}

/* GSL's ziggurat takes layer and sign from the low bits. */
static void
gaussian_fills_its_quantiles(void **state)
{
	unsigned counts[50] = { 0 };
	double even[50];

	(void)state;
	rng_set(r, test_seed(), RNG_FREQUENCIES, 0);
	for (int i = 0; i < 50; i++)
		even[i] = 1.0 / 50;
	for (int i = 0; i < 100000; i++) {
		double x = gsl_ran_gaussian_ziggurat(r, 1);

		counts[(int)(50 * gsl_cdf_ugaussian_P(x))]++;
	}
	assert_frequencies(counts, even, 50);
}

static void
same_stream_same_numbers(void **state)
{
	uint64_t first[100];

	(void)state;
	rng_set(r, 7, RNG_DECISION, 42);
	for (int i = 0; i < 100; i++)
		first[i] = gsl_rng_get(r);
	gsl_rng_get(r);
	rng_set(r, 7, RNG_DECISION, 42);
	for (int i = 0; i < 100; i++)
		assert_true(gsl_rng_get(r) == first[i]);
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Neighbouring seeds, purposes and numbers: no value comes twice, as it would
 * if one stream ran into another. */
static void
streams_do_not_meet(void **state)
{
	enum { SEEDS = 4, NUMBERS = 50, LENGTH = 100 };
	const size_t n = SEEDS * 2 * NUMBERS * LENGTH;
	uint64_t *all = test_calloc(n, sizeof *all), *next = all;

	(void)state;
	for (uint64_t seed = 0; seed < SEEDS; seed++)
		for (int what = RNG_FREQUENCIES; what <= RNG_DECISION; what++)
			for (uint64_t number = 0; number < NUMBERS; number++) {
				rng_set(r, seed, what, number);
				for (int i = 0; i < LENGTH; i++)
					*next++ = gsl_rng_get(r);
			}
	qsort(all, n, sizeof *all, by_value);
	for (size_t i = 1; i < n; i++)
		assert_true(all[i] != all[i - 1]);
	test_free(all);
}

/* The first numbers of one stream after another are as good as a stream. */
static void
first_numbers_are_even(void **state)
{
	unsigned counts[64] = { 0 };
	double even[64];
	uint64_t seed = test_seed();

	(void)state;
	for (int i = 0; i < 64; i++)
		even[i] = 1.0 / 64;
	for (uint64_t number = 0; number < 100000; number++) {
		rng_set(r, seed, RNG_DECISION, number);
		counts[(int)(64 * gsl_rng_uniform(r))]++;
	}
	assert_frequencies(counts, even, 64);
}

static int
make(void **state)
{
	(void)state;
	r = gsl_rng_alloc(rng_splitmix64);
	return r == NULL;
}

static int
drop(void **state)
{
	(void)state;
	gsl_rng_free(r);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_sequences),
		cmocka_unit_test(uniform_fills_its_cells),
		cmocka_unit_test(whole_numbers_are_even),
		cmocka_unit_test(gaussian_fills_its_quantiles),
		cmocka_unit_test(same_stream_same_numbers),
		cmocka_unit_test(streams_do_not_meet),
		cmocka_unit_test(first_numbers_are_even),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
