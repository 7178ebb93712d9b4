/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context: what is refused and why, and what unit length means. */
#include "tests/unit/numbers.h"

#include <float.h>
#include <string.h>

#include "features/context.h"

#define D 40

static void
random_context(uint64_t *random, float *x, int d)
{
	for (int i = 0; i < d; i++)
		x[i] = (float)number(random);
}

static void
copied_as_it_is(void **state)
{
	const float x[] = { 1.5f, -0.0f, 3e-45f, FLT_MIN };
	double out[4];

	(void)state;
	assert_int_equal(context_check(x, 4, false, out, NULL), ERR_NONE);
	for (int i = 0; i < 4; i++)
		assert_true(out[i] == x[i]);
}

/* As a plain sum in the stated order, bit for bit. */
static void
scaled_to_unit_length(void **state)
{
	uint64_t random = test_seed();
	double out[D], want[D];
	float x[D];

	(void)state;
	for (int d = 1; d <= D; d++) {
		double l[8] = { 0 }, norm;

		random_context(&random, x, d);
		for (int i = 0; i < d; i++)
			l[i % 8] += (double)x[i] * x[i];
		norm = sqrt(((l[0] + l[4]) + (l[2] + l[6])) +
		    ((l[1] + l[5]) + (l[3] + l[7])));
		for (int i = 0; i < d; i++)
			want[i] = x[i] / norm;
		assert_int_equal(context_check(x, d, true, out, NULL),
		    ERR_NONE);
		assert_memory_equal(out, want, (size_t)d * sizeof *out);
		assert_true(fabs(numbers_dot(out, out, d) - 1) < 1e-14);
	}
}

/* Squares of such numbers are nothing in float32, but not in float64. */
static void
tiny_ones_have_a_direction(void **state)
{
	const float x[] = { 3e-45f, 0, -3e-45f };
	double out[3];

	(void)state;
	assert_int_equal(context_check(x, 3, true, out, NULL), ERR_NONE);
	assert_close(out[0], sqrt(0.5), 1e-15);
	assert_close(out[2], -sqrt(0.5), 1e-15);
}

static void
names_the_element_that_is_not_finite(void **state)
{
	const float wrong[] = { NAN, INFINITY, -INFINITY };
	uint64_t random = test_seed();
	float x[D];
	struct fault f;
	char number_of[32];

	(void)state;
	for (int i = 0; i < D; i++) {
		random_context(&random, x, D);
		x[i] = wrong[i % 3];
		assert_int_equal(context_check(x, D, i % 2, NULL, &f),
		    ERR_NOT_FINITE);
		assert_int_equal(f.code, ERR_NOT_FINITE);
		snprintf(number_of, sizeof number_of, "element %d ", i);
		assert_non_null(strstr(f.text, number_of));
	}
}

static void
sum_of_squares_beyond_float32(void **state)
{
	float x[D] = { 0 };
	double out[D];
	struct fault f;

	(void)state;
	x[3] = 1.9e19f; /* its square is beyond FLT_MAX */
	assert_int_equal(context_check(x, D, true, out, &f), ERR_OUT_OF_RANGE);
	assert_non_null(strstr(f.text, "too long"));
	x[3] = 1.8e19f; /* its square fits, two do not */
	assert_int_equal(context_check(x, D, true, out, NULL), ERR_NONE);
	x[7] = -1.8e19f;
	assert_int_equal(context_check(x, D, false, out, NULL),
	    ERR_OUT_OF_RANGE);
	for (int i = 0; i < D; i++)
		x[i] = FLT_MAX;
	assert_int_equal(context_check(x, D, false, out, NULL),
	    ERR_OUT_OF_RANGE);
}

static void
zero_has_no_direction(void **state)
{
	const float x[] = { 0, -0.0f, 0 };
	double out[3];
	struct fault f;

	(void)state;
	assert_int_equal(context_check(x, 3, false, out, NULL), ERR_NONE);
	assert_int_equal(context_check(x, 3, true, out, &f), ERR_OUT_OF_RANGE);
	assert_non_null(strstr(f.text, "zero"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copied_as_it_is),
		cmocka_unit_test(scaled_to_unit_length),
		cmocka_unit_test(tiny_ones_have_a_direction),
		cmocka_unit_test(names_the_element_that_is_not_finite),
		cmocka_unit_test(sum_of_squares_beyond_float32),
		cmocka_unit_test(zero_has_no_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
