/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Propensities are what they say: inverse-propensity estimates of other
 * policies, from what a policy that learns has decided, have no bias.
 *
 * All but the router's own random numbers is fixed, also what each arm would
 * have earned at each step; so the true value of a policy is known without
 * error.
 */
#include "tests/sim/worlds.h"

#include <math.h>

#define RUNS 200
#define STEPS 300

/* The policies in question: always the same arm; each to the arm of its type;
 * as a slate, that arm and the next. */
static int
arm_of(int policy, int type, int position)
{
	int arms = world_experts.arms;

	return policy == 0 ? 0 : (type + position) % arms;
}

/* 1 over the probability of the first k positions where they are the policy's,
 * else 0. */
static double
weight(const struct step *s, int policy, int k)
{
	double w = 1;

	for (int i = 0; i < k; i++)
		w *= s->arm[i] == arm_of(policy, s->type, i)
		    ? 1 / s->shown[i].propensity
		    : 0;
	return w;
}

/* The estimate of what position k - 1 earns, less what it would have earned. */
static double
error(const struct run *r, int policy, int k)
{
	double sum = 0;

	for (int t = 0; t < STEPS; t++) {
		const struct step *s = &r->step[t];
		int arm = arm_of(policy, s->type, k - 1);

		sum += (weight(s, policy, k) - 1) * run_reward(r, t, arm);
	}
	return sum / STEPS;
}

static void
check(const char *settings, int k)
{
	struct gateway g = { .k = k };
	struct mean m[3] = { 0 };
	uint64_t seed = test_seed();

	for (int i = 1; i <= RUNS; i++) {
		struct run r;
		char text[200];

		snprintf(text, sizeof text, "%s seed=%d", settings,
		    (int)(seed - 1) * RUNS + i);
		run_init(&r, &world_experts, &g, text, STEPS, seed);
		run_until(&r, STEPS);
		mean_add(&m[0], error(&r, 0, 1));
		mean_add(&m[1], error(&r, 1, 1));
		mean_add(&m[2], error(&r, 1, k));
		run_fini(&r);
	}
	mean_print(settings, m, k > 1 ? 3 : 2);
	for (int i = 0; i < 3; i++)
		assert_at_most(fabs(m[i].mean), 3 * mean_error(&m[i]));
}

/*
 * Within three standard errors of a mean of 200 runs.  Measured, in them: at
 * most 2.2; and of twice 3,000 runs at most 1.9, when the standard error is
 * 0.002 to 0.004 of a value of 0.45 to 0.87.  Of other seeds one in some tens
 * may be beyond three, as the estimates of a run are far from normal.
 */
static void
estimates_have_no_bias(void **state)
{
	(void)state;
	printf("# error of an arm, of an arm per type, of the second's\n");
	check("policy=thompson explore_floor=0.05", 1);
	check("policy=pak-ucb explore_floor=0.1", 1);
	check("policy=in-slate-thompson explore_floor=0.05", 2);
	check("policy=in-slate-thompson explore_floor=0.05 "
	      "slate_order=rank-major",
	    2);
	check("policy=thompson explore_floor=0.05", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(estimates_have_no_bias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
