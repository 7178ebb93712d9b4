/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy: scores by their formulas, and what is true of every choice. */
#include "tests/unit/arms.h"

#include <string.h>

#include "features/rng.h"

static gsl_rng *r;

/* The first of a slate of one. */
static int
choose(const char *name, const struct arms *a, double floor, struct chosen *x)
{
	arms_choose(policy_get(name), a, floor, 1, r, x);
	return x->slate[0];
}

/* What is chosen, many times over, comes as often as its probability says. */
static void
assert_chosen(const char *name, const struct arms *a, double floor,
    const double *want)
{
	unsigned counts[ARMS] = { 0 };
	struct chosen x;

	for (int i = 0; i < 20000; i++) {
		counts[choose(name, a, floor, &x)]++;
		for (int j = 0; j < a->c.n; j++)
			assert_close(x.probability[j], want[j], 1e-12);
	}
	assert_frequencies(counts, want, a->c.n);
}

/* The settings read the names by stride, so the first is where rows begin. */
static void
table_is_complete(void **state)
{
	struct arms a;

	(void)state;
	arms_init(&a);
	assert_int_equal(offsetof(struct policy, name), 0);
	for (const struct policy *p = policies; p->name != NULL; p++) {
		double centre[ARMS], spread[ARMS] = { 0 };

		assert_ptr_equal(policy_get(p->name), p);
		assert_int_equal(p->help[strlen(p->help) - 1], '.');
		assert_non_null(p->score);
		assert_non_null(p->rule);
		assert_non_null(p->rule->fill);
		assert_non_null(p->rule->given);
		p->score(&a.c, centre, spread);
		for (int i = 0; i < ARMS && p->untried_first; i++)
			assert_true(spread[i] == 0);
	}
}

static void
formulas(void **state)
{
	struct arms a;
	double score[ARMS], spread[ARMS] = { 0 }, width[ARMS], t = 64;

	(void)state;
	arms_init(&a);
	a.c.exploration = 1.5;
	a.c.cost_weight = 0.01;
	a.c.reward_width = 2;
	for (int i = 0; i < ARMS; i++) {
		double n = (double)(a.rewards[i] + a.pending[i]);
		double price = 0.01 * a.cost[i];

		score_pak_ucb(&a.c, score, spread);
		assert_close(score[i], a.mean[i] + 1.5 * a.sigma[i] - price,
		    1e-14);
		score_greedy(&a.c, score, spread);
		assert_close(score[i], a.mean[i] - price, 1e-14);
		score_ucb1(&a.c, score, spread);
		assert_close(score[i],
		    a.mean[i] + 1.5 * 2 * sqrt(log(t) / n) - price, 1e-14);
		score_uniform(&a.c, score, spread);
		assert_true(score[i] == 0 && spread[i] == 0);
		score_thompson(&a.c, score, width);
		assert_close(score[i], a.mean[i] - price, 1e-14);
		assert_close(width[i], 1.5 * a.sigma[i], 1e-14);
	}
}

static void
exploration_of_their_own(void **state)
{
	struct arms a;
	double score[ARMS], spread[ARMS] = { 0 }, width[ARMS], n;

	(void)state;
	arms_init(&a);
	for (int i = 0; i < ARMS; i++) {
		score_pak_ucb(&a.c, score, spread);
		assert_close(score[i], a.mean[i] + 0.25 * 2 * a.sigma[i], 1e-14);
		score_ucb1(&a.c, score, spread);
		n = (double)(a.rewards[i] + a.pending[i]);
		assert_close(score[i], a.mean[i] + sqrt(2 * log(64) / n),
		    1e-14);
		score_thompson(&a.c, score, width);
		assert_close(width[i], 0.1 * 2 * a.sigma[i], 1e-14);
	}
	a.c.choice = true; /* its sigma has units of its own */
	score_pak_ucb(&a.c, score, spread);
	assert_close(score[0], a.mean[0] + a.sigma[0], 1e-14);
}

static void
the_highest_score_wins(void **state)
{
	static const struct {
		const char *policy;
		int arm;
	} cases[] = { { "pak-ucb", 1 }, { "greedy", 1 }, { "fixed", 0 },
		{ "ucb1", 3 } };
	struct arms a;
	struct chosen x;

	(void)state;
	arms_init(&a);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int again = 0; again < 50; again++) {
			int arm = choose(cases[i].policy, &a, 0, &x);

			assert_int_equal(arm, cases[i].arm);
			assert_true(x.probability[arm] == 1);
		}
}

static void
cost_counts_where_it_is_weighed(void **state)
{
	struct arms a;
	struct chosen x;

	(void)state;
	arms_init(&a);
	a.c.cost_weight = 0.1; /* the best mean costs 8 */
	assert_int_equal(choose("greedy", &a, 0, &x), 3);
	assert_int_equal(choose("pak-ucb", &a, 0, &x), 3);
}

/* Neither a reward nor a pending decision; any of several. */
static void
untried_arms_go_first(void **state)
{
	static const char *const names[] = { "pak-ucb", "greedy", "ucb1" };
	static const double both[] = { 0, 0, 0.5, 0, 0.5 };
	static const double one[] = { 0, 0, 1, 0, 0 };
	struct arms a;

	(void)state;
	for (int i = 0; i < 3; i++) {
		arms_init(&a);
		a.rewards[2] = a.pending[2] = 0;
		a.rewards[4] = a.pending[4] = 0;
		arms_count(&a);
		assert_chosen(names[i], &a, 0, both);
		a.pending[4] = 1;
		arms_count(&a);
		assert_chosen(names[i], &a, 0, one);
	}
}

static void
policies_that_do_not_care_for_untried_arms(void **state)
{
	static const double even[] = { 0.2, 0.2, 0.2, 0.2, 0.2 };
	static const double first[] = { 1, 0, 0, 0, 0 };
	struct arms a;

	(void)state;
	arms_init(&a);
	a.rewards[2] = a.pending[2] = 0;
	arms_count(&a);
	assert_chosen("uniform", &a, 0, even);
	assert_chosen("fixed", &a, 0, first);
}

static void
ties_break_evenly(void **state)
{
	static const double want[] = { 0, 1.0 / 3, 0, 1.0 / 3, 1.0 / 3 };
	struct arms a;

	(void)state;
	arms_init(&a);
	a.mean[1] = a.mean[3] = a.mean[4] = 0.9;
	assert_chosen("greedy", &a, 0, want);
}

static void
floor_goes_to_all(void **state)
{
	static const double floors[] = { 0.05, 0.5, 1 };
	struct arms a;

	(void)state;
	arms_init(&a);
	for (int i = 0; i < 3; i++) {
		double each = floors[i] / ARMS, want[ARMS];

		for (int j = 0; j < ARMS; j++)
			want[j] = each;
		want[1] += 1 - floors[i];
		assert_chosen("greedy", &a, floors[i], want);
	}
}

static void
floor_with_ties(void **state)
{
	static const double want[] = { 0.04, 0.44, 0.04, 0.44, 0.04 };
	struct arms a;

	(void)state;
	arms_init(&a);
	a.mean[3] = a.mean[1];
	assert_chosen("greedy", &a, 0.2, want);
}

static void
single_candidate(void **state)
{
	struct arms a;
	struct chosen x;

	(void)state;
	arms_init(&a);
	arms_limit(&a, 1);
	a.rewards[0] = a.pending[0] = 0;
	arms_count(&a);
	for (const struct policy *p = policies; p->name != NULL; p++) {
		assert_int_equal(choose(p->name, &a, 0.3, &x), 0);
		assert_true(x.probability[0] == 1);
	}
}

/* Arm i of the one is arm (3 i + 1) mod 5 of the other. */
static void
permuted_arms_permute_the_choice(void **state)
{
	static const char *const names[] = { "pak-ucb", "greedy", "ucb1" };
	uint64_t random = test_seed();
	struct chosen x, turned;
	struct arms a, b;

	(void)state;
	for (int i = 0; i < 300; i++) {
		arms_init(&a);
		arms_init(&b);
		numbers_fill(&random, a.mean, ARMS);
		for (int j = 0; j < ARMS; j++) {
			int to = (3 * j + 1) % ARMS;

			b.mean[to] = a.mean[j];
			b.sigma[to] = a.sigma[j];
			b.cost[to] = a.cost[j];
			b.rewards[to] = a.rewards[j];
			b.pending[to] = a.pending[j];
		}
		assert_int_equal((3 * choose(names[i % 3], &a, 0, &x) + 1) %
			ARMS,
		    choose(names[i % 3], &b, 0, &turned));
		for (int j = 0; j < ARMS; j++)
			assert_close(turned.score[(3 * j + 1) % ARMS],
			    x.score[j], 1e-14);
	}
}

static void
same_stream_same_choice(void **state)
{
	struct chosen x;
	int chosen[100], others = 0;
	struct arms a;

	(void)state;
	arms_init(&a);
	for (uint64_t i = 0; i < 100; i++) {
		rng_set(r, 1, RNG_DECISION, i);
		chosen[i] = choose("uniform", &a, 0, &x);
		others += chosen[i] != chosen[0];
	}
	for (uint64_t i = 0; i < 100; i++) {
		rng_set(r, 1, RNG_DECISION, i);
		assert_int_equal(choose("uniform", &a, 0, &x), chosen[i]);
	}
	assert_in_range(others, 50, 99);
}

/* A cost beyond all numbers is no reason to serve a NaN. */
static void
what_is_not_finite_goes_last(void **state)
{
	struct arms a;
	struct chosen x;

	(void)state;
	arms_init(&a);
	a.mean[0] = NAN;
	a.mean[1] = INFINITY;
	a.mean[2] = -INFINITY;
	assert_int_equal(choose("greedy", &a, 0, &x), 3);
	assert_true(x.probability[3] == 1);
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
		cmocka_unit_test(table_is_complete),
		cmocka_unit_test(formulas),
		cmocka_unit_test(exploration_of_their_own),
		cmocka_unit_test(the_highest_score_wins),
		cmocka_unit_test(cost_counts_where_it_is_weighed),
		cmocka_unit_test(untried_arms_go_first),
		cmocka_unit_test(policies_that_do_not_care_for_untried_arms),
		cmocka_unit_test(ties_break_evenly),
		cmocka_unit_test(floor_goes_to_all),
		cmocka_unit_test(floor_with_ties),
		cmocka_unit_test(single_candidate),
		cmocka_unit_test(permuted_arms_permute_the_choice),
		cmocka_unit_test(same_stream_same_choice),
		cmocka_unit_test(what_is_not_finite_goes_last),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
