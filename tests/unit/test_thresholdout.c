/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reusable holdout, against analysts that look for luck.
 *
 * The world has nothing to find: whatever is shown earns 0 or 1, each half of
 * the time, so that no policy gains anything on the log.  Policies take one of
 * two arms in each round, at random; the log took each half of the time.
 */
#include "tests/unit/numbers.h"

#include <string.h>

#include "eval/thresholdout.h"

enum { ROUNDS = 1000, POLICIES = 500, RUNS = 40 };

struct world {
	uint64_t seed;
	uint64_t random;
	bool shown[ROUNDS], policy[POLICIES][ROUNDS];
	double reward[ROUNDS];
	bool held[ROUNDS];
	int likes[ROUNDS]; /* of the policies that looked good */
	int good;
};

static struct world w;

static bool
coin(void)
{
	return test_random(&w.random) >> 63;
}

static void
world_fill(uint64_t seed)
{
	memset(&w, 0, sizeof w);
	w.random = w.seed = seed;
	for (int i = 0; i < ROUNDS; i++) {
		w.shown[i] = coin();
		w.reward[i] = coin();
		w.held[i] = thresholdout_held(seed, i);
		for (int p = 0; p < POLICIES; p++)
			w.policy[p][i] = coin();
	}
}

/* What a policy gains over the log, by importance weights. */
static double
term(const bool *policy, int i)
{
	return (policy[i] == w.shown[i] ? 2 : 0) * w.reward[i] - w.reward[i];
}

static struct half
half(const bool *policy, bool held)
{
	double terms[ROUNDS];
	long n = 0;

	for (int i = 0; i < ROUNDS; i++)
		if (w.held[i] == held)
			terms[n++] = term(policy, i);
	return (struct half){ ope_mean(terms, n), n };
}

/* Without a guard: all rounds, and their standard error. */
static bool
ask_all(struct thresholdout *t, const bool *policy, struct answer *out)
{
	double terms[ROUNDS];
	struct ope_estimate e;

	(void)t;
	for (int i = 0; i < ROUNDS; i++)
		terms[i] = term(policy, i);
	e = ope_mean(terms, ROUNDS);
	*out = (struct answer){ e.value, 1.96 * e.se, false };
	return true;
}

static bool
ask_guard(struct thresholdout *t, const bool *policy, struct answer *out)
{
	return thresholdout_ask(t, half(policy, false), half(policy, true),
	    out);
}

typedef bool ask(struct thresholdout *, const bool *, struct answer *);

/* Asks for all policies, remembers those that look good, and takes the best. */
static struct answer
best_of_all(ask *asks, struct thresholdout *t)
{
	struct answer best = { -INFINITY, 0, false }, a;

	for (int p = 0; p < POLICIES; p++) {
		if (!asks(t, w.policy[p], &a))
			break;
		if (a.value > best.value)
			best = a;
		w.good += a.value > 0;
		for (int i = 0; i < ROUNDS; i++)
			w.likes[i] += a.value > 0 && w.policy[p][i];
	}
	return best;
}

/* What most of those that looked good would take. */
static bool
vote_of_the_good(ask *asks, struct thresholdout *t, struct answer *out)
{
	bool vote[ROUNDS];

	best_of_all(asks, t);
	for (int i = 0; i < ROUNDS; i++)
		vote[i] = 2 * w.likes[i] > w.good;
	return asks(t, vote, out);
}

/* Fooled is who believes in a gain. */
static double
fooled_by_the_best(ask *asks, long budget)
{
	uint64_t random = test_seed();
	double fooled = 0, gain = 0, spent = 0;

	for (int r = 0; r < RUNS; r++) {
		struct thresholdout t = { .budget = budget };
		struct answer a;

		world_fill(test_random(&random));
		t.seed = w.seed;
		a = best_of_all(asks, &t);
		fooled += a.value > a.within;
		gain += a.value;
		spent += (double)t.spent;
	}
	printf("# best of %d: fooled %.3f, gain %.4f, spent %.1f\n", POLICIES,
	    fooled / RUNS, gain / RUNS, spent / RUNS);
	return fooled / RUNS;
}

static void
the_best_of_many_fools_without_it_and_not_with_it(void **state)
{
	(void)state;
	assert_true(fooled_by_the_best(ask_all, 0) > 0.9);
	assert_true(fooled_by_the_best(ask_guard, 200) < 0.1);
	assert_true(fooled_by_the_best(ask_guard, 5) < 0.1);
}

static double
fooled_by_the_vote(ask *asks, double *gain)
{
	uint64_t random = test_seed();
	double fooled = 0;

	*gain = 0;
	for (int r = 0; r < RUNS; r++) {
		struct thresholdout t = { .budget = 200 };
		struct answer a;

		world_fill(test_random(&random));
		t.seed = w.seed;
		assert_true(vote_of_the_good(asks, &t, &a));
		fooled += a.value > a.within;
		*gain += a.value / RUNS;
	}
	printf("# vote: fooled %.3f, gain %.4f\n", fooled / RUNS, *gain);
	return fooled / RUNS;
}

static void
what_is_built_from_answers_fools_without_it_and_not_with_it(void **state)
{
	double without, with;

	(void)state;
	assert_true(fooled_by_the_vote(ask_all, &without) == 1);
	assert_true(fooled_by_the_vote(ask_guard, &with) < 0.1);
	assert_true(without > 0.2 && fabs(with) < 0.05);
}

/* It is no wall: one that is better is seen to be. */
static void
a_real_gain_is_seen(void **state)
{
	uint64_t random = test_seed();
	int seen = 0;

	(void)state;
	for (int r = 0; r < RUNS; r++) {
		struct thresholdout t = { .budget = 30 };
		bool all[ROUNDS];
		struct answer a;

		world_fill(test_random(&random));
		t.seed = w.seed;
		for (int i = 0; i < ROUNDS; i++) {
			all[i] = true;
			w.reward[i] =
			    test_below(&w.random, 10) < (w.shown[i] ? 8 : 2);
		}
		assert_true(ask_guard(&t, all, &a));
		assert_true(fabs(a.value - 0.3) < a.within);
		seen += a.value > a.within;
	}
	printf("# a gain of 0.3 seen in %d of %d\n", seen, RUNS);
	assert_true(seen > 0.9 * RUNS);
}

static const struct half open_half = { { 0.1, 0.02 }, 400 };

static void
only_what_flatters_costs(void **state)
{
	struct thresholdout t = { .seed = 3, .budget = 2 };
	struct half agrees = { { 0.09, NAN }, 400 },
		    higher = { { 0.3, NAN }, 400 },
		    lower = { { -0.1, NAN }, 400 };
	struct answer a;

	(void)state;
	assert_true(thresholdout_ask(&t, open_half, agrees, &a));
	assert_true(!a.held && a.value == open_half.e.value && t.spent == 0);
	assert_true(thresholdout_ask(&t, open_half, higher, &a));
	assert_true(!a.held && a.value == open_half.e.value && t.spent == 0);
	for (int i = 1; i <= 2; i++) {
		assert_true(thresholdout_ask(&t, open_half, lower, &a));
		assert_true(a.held && fabs(a.value + 0.1) < 0.03);
		assert_true(a.value != lower.e.value && t.spent == i);
	}
	assert_false(thresholdout_ask(&t, open_half, agrees, &a));
	assert_int_equal(t.asked, 4);
}

/* The policy of the log itself gains nothing, and certainly so. */
static void
what_does_not_vary_needs_no_noise(void **state)
{
	struct thresholdout t = { .seed = 3, .budget = 1 };
	struct half none = { { 0, 0 }, 100 };
	struct answer a;

	(void)state;
	assert_true(thresholdout_ask(&t, none, none, &a));
	assert_true(a.value == 0 && a.within == 0 && t.spent == 0);
}

static void
half_of_the_rounds_are_held_out(void **state)
{
	int held = 0, differ = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		held += thresholdout_held(1, i);
		differ += thresholdout_held(1, i) != thresholdout_held(2, i);
	}
	assert_true(held > 4800 && held < 5200);
	assert_true(differ > 4800 && differ < 5200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_best_of_many_fools_without_it_and_not_with_it),
		cmocka_unit_test(
		    what_is_built_from_answers_fools_without_it_and_not_with_it),
		cmocka_unit_test(a_real_gain_is_seen),
		cmocka_unit_test(only_what_flatters_costs),
		cmocka_unit_test(what_does_not_vary_needs_no_noise),
		cmocka_unit_test(half_of_the_rounds_are_held_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
