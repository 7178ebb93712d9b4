/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens at the edges of a choice: sessions, whole slates, no spread,
 * numbers that are none. */
#include "tests/unit/arms.h"

#include <string.h>

#include "features/rng.h"

static gsl_rng *r;

static void
choose(const char *name, const struct arms *a, int k, struct chosen *x)
{
	arms_choose(policy_get(name), a, 0, k, r, x);
}

/* Always this arm, and it is certain. */
static void
assert_always(const char *name, const struct arms *a, int arm)
{
	struct chosen x;

	for (int i = 0; i < 100; i++) {
		choose(name, a, 1, &x);
		assert_int_equal(x.slate[0], arm);
		assert_true(x.propensity[0] == 1);
	}
}

static void
a_tie_keeps_the_arm_of_the_session(void **state)
{
	static const char *const names[] = { "pak-ucb", "greedy", "uniform",
		"ucb1" };
	struct arms a;

	(void)state;
	for (int i = 0; i < 4; i++) {
		arms_init(&a);
		for (int j = 0; j < ARMS; j++) {
			a.mean[j] = 0.5;
			a.sigma[j] = 0.1;
			a.rewards[j] = 5;
			a.pending[j] = 0;
		}
		for (a.c.prefer = 0; a.c.prefer < ARMS; a.c.prefer++)
			assert_always(names[i], &a, a.c.prefer);
	}
}

/* By as much is not enough; the numbers are such that sums are exact. */
static void
another_must_be_better_by_more_than_the_cost(void **state)
{
	struct arms a;

	(void)state;
	arms_init(&a);
	a.mean[1] = 0.75;
	a.mean[0] = 0.5;
	a.c.prefer = 0;
	a.c.switch_cost = 0.25;
	assert_always("greedy", &a, 0);
	a.mean[1] += 0x1p-53;
	assert_always("greedy", &a, 1);
	a.c.switch_cost += 0x1p-53;
	assert_always("greedy", &a, 0);
}

/* "fixed" has no other reason to choose, and 1 per place. */
static void
a_session_counts_in_every_policy(void **state)
{
	struct arms a;

	(void)state;
	arms_init(&a);
	a.c.prefer = 3;
	assert_always("fixed", &a, 0);
	a.c.switch_cost = 3;
	assert_always("fixed", &a, 3);
	assert_always("greedy", &a, 3);
	a.c.switch_cost = 1e9;
	assert_always("thompson", &a, 3);
	assert_always("in-slate-thompson", &a, 3);
}

static void
a_session_goes_before_untried_arms(void **state)
{
	static const char *const names[] = { "pak-ucb", "greedy", "ucb1" };
	struct arms a;

	(void)state;
	for (int i = 0; i < 3; i++) {
		arms_init(&a);
		a.mean[4] = 0;
		a.rewards[4] = a.pending[4] = 0;
		arms_count(&a);
		a.c.prefer = 1;
		a.c.switch_cost = 10;
		assert_always(names[i], &a, 1);
		a.c.prefer = -1;
		assert_always(names[i], &a, 4);
	}
}

/* A session's arm that is placed no longer breaks ties. */
static void
a_session_has_one_place_of_a_slate(void **state)
{
	struct chosen x;
	struct arms a;

	(void)state;
	arms_init(&a);
	a.c.prefer = 2;
	for (int i = 0; i < 200; i++) {
		choose("uniform", &a, ARMS, &x);
		assert_int_equal(x.slate[0], 2);
		for (int j = 1; j < ARMS; j++)
			assert_close(x.propensity[j], 1.0 / (ARMS - j), 1e-12);
	}
}

static void
a_slate_of_all_arms(void **state)
{
	struct chosen x;
	struct arms a;

	(void)state;
	for (const struct policy *p = policies; p->name != NULL; p++) {
		arms_init(&a);
		choose(p->name, &a, ARMS, &x); /* checks that all differ */
		assert_close(x.propensity[ARMS - 1], 1, 1e-9);
	}
}

static void
a_slate_of_the_only_arm(void **state)
{
	struct chosen x;
	struct arms a;

	(void)state;
	for (const struct policy *p = policies; p->name != NULL; p++)
		for (int major = 0; major < 2; major++) {
			arms_init(&a);
			arms_limit(&a, 1);
			a.c.rank_major = major;
			a.c.prefer = major - 1;
			choose(p->name, &a, 1, &x);
			assert_int_equal(x.slate[0], 0);
			assert_true(x.propensity[0] == 1);
			assert_true(x.probability[0] == 1);
		}
}

/* v = 0: the ranking of the means. */
static void
thompson_without_spread(void **state)
{
	static const char *const names[] = { "thompson", "in-slate-thompson" };
	static const int want[] = { 1, 3, 0, 2, 4 };
	struct chosen x;
	struct arms a;

	(void)state;
	for (int i = 0; i < 4; i++) {
		arms_init(&a);
		a.c.exploration = 0;
		a.c.rank_major = i / 2;
		choose(names[i % 2], &a, ARMS, &x);
		assert_memory_equal(x.slate, want, sizeof want);
		for (int j = 0; j < ARMS; j++)
			assert_true(x.propensity[j] == 1);
	}
}

/* One arm of which all is known among others is drawn from all the same, and
 * every slate has a probability. */
static void
thompson_with_one_spread_of_0(void **state)
{
	struct chosen x;
	struct arms a;

	(void)state;
	arms_init(&a);
	a.sigma[1] = 0;
	for (int i = 0; i < 200; i++) {
		choose("thompson", &a, ARMS, &x);
		for (int j = 0; j < ARMS; j++)
			assert_true(x.propensity[j] > 0);
	}
}

static void
a_mean_that_is_no_number(void **state)
{
	static const char *const names[] = { "pak-ucb", "greedy", "thompson",
		"in-slate-thompson" };
	struct chosen x;
	struct arms a;

	(void)state;
	for (int i = 0; i < 400; i++) {
		arms_init(&a);
		a.mean[1] = NAN;
		a.sigma[3] = i % 8 < 4 ? INFINITY : a.sigma[3];
		choose(names[i % 4], &a, ARMS, &x);
		assert_true(x.probability[1] < 1e-9);
		if (i % 8 < 4 && i % 4 != 1) /* greedy reads no sigma */
			assert_true(x.probability[3] < 1e-9);
		else
			assert_int_equal(x.slate[ARMS - 1], 1);
	}
}

/* Nothing but NaN: any, and a probability for each. */
static void
all_means_are_no_numbers(void **state)
{
	struct chosen x;
	struct arms a;

	(void)state;
	for (const struct policy *p = policies; p->name != NULL; p++) {
		arms_init(&a);
		for (int i = 0; i < ARMS; i++)
			a.mean[i] = NAN;
		choose(p->name, &a, ARMS, &x);
		if (p->contextual)
			assert_close(x.probability[0], 0.2, 1e-12);
	}
}

static int
make(void **state)
{
	(void)state;
	r = gsl_rng_alloc(rng_splitmix64);
	rng_set(r, test_seed(), RNG_DECISION, 0);
	return 0;
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
		cmocka_unit_test(a_tie_keeps_the_arm_of_the_session),
		cmocka_unit_test(another_must_be_better_by_more_than_the_cost),
		cmocka_unit_test(a_session_counts_in_every_policy),
		cmocka_unit_test(a_session_goes_before_untried_arms),
		cmocka_unit_test(a_session_has_one_place_of_a_slate),
		cmocka_unit_test(a_slate_of_all_arms),
		cmocka_unit_test(a_slate_of_the_only_arm),
		cmocka_unit_test(thompson_without_spread),
		cmocka_unit_test(thompson_with_one_spread_of_0),
		cmocka_unit_test(a_mean_that_is_no_number),
		cmocka_unit_test(all_means_are_no_numbers),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
