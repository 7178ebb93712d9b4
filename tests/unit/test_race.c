/* SPDX-License-Identifier: GPL-3.0-or-later */
/* race: golden numbers, closed forms and simulation. */
#include "tests/unit/golden.h"
#include "tests/unit/normals.h"

#include <gsl/gsl_errno.h>
#include <string.h>

#include "bandit/normal.h"
#include "bandit/race.h"
#include "features/rng.h"
#include "tests/unit/allocations.h"

#define ORDERS 625 /* 4 of 5, with those that have an arm twice */

static struct race *race;
static gsl_rng *r;

static void
best(const struct normals *a, double *p)
{
	double sum = 0;

	race_best(race, a->n, a->mean, a->sd, p);
	for (int i = 0; i < a->n; i++) {
		assert_true(p[i] >= 0 && p[i] <= 1);
		sum += p[i];
	}
	assert_true(fabs(sum - 1) < 1e-14);
}

static void
order_of(const struct normals *a, const int *order, int k, double *prefix)
{
	race_order(race, a->n, a->mean, a->sd, order, k, prefix);
	normals_products(prefix, k);
	for (int j = 0; j < k; j++)
		assert_true(
		    prefix[j] >= 0 && prefix[j] <= (j > 0 ? prefix[j - 1] : 1));
}

static void
normal_distribution(void **state)
{
	double u[2401], pdf[2401], cdf[2401];

	(void)state;
	for (int i = 0; i <= 2400; i++)
		u[i] = (i - 1200) / 100.0;
	normal_fill(u, 2401, pdf, cdf);
	for (int i = 0; i <= 2400; i++) {
		double p = gsl_cdf_ugaussian_P(u[i]);
		double f = gsl_ran_ugaussian_pdf(u[i]);

		assert_true(fabs(cdf[i] - p) <= 1e-13 * p);
		assert_true(fabs(pdf[i] - f) <= 1e-13 * f);
	}
}

static void
golden_two_and_three(void **state)
{
	json_t *file = golden_load("ts_propensity.json"), *arms;
	struct normals a = { .n = 2 };
	double p[3];

	(void)state;
	arms = golden_get(file, "two_arm");
	golden_read(arms, "mu", a.mean, 2);
	golden_read(arms, "sd", a.sd, 2);
	best(&a, p);
	assert_close(p[0], golden_num(arms, "p_arm0"), GOLDEN_ERROR);
	a.n = 3;
	arms = golden_get(file, "three_arm");
	golden_read(arms, "mu", a.mean, 3);
	golden_read(arms, "sd", a.sd, 3);
	best(&a, p);
	golden_compare(arms, "p", p, 3);
	json_decref(file);
}

/* Down to 1e-12 and on both sides. */
static void
two_arms_in_closed_form(void **state)
{
	uint64_t random = test_seed();
	struct normals a;
	double p[2];

	(void)state;
	for (int i = 0; i < 500; i++) {
		double apart = 7 * number(&random), want;
		int order[] = { 0, 1 };

		normals_fill(&a, 2, i % 2 ? SPREAD : ALIKE, &random);
		a.mean[1] = a.mean[0] - apart * hypot(a.sd[0], a.sd[1]);
		want = gsl_cdf_ugaussian_P(apart);
		best(&a, p);
		assert_true(fabs(p[0] / want - 1) < 1e-9);
		order_of(&a, order, 2, p);
		assert_true(fabs(p[0] / want - 1) < 1e-9);
		assert_true(fabs(p[1] / p[0] - 1) < 1e-9);
	}
}

/* All orders of k have 1 / (n (n - 1) ..). */
static void
equal_arms(void **state)
{
	struct normals a = { .n = NORMALS_MAX };
	double p[NORMALS_MAX], prefix[NORMALS_MAX], want = 1;
	int order[NORMALS_MAX];

	(void)state;
	for (int i = 0; i < a.n; i++) {
		a.mean[i] = 0.3;
		a.sd[i] = 0.01;
		order[i] = i * 5 % a.n;
	}
	best(&a, p);
	order_of(&a, order, a.n, prefix);
	for (int i = 0; i < a.n; i++) {
		want /= a.n - i;
		assert_close(p[i], 1.0 / a.n, 1e-13);
		assert_true(fabs(prefix[i] - want) < 1e-13);
		assert_true(want < 1e-12 || fabs(prefix[i] / want - 1) < 1e-9);
	}
}

static double
sum_of_orders(const struct normals *a, int k, const double *first)
{
	double sum = 0, prefix[5];
	int order[5];

	for (int code = 0; code < (int)pow(a->n, k); code++)
		if (normals_decode(code, k, a->n, order)) {
			order_of(a, order, k, prefix);
			assert_true(fabs(prefix[0] - first[order[0]]) < 1e-12);
			sum += prefix[k - 1];
		}
	return sum;
}

static void
orders_sum_to_one(void **state)
{
	uint64_t random = test_seed();
	struct normals a;
	double p[5];

	(void)state;
	for (int i = 0; i < 3 * KINDS; i++)
		for (int n = 1; n <= 5; n++) {
			normals_fill(&a, n, i % KINDS, &random);
			best(&a, p);
			for (int k = 1; k <= n; k++)
				assert_close(sum_of_orders(&a, k, p), 1, 1e-12);
		}
}

/* In turn, or the first k of one set of draws. */
static void
simulate(const struct normals *a, int k, bool in_turn, unsigned *counts)
{
	int rank[NORMALS_MAX], order[4];

	for (int i = 0; i < 200000; i++) {
		unsigned used = 0;

		normals_rank(a, r, rank);
		for (int j = 0; j < k; j++) {
			int at = 0;

			while (used >> rank[at] & 1)
				at++;
			order[j] = rank[at];
			used |= 1u << rank[at];
			if (in_turn)
				normals_rank(a, r, rank);
		}
		counts[normals_code(order, k, a->n)]++;
	}
}

static void
assert_simulated(const struct normals *a, int k, bool in_turn)
{
	unsigned counts[ORDERS] = { 0 };
	double p[ORDERS] = { 0 }, prefix[4], sum = 0;
	int order[4], codes = (int)pow(a->n, k);

	for (int code = 0; code < codes; code++)
		if (normals_decode(code, k, a->n, order)) {
			(in_turn ? race_in_turn : race_order)(race, a->n,
			    a->mean, a->sd, order, k, prefix);
			normals_products(prefix, k);
			sum += p[code] = prefix[k - 1];
		}
	assert_close(sum, 1, 1e-12);
	simulate(a, k, in_turn, counts);
	assert_frequencies(counts, p, codes);
}

static void
as_often_as_simulated(void **state)
{
	uint64_t random = test_seed();
	struct normals a;

	(void)state;
	for (int i = 0; i < 4; i++) {
		normals_fill(&a, 4 + i % 2, i < 2 ? ALIKE : SPREAD, &random);
		for (int k = 1; k <= 4; k++) {
			assert_simulated(&a, k, false);
			assert_simulated(&a, k, true);
		}
	}
}

/* The tail of the order far below everything, and below what is far apart of
 * each other; nothing here is known by its distance from the first arm. */
static void
far_apart(void **state)
{
	const struct normals a = { 6,
		{ 1e6, 1e6 + 1e-6, 0, 1e-6, -1e300, 1e300 },
		{ 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6 } };
	static const int order[] = { 5, 1, 0, 2, 3, 4 };
	double p, prefix[6], all[6];

	(void)state;
	p = gsl_cdf_ugaussian_P((a.mean[1] - a.mean[0]) / hypot(1e-6, 1e-6));
	order_of(&a, order, 6, prefix);
	assert_close(prefix[0], 1, 1e-12);
	assert_close(prefix[1], p, 1e-9);
	assert_close(prefix[2], p, 1e-9);
	p *= gsl_cdf_ugaussian_Q(sqrt(0.5));
	for (int j = 3; j < 6; j++)
		assert_close(prefix[j], p, 1e-9);
	best(&a, all);
	assert_true(all[5] == 1);
}

static void
degenerate(void **state)
{
	static const double large[] = { 1e308, -1e308, 1.7e308, 0, 1e-300 };
	static const double sds[] = { 5e-324, 1e-300, 1, 1e300, 1.7e308 };
	static const int order[] = { 3, 0, 1, 4, 2 };
	struct normals a = { .n = 5 };
	double p[5];

	(void)state;
	memcpy(a.mean, large, sizeof large);
	for (int i = 0; i < 5; i++)
		for (a.n = 1; a.n <= 5; a.n++) {
			for (int j = 0; j < a.n; j++)
				a.sd[j] = sds[i];
			best(&a, p);
			if (a.n == 5)
				order_of(&a, order, 5, p);
			else if (a.n == 1)
				assert_true(p[0] == 1);
		}
}

/* In other units that are a power of two: not a bit of difference. */
static void
units_do_not_matter(void **state)
{
	uint64_t random = test_seed();
	double p[10], scaled[10];
	struct normals a;

	(void)state;
	for (int i = 0; i < 10 * KINDS; i++) {
		normals_fill(&a, 10, i % KINDS, &random);
		best(&a, p);
		for (int j = 0; j < 10; j++) {
			a.mean[j] *= 0x1p-40;
			a.sd[j] *= 0x1p-40;
		}
		best(&a, scaled);
		assert_memory_equal(p, scaled, sizeof p);
	}
}

/* 256 arms that are alike have 256! orders, beyond a double's range. */
static void
long_orders_do_not_vanish(void **state)
{
	static double mean[256], sd[256], given[256];
	static int order[256];
	double worst = 0;

	(void)state;
	for (int i = 0; i < 256; i++) {
		sd[i] = 0.25;
		order[i] = 255 - i;
	}
	for (int n = 256; n >= 8; n /= 2)
		for (int k = n; k >= 4; k /= 2) {
			race_order(race, n, mean, sd, order + 256 - n, k,
			    given);
			for (int j = 0; j < k; j++)
				worst =
				    fmax(worst, fabs(given[j] * (n - j) - 1));
		}
	print_message("# relative error %g\n", worst);
	assert_true(worst < 1e-9);
}

static void
nothing_is_allocated_later(void **state)
{
	uint64_t random = test_seed();
	double p[NORMALS_MAX];
	int order[NORMALS_MAX];
	struct normals a;
	long before = 0;

	(void)state;
	for (int i = 0; i < NORMALS_MAX; i++)
		order[i] = i;
	for (int n = NORMALS_MAX; n >= 6; n--) {
		normals_fill(&a, n, n % KINDS, &random);
		best(&a, p);
		order_of(&a, order, n, p);
		race_in_turn(race, n, a.mean, a.sd, order, 6, p);
		race_rank_major(race, n, a.mean, a.sd, order, 6, 6, p);
		if (n == NORMALS_MAX)
			before = allocations;
	}
	assert_int_equal(allocations, before);
}

static int
make(void **state)
{
	(void)state;
	gsl_set_error_handler_off();
	race = race_new();
	r = gsl_rng_alloc(rng_splitmix64);
	rng_set(r, test_seed(), RNG_DECISION, 0);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	race_free(race);
	race_free(NULL);
	gsl_rng_free(r);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_distribution),
		cmocka_unit_test(golden_two_and_three),
		cmocka_unit_test(two_arms_in_closed_form),
		cmocka_unit_test(equal_arms),
		cmocka_unit_test(orders_sum_to_one),
		cmocka_unit_test(as_often_as_simulated),
		cmocka_unit_test(far_apart),
		cmocka_unit_test(degenerate),
		cmocka_unit_test(units_do_not_matter),
		cmocka_unit_test(long_orders_do_not_vanish),
		cmocka_unit_test(nothing_is_allocated_later),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
