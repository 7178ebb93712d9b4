/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rewards that come late: 100 or 1,000 decisions are under way at any time. */
#include "tests/sim/worlds.h"

#include <math.h>

#define RUNS 10

/* Regret in the first `flight` steps, of which nobody could know anything, and
 * in the 2,000 after them. */
static double
late(uint64_t seed, const char *policy, const char *pending, int flight)
{
	int at[] = { 0, flight, flight + 2000 };
	struct trial t = { &world_experts, { .flight = flight }, seed, RUNS, 2,
		at };
	struct mean m[2];

	sim_regret(&t, policy, pending, m);
	/* that of uniform is 0.32 a step */
	assert_at_most(m[0].mean, 0.34 * flight + 1);
	return m[1].mean;
}

/*
 * Regret of 2,000 steps, from when the first reward comes.  Measured, for 0, 1,
 * 100 and 1,000 in flight, each +-4:
 *     pak-ucb   count        51   52   60   52
 *     pak-ucb   hallucinate  51   53   47   46
 *     thompson  count        76   74   71   80
 *     thompson  hallucinate  76   74   68   64
 * So with hallucinate it is within 1.03 times what it is without any in
 * flight, over six seeds within 1.08; the bar is 1.25.  Prompts that differ,
 * and arms that are as good on the whole, keep the loss of count small here;
 * the herds below are where it is not.
 */
static void
regret_is_that_of_rewards_in_time(void **state)
{
	static const char *const policy[] = { "pak-ucb", "thompson" };
	static const int flights[] = { 1, 100, 1000 };
	uint64_t seed = test_seed();

	(void)state;
	printf("# regret in steps 0..F-1, F..F+1999, F = 0, 1, 100, 1000\n");
	for (int i = 0; i < 2; i++) {
		double none = late(seed, policy[i], "", 0);

		for (int f = 0; f < 3; f++) {
			assert_at_most(
			    late(seed, policy[i], "pending=count", flights[f]),
			    1.5 * none);
			assert_at_most(late(seed, policy[i],
					   "pending=hallucinate", flights[f]),
			    1.25 * none);
		}
	}
}

/* Five arms worth the same, one reward each: of the `flight` decisions that
 * follow without another, the share of the arm that has most. */
static double
herd(uint64_t seed, const char *settings, int flight)
{
	struct mean m = { 0 };

	for (int i = 0; i < RUNS; i++) {
		struct run r;
		double most = 0;

		run_init(&r, &world_alike, NULL, settings, 5 + flight,
		    sim_seed(seed, i));
		run_until(&r, 5);
		r.gateway.flight = flight;
		run_until(&r, 5 + flight);
		for (int arm = 0; arm < 5; arm++)
			most = fmax(most, run_share(&r, arm, 5, 5 + flight));
		mean_add(&m, most);
		run_fini(&r);
	}
	mean_print(settings, &m, 1);
	return m.mean;
}

/*
 * Measured, 100 and 1,000 in flight: pak-ucb with count 0.99 and 0.99, with
 * hallucinate 0.36 and 0.51, where what is left is the five rewards; where the
 * bandwidth is not given but known after 64 prompts, 0.93 and 0.85, and 0.32
 * and 0.33.  Thompson 0.31 and 0.26 with count, 0.32 and 0.31 with hallucinate.
 */
static void
a_herd_gathers_and_does_not(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	printf("# share of one arm of five, 100 and 1000 in flight\n");
	for (int flight = 100; flight <= 1000; flight *= 10) {
		assert_at_least(herd(seed, "pending=count", flight), 0.7);
		assert_at_most(herd(seed, "pending=hallucinate", flight), 0.7);
		assert_at_least(herd(seed, "pending=count bandwidth=1", flight),
		    0.9);
		assert_at_most(
		    herd(seed, "pending=hallucinate bandwidth=1", flight), 0.7);
		assert_at_most(herd(seed, "policy=thompson", flight), 0.5);
		assert_at_most(
		    herd(seed, "policy=thompson pending=hallucinate", flight),
		    0.7);
	}
}

/* Decisions for an arm that comes late and is worth less, of 1,500. */
static double
newcomer(uint64_t seed, const char *settings, int flight)
{
	struct gateway g = { .flight = flight };
	struct mean m = { 0 };

	for (int i = 0; i < RUNS; i++) {
		struct run r;

		run_init(&r, &world_dud, &g, settings, 3000, sim_seed(seed, i));
		run_until(&r, 1500);
		run_arm_add(&r, NULL, NULL);
		run_until(&r, 3000);
		mean_add(&m, 1500 * run_share(&r, WORLD_DUD, 1500, 3000));
		run_fini(&r);
	}
	mean_print(settings, &m, 1);
	return m.mean;
}

/*
 * Until the first reward of a new arm comes a UCB that only counts takes it
 * for every prompt.  Measured, for 1, 100 and 1,000 in flight:
 *     pak-ucb   count        11  105  1005
 *     pak-ucb   hallucinate  11  101   439
 *     thompson  count        13   41   335
 *     thompson  hallucinate  13   33   247
 */
static void
a_newcomer_does_not_get_all(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	printf("# decisions for a bad new arm, 1, 100, 1000 in flight\n");
	for (int flight = 1; flight <= 1000; flight *= flight == 1 ? 100 : 10) {
		double count = newcomer(seed, "pending=count", flight);

		assert_at_least(count, flight);
		assert_at_most(count, flight + 20);
		assert_at_most(newcomer(seed, "pending=hallucinate", flight),
		    fmin(count + 3, 500));
		assert_at_most(newcomer(seed, "policy=thompson", flight),
		    0.4 * flight + 20);
		assert_at_most(newcomer(seed,
				   "policy=thompson pending=hallucinate",
				   flight),
		    0.3 * flight + 20);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regret_is_that_of_rewards_in_time),
		cmocka_unit_test(a_herd_gathers_and_does_not),
		cmocka_unit_test(a_newcomer_does_not_get_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
