/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fmath: against the C library in long double, and vectors against single
 * elements, bit for bit. */
#include "tests/unit/numbers.h"

#include <string.h>

#include "features/fmath.h"

#define N 4000

/* Only a long double with more bits says how far off a double is. */
#define LONGER (sizeof(long double) > sizeof(double) && !test_under_valgrind())

/* How many of its own last places a number is away from the true one. */
static double
ulps(double got, long double want)
{
	double near = fabs((double)want);

	return (double)(fabsl(got - want) / (nextafter(near, INFINITY) - near));
}

static void
check_trig(const double *a, int n)
{
	static double c[N], s[N];

	fmath_sincos(a, n, 1, c, s);
	for (int i = 0; LONGER && i < n; i++) {
		assert_true(ulps(c[i], cosl(a[i])) < 1);
		assert_true(ulps(s[i], sinl(a[i])) < 1);
	}
	for (int i = 0; i < n; i++)
		assert_true(fabs(c[i] * c[i] + s[i] * s[i] - 1) < 1e-15);
}

/* From 2^-40 to the largest, every power of two as often as the others. */
static void
trig_within_one_ulp(void **state)
{
	uint64_t random = test_seed();
	static double a[N];

	(void)state;
	for (int i = 0; i < N; i++)
		a[i] = number(&random) * exp2(20 - (double)(i % 60));
	check_trig(a, N);
}

/* Where a is nearly a multiple of pi/2, its reduction loses most. */
static void
trig_near_multiples_of_half_pi(void **state)
{
	const long double half_pi = 1.57079632679489661923132169163975144L;
	uint64_t random = test_seed();
	static double a[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		uint64_t n =
		    i < 100 ? (uint64_t)i : test_below(&random, 667544);

		a[i] = (double)(half_pi * n);
		if (i % 3 == 0)
			a[i] = nextafter(a[i], 0);
	}
	check_trig(a, N);
}

static void
trig_of_the_special(void **state)
{
	const double a[] = { 0, -0.0, 0x1p-1074, -0x1p-600 };
	double c[4], s[4];

	(void)state;
	fmath_sincos(a, 4, 1, c, s);
	for (int i = 0; i < 4; i++) {
		assert_true(c[i] == 1);
		assert_true(s[i] == a[i]);
	}
}

static void
trig_of_the_huge_is_on_the_circle(void **state)
{
	const double a[] = { 0x1p20, -0x1p20, 1e9, -3e15, 1e300, -1.7e308 };
	double c[6], s[6], reduced, c1, s1;

	(void)state;
	fmath_sincos(a, 6, 0.5, c, s);
	for (int i = 0; i < 6; i++) {
		assert_true(fabs(c[i] * c[i] + s[i] * s[i] - 0.25) < 1e-15);
		reduced = fmod(a[i], 0x1.921fb54442d18p+2);
		fmath_sincos(&reduced, 1, 0.5, &c1, &s1);
		assert_true(c[i] == c1 && s[i] == s1);
	}
}

static void
exp_within_one_ulp(void **state)
{
	uint64_t random = test_seed();
	static double a[N], e[N];

	(void)state;
	for (int i = 0; i < N; i++)
		a[i] = number(&random) * (i % 2 ? 708 : exp2(-(i % 40)));
	fmath_exp(a, N, e);
	for (int i = 0; LONGER && i < N; i++)
		assert_true(ulps(e[i], expl(a[i])) < 1);
	for (int i = 0; i < N; i++)
		assert_close(e[i], exp(a[i]), 1e-15);
}

static void
exp_of_the_special(void **state)
{
	static const struct {
		double a, e;
	} cases[] = {
		{ 0, 1 },
		{ -0.0, 1 },
		{ 0x1p-1074, 1 },
		{ 709.782712893385, INFINITY },
		{ 710, INFINITY },
		{ 1.7e308, INFINITY },
		{ INFINITY, INFINITY },
		{ -745.13321910194, 0x1p-1074 },
		{ -745.14, 0 },
		{ -746, 0 },
		{ -1.7e308, 0 },
		{ -INFINITY, 0 },
	};
	double e;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fmath_exp(&cases[i].a, 1, &e);
		assert_true(e == cases[i].e);
	}
	fmath_exp((const double[]){ 709.7827128933840 }, 1, &e);
	assert_true(isfinite(e) && e > 1.79e308);
}

/* Between the smallest normal number and 0, within one of the few steps. */
static void
exp_of_the_subnormal(void **state)
{
	double a, e;

	(void)state;
	for (a = -708; a > -746; a -= 0.013) {
		fmath_exp(&a, 1, &e);
		assert_true(fabs(e - exp(a)) <= 0x1p-1074 + 2e-16 * e);
	}
}

/* Every power of two, and around 1, where the logarithm is small. */
static void
log_within_one_ulp(void **state)
{
	uint64_t random = test_seed();
	static double a[N], l[N];

	(void)state;
	for (int i = 0; i < N; i++)
		a[i] = i % 2 ? exp2(number(&random) * 1048 - 26)
			     : 1 + number(&random) * exp2(-(i % 50));
	fmath_log(a, N, l);
	for (int i = 0; LONGER && i < N; i++)
		assert_true(a[i] == 1 || ulps(l[i], logl(a[i])) < 1);
	for (int i = 0; i < N; i++)
		assert_close(l[i], log(a[i]), 1e-15);
}

static void
log_of_the_special(void **state)
{
	static const struct {
		double a, l;
	} cases[] = {
		{ 0, -INFINITY },
		{ -0.0, -INFINITY },
		{ 1, 0 },
		{ 2, 0x1.62e42fefa39efp-1 },
		{ 0.5, -0x1.62e42fefa39efp-1 },
		{ 0x1p-1074, -0x1.74385446d71c3p+9 },
		{ 0x1p-1022, -0x1.6232bdd7abcd2p+9 },
		{ 0x1.fffffffffffffp1023, 0x1.62e42fefa39efp+9 },
		{ INFINITY, INFINITY },
	};
	double l;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fmath_log(&cases[i].a, 1, &l);
		assert_true(l == cases[i].l);
	}
}

static void
log_undoes_exp(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < N; i++) {
		double a = number(&random) * 700, e, l;

		fmath_exp(&a, 1, &e);
		fmath_log(&e, 1, &l);
		assert_true(fabs(l - a) <= 4e-16 + 3e-16 * fabs(a));
	}
}

/* Elements one at a time, vectors of all lengths, and in place. */
static void
vectors_equal_single_elements(void **state)
{
	enum { LONG = 70 };
	uint64_t random = test_seed();
	double a[LONG], c[LONG], s[LONG], e[LONG], c1[LONG], s1[LONG], e1[LONG];
	double l[LONG], l1[LONG];

	(void)state;
	numbers_fill(&random, a, LONG);
	for (int i = 0; i < LONG; i++)
		a[i] *= exp2((double)test_below(&random, 20));
	for (int i = 0; i < LONG; i++) {
		fmath_sincos(a + i, 1, 0.125, c1 + i, s1 + i);
		fmath_exp(a + i, 1, e1 + i);
		fmath_log(e1 + i, 1, l1 + i);
	}
	for (int at = 0; at < 8; at++)
		for (int n = 0; n + at <= LONG; n++) {
			size_t size = (size_t)n * sizeof *a;

			memcpy(c, a, sizeof c);
			memcpy(e, a, sizeof e);
			fmath_sincos(c + at, n, 0.125, c + at, s + at);
			fmath_exp(e + at, n, e + at);
			assert_memory_equal(c + at, c1 + at, size);
			assert_memory_equal(s + at, s1 + at, size);
			assert_memory_equal(e + at, e1 + at, size);
			memcpy(l, e1, sizeof l);
			fmath_log(l + at, n, l + at);
			assert_memory_equal(l + at, l1 + at, size);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trig_within_one_ulp),
		cmocka_unit_test(trig_near_multiples_of_half_pi),
		cmocka_unit_test(trig_of_the_special),
		cmocka_unit_test(trig_of_the_huge_is_on_the_circle),
		cmocka_unit_test(exp_within_one_ulp),
		cmocka_unit_test(exp_of_the_special),
		cmocka_unit_test(exp_of_the_subnormal),
		cmocka_unit_test(log_within_one_ulp),
		cmocka_unit_test(log_of_the_special),
		cmocka_unit_test(log_undoes_exp),
		cmocka_unit_test(vectors_equal_single_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
