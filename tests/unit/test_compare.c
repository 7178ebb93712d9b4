/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare: differences of what two policies earned, by hand. */
#include "tests/unit/numbers.h"

#include <gsl/gsl_errno.h>

#include "eval/compare.h"

enum { PROBLEMS = 1, POLICIES = 3, RUNS = 4, STEPS = 1000 };

struct played {
	struct replay replay;
	struct tally tally;
	struct problem_facts facts;
	struct run_result run[POLICIES * RUNS];
	float reward[POLICIES * RUNS][STEPS];
};

/* Policies 0 and 1 earn the same on average, and 2 earns a tenth more; by the
 * prompt, whose difficulty all share. */
static void
made(struct played *p)
{
	uint64_t random = test_seed();

	p->replay = (struct replay){ .problems = PROBLEMS,
		.policies = POLICIES,
		.runs = RUNS,
		.alpha = 0.05,
		.steps = STEPS,
		.marks = 3,
		.mark = { 10, 500, STEPS } };
	p->facts.low = 0;
	p->facts.high = 1;
	p->tally = (struct tally){ .replay = &p->replay,
		.problem = &p->facts,
		.run = p->run };
	for (int i = 0; i < POLICIES * RUNS; i++)
		p->run[i].reward = p->reward[i];
	for (int run = 0; run < RUNS; run++)
		for (int t = 0; t < STEPS; t++) {
			double hard = 0.5 + 0.3 * number(&random);

			for (int k = 0; k < POLICIES; k++)
				p->reward[k * RUNS + run][t] = (float)(hard +
				    0.1 * (k == 2) + 0.05 * number(&random));
		}
}

static double
mean(const struct played *p, int policy, long steps)
{
	double sum = 0;

	for (int run = 0; run < RUNS; run++)
		for (long t = 0; t < steps; t++)
			sum += (double)p->reward[policy * RUNS + run][t];
	return sum / (RUNS * (double)steps);
}

static void
means_are_those_of_the_rewards_up_to_each_mark(void **state)
{
	static struct played p;
	struct comparison out[3];

	(void)state;
	made(&p);
	compare(&p.tally, 0, 2, 0, out);
	for (int i = 0; i < 3; i++) {
		long steps = p.replay.mark[i];

		assert_close(out[i].difference,
		    mean(&p, 2, steps) - mean(&p, 0, steps), 1e-9);
		assert_true(out[i].low < out[i].difference);
		assert_true(out[i].difference < out[i].high);
	}
	assert_true(out[2].high - out[2].low < out[1].high - out[1].low);
}

static void
a_better_policy_is_found_and_an_equal_one_is_not(void **state)
{
	static struct played p;
	struct comparison equal[3], better[3], worse[3];

	(void)state;
	made(&p);
	compare(&p.tally, 0, 1, 0, equal);
	compare(&p.tally, 0, 2, 0, better);
	compare(&p.tally, 0, 0, 2, worse);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(equal[i].since, 0);
		assert_close(better[i].low, -worse[i].high, 1e-9);
		assert_close(better[i].high, -worse[i].low, 1e-9);
	}
	assert_true(better[2].low > 0 && worse[2].high < 0);
	assert_true(better[2].since > 10 && better[2].since < STEPS);
	assert_int_equal(better[2].since, worse[2].since);
}

/* Ten times as many problems: each of the intervals gives a tenth of alpha. */
static void
alpha_is_shared_between_comparisons(void **state)
{
	static struct played p;
	struct comparison one[3], many[3];

	(void)state;
	made(&p);
	p.replay.alpha = 0.005;
	compare(&p.tally, 0, 2, 0, one);
	p.replay.alpha = 0.05;
	p.replay.problems = 10;
	compare(&p.tally, 0, 2, 0, many);
	for (int i = 0; i < 3; i++) {
		assert_close(one[i].low, many[i].low, 1e-12);
		assert_close(one[i].high, many[i].high, 1e-12);
	}
}

/* No range to go by, and nothing to tell. */
static void
rewards_that_are_all_the_same_have_an_interval(void **state)
{
	static struct played p;
	struct comparison out[3];

	(void)state;
	made(&p);
	for (int i = 0; i < POLICIES * RUNS; i++)
		for (int t = 0; t < STEPS; t++)
			p.reward[i][t] = 0.5F;
	p.facts.low = p.facts.high = 0.5;
	compare(&p.tally, 0, 1, 0, out);
	assert_true(
	    out[2].difference == 0 && out[2].low < 0 && out[2].high > 0);
}

/* 0.6F - 0.1F is more than 0.6 - 0.1. */
static void
floats_that_are_further_apart_than_the_rewards_are_taken(void **state)
{
	static struct played p;
	struct comparison c;

	(void)state;
	made(&p);
	for (int i = 0; i < POLICIES * RUNS; i++)
		for (int t = 0; t < STEPS; t++)
			p.reward[i][t] = i < RUNS ? 0.1F : 0.6F;
	p.facts.low = 0.1;
	p.facts.high = 0.6;
	c = compare(&p.tally, 0, 1, 0, NULL);
	assert_true(c.low > 0.4 && c.since > 0);
}

/* What is known of 4 runs is more than what is known of each. */
static void
many_runs_tell_more_than_one(void **state)
{
	static struct played p;
	struct comparison all, one;

	(void)state;
	made(&p);
	all = compare(&p.tally, 0, 2, 0, NULL);
	p.replay.runs = 1;
	one = compare(&p.tally, 0, 2, 0, NULL);
	assert_true(all.high - all.low < (one.high - one.low) / 1.8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    means_are_those_of_the_rewards_up_to_each_mark),
		cmocka_unit_test(
		    a_better_policy_is_found_and_an_equal_one_is_not),
		cmocka_unit_test(
		    floats_that_are_further_apart_than_the_rewards_are_taken),
		cmocka_unit_test(many_runs_tell_more_than_one),
		cmocka_unit_test(alpha_is_shared_between_comparisons),
		cmocka_unit_test(
		    rewards_that_are_all_the_same_have_an_interval),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
