/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world that stays as it is, and rewards that lie now and then. */
#include "tests/sim/worlds.h"

#include <string.h>

#define STEPS 2000
#define SINGLE (STEPS * EXPERTS_SINGLE)

static const int at[] = { 0, 1500, STEPS };

/*
 * Regret in 2,000 steps, where the best single arm loses 600; a contextual
 * policy stays far below that, and hardly loses at the end.  Measured, with
 * the standard error of ten runs:
 *                 all     the last 500
 *     pak-ucb     51 +-4       4
 *     greedy      67 +-8       3
 *     thompson    76 +-4       5
 *     ucb1       637 +-2     159
 *     uniform    643 +-2     161
 *     fixed      682 +-2     171
 * The bar of the first three is about half as much again, twice for greedy.
 */
static const struct {
	const char *policy;
	double least, most, most_at_end;
} bars[] = {
	{ "pak-ucb", 0, 0.13 * SINGLE, 15 },
	{ "greedy", 0, 0.23 * SINGLE, 25 },
	{ "thompson", 0, 0.19 * SINGLE, 15 },
	{ "in-slate-thompson", 0, 0.19 * SINGLE, 15 },
	{ "ucb1", 0.97 * SINGLE, 1.1 * SINGLE, 170 },
	{ "uniform", 625, 660, 170 },
	{ "fixed", 660, 700, 180 },
};

static int
bar_of(const char *policy)
{
	int i = 0;

	while (strcmp(bars[i].policy, policy) != 0)
		assert_true(++i < (int)(sizeof bars / sizeof *bars));
	return i;
}

static void
what_each_policy_loses(void **state)
{
	struct trial t = { &world_experts, { 0 }, test_seed(), 10, 2, at };

	(void)state;
	printf("# regret in steps 0..1499, 1500..1999\n");
	for (const struct policy *p = policies; p->name != NULL; p++) {
		struct mean m[2];
		int i = bar_of(p->name);

		sim_regret(&t, p->name, "", m);
		assert_at_least(m[0].mean + m[1].mean, bars[i].least);
		assert_at_most(m[0].mean + m[1].mean, bars[i].most);
		assert_at_most(m[1].mean, bars[i].most_at_end);
	}
}

/*
 * 5 % of the rewards are replaced by the opposite extreme.  Measured: pak-ucb
 * 72 +-5, thompson 97 +-8, greedy 138 +-28, which may take to a lie for good.
 */
static void
lies_are_outvoted(void **state)
{
	struct trial t = { &world_experts, { .poisoned = 0.05 }, test_seed(),
		10, 2, at };
	struct mean m[2];

	(void)state;
	printf("# regret in steps 0..1499, 1500..1999, 5 %% poisoned\n");
	sim_regret(&t, "pak-ucb", "", m);
	assert_at_most(m[0].mean + m[1].mean, 0.2 * SINGLE);
	assert_at_most(m[1].mean, 20);
	sim_regret(&t, "thompson", "", m);
	assert_at_most(m[0].mean + m[1].mean, 0.25 * SINGLE);
	assert_at_most(m[1].mean, 20);
	sim_regret(&t, "greedy", "", m);
	assert_at_most(m[0].mean + m[1].mean, 0.5 * SINGLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_policy_loses),
		cmocka_unit_test(lies_are_outvoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
