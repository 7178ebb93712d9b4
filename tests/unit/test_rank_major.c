/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rank_major: slates against brute force, and what is true of all. */
#include "tests/unit/normals.h"

#include <string.h>

#include "bandit/race.h"
#include "features/rng.h"

#define SLATES 200000
#define ORDERS 625 /* 4 of 5, with those that have an arm twice */
#define DRAWS 8

static struct race *race;
static gsl_rng *r;

static void
slate(const struct normals *a, const int *order, int k, int draws,
    double *prefix)
{
	race_rank_major(race, a->n, a->mean, a->sd, order, k, draws, prefix);
	normals_products(prefix, k);
	for (int j = 0; j < k; j++)
		assert_true(
		    prefix[j] >= 0 && prefix[j] <= (j > 0 ? prefix[j - 1] : 1));
}

/* p[code] of all orders of k; returns their sum. */
static double
all_slates(const struct normals *a, int k, int draws, double *p)
{
	double prefix[RACE_RANK_MAJOR_MAX], sum = 0;
	int order[RACE_RANK_MAJOR_MAX], codes = (int)pow(a->n, k);

	for (int code = 0; code < codes; code++) {
		p[code] = 0;
		if (normals_decode(code, k, a->n, order)) {
			slate(a, order, k, draws, prefix);
			sum += p[code] = prefix[k - 1];
		}
	}
	return sum;
}

/* As the header says it. */
static void
fill_slate(const struct normals *a, int k, int draws, int *order)
{
	int rank[DRAWS][NORMALS_MAX], placed = 0;
	unsigned used = 0;

	for (int t = 0; t < draws; t++)
		normals_rank(a, r, rank[t]);
	for (int i = 0; placed < k; i++) {
		int arm = rank[i % draws][i / draws];

		if ((used >> arm & 1) == 0)
			order[placed++] = arm;
		used |= 1u << arm;
	}
}

static void
assert_simulated(const struct normals *a, int k, int draws)
{
	unsigned counts[ORDERS] = { 0 };
	double p[ORDERS];
	int order[RACE_RANK_MAJOR_MAX];

	assert_close(all_slates(a, k, draws, p), 1, 1e-12);
	for (int i = 0; i < SLATES; i++) {
		fill_slate(a, k, draws, order);
		counts[normals_code(order, k, a->n)]++;
	}
	assert_frequencies(counts, p, (int)pow(a->n, k));
}

static void
as_often_as_simulated(void **state)
{
	uint64_t random = test_seed();
	struct normals a;

	(void)state;
	for (int i = 0; i < 3; i++) {
		normals_fill(&a, 4, i < 2 ? ALIKE : SPREAD, &random);
		assert_simulated(&a, 3, 3);
		assert_simulated(&a, 3, DRAWS);
		assert_simulated(&a, 4, 4);
		normals_fill(&a, 5, i < 2 ? ALIKE : SPREAD, &random);
		assert_simulated(&a, 2, 2);
		assert_simulated(&a, 4, 5);
	}
}

/* One that is rarely first: the phases after the first place the rest. */
static void
later_phases(void **state)
{
	const struct normals a = { 4, { 2.2, 0.8, 0.3, 0 },
		{ 1, 0.7, 1, 0.5 } };
	const struct normals far = { 4, { 60, 40, 20, 0 }, { 1, 1, 1, 1 } };
	static const int order[] = { 0, 1, 2, 3 };
	double prefix[4];

	(void)state;
	for (int k = 2; k <= 4; k++)
		assert_simulated(&a, k, k);
	slate(&far, order, 4, 4, prefix);
	for (int j = 0; j < 4; j++)
		assert_close(prefix[j], 1, 1e-12);
}

static void
sums_and_first(void **state)
{
	uint64_t random = test_seed();
	struct normals a;
	double p[ORDERS * 5], first[5];

	(void)state;
	for (int i = 0; i < 2 * KINDS; i++)
		for (int n = 1; n <= 5; n++) {
			normals_fill(&a, n, i % KINDS, &random);
			for (int k = 2; k <= n && n < 5; k++)
				assert_close(all_slates(&a, k, k + i, p), 1,
				    1e-12);
			assert_close(all_slates(&a, 1, 1 + i, p), 1, 1e-12);
			race_best(race, n, a.mean, a.sd, first);
			for (int j = 0; j < n; j++)
				assert_true(fabs(p[j] - first[j]) < 1e-12);
		}
}

/* A prefix is the sum of what can come after it. */
static void
prefixes_add_up(void **state)
{
	uint64_t random = test_seed();
	double prefix[RACE_RANK_MAJOR_MAX], before, sum;
	int order[7], k = RACE_RANK_MAJOR_MAX;
	struct normals a;

	(void)state;
	for (int i = 0; i < KINDS; i++) {
		normals_fill(&a, 7, i, &random);
		for (int j = 0; j < 7; j++)
			order[j] = (j + i) % 7;
		slate(&a, order, k, k, prefix);
		before = prefix[k - 2];
		sum = prefix[k - 1];
		order[k - 1] = order[k];
		slate(&a, order, k, k, prefix);
		assert_true(fabs(prefix[k - 2] - before) < 1e-14);
		assert_true(fabs(sum + prefix[k - 1] - before) < 1e-13);
	}
}

static void
equal_arms(void **state)
{
	struct normals a;
	double prefix[RACE_RANK_MAJOR_MAX];
	int order[RACE_RANK_MAJOR_MAX];

	(void)state;
	for (a.n = 1; a.n <= 9; a.n++) {
		int k = a.n < RACE_RANK_MAJOR_MAX ? a.n : RACE_RANK_MAJOR_MAX;
		double want = 1;

		for (int i = 0; i < a.n; i++) {
			a.mean[i] = -7;
			a.sd[i] = 3;
		}
		for (int j = 0; j < k; j++)
			order[j] = (j * 2 + 1) % a.n;
		if (a.n % 2 == 0)
			for (int j = 0; j < k; j++)
				order[j] = a.n - 1 - j;
		slate(&a, order, k, k + a.n % 3, prefix);
		for (int j = 0; j < k; j++) {
			want /= a.n - j;
			assert_close(prefix[j], want, 1e-11);
		}
	}
}

/* Of many arms each slate is improbable; its parts are not. */
static void
positions_of_many_arms(void **state)
{
	double mean[64] = { 0 }, sd[64], given[6];
	int order[] = { 7, 63, 0, 31, 5, 40 };

	(void)state;
	for (int i = 0; i < 64; i++)
		sd[i] = 0.5;
	race_rank_major(race, 64, mean, sd, order, 6, 6, given);
	for (int j = 0; j < 6; j++)
		assert_close(given[j], 1.0 / (64 - j), 1e-9);
}

static int
make(void **state)
{
	(void)state;
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
	gsl_rng_free(r);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions_of_many_arms),
		cmocka_unit_test(as_often_as_simulated),
		cmocka_unit_test(later_phases),
		cmocka_unit_test(sums_and_first),
		cmocka_unit_test(prefixes_add_up),
		cmocka_unit_test(equal_arms),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
