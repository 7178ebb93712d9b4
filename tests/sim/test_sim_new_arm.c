/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An arm that joins: what it costs to find out where it is best, alone and
 * with relatives. */
#include "tests/sim/worlds.h"

#define RUNS 12
#define JOIN 1500
#define END (JOIN + 1500)

/* The numbers below are of 0.3 sqrt(alpha), a little more than the default. */
static const char *const policy[] = { "pak-ucb exploration=0.52", "thompson" };

/* How a newcomer is introduced, and the shares of the regret of one without
 * relatives that it may have, in 300 steps and in all 1,500. */
struct way {
	const char *group, *from, *settings;
	double most[2];
	double lead; /* standard errors, at least */
};

/* Regret in the 300 steps after it came and in all, and how often it then is
 * chosen where it is best; of each run. */
struct course {
	double early[RUNS], all[RUNS];
	struct mean m[3];
};

static double
chosen_where_best(const struct run *r)
{
	int seen = 0, chosen = 0;

	for (int t = END - 500; t < END; t++)
		if (r->step[t].type < 2) {
			seen++;
			chosen += r->step[t].arm[0] == WORLD_HEIR;
		}
	return (double)chosen / seen;
}

static void
join(struct run *r, const struct way *w, struct course *c, int i)
{
	run_until(r, JOIN);
	run_arm_add(r, w->group, w->from);
	run_until(r, END);
	c->early[i] = run_regret(r, JOIN, JOIN + 300);
	c->all[i] = run_regret(r, JOIN, END);
	mean_add(&c->m[0], c->early[i]);
	mean_add(&c->m[1], c->all[i]);
	mean_add(&c->m[2], chosen_where_best(r));
}

static void
measure(uint64_t seed, const char *name, const struct way *w, struct course *c)
{
	char text[200];

	*c = (struct course){ 0 };
	snprintf(text, sizeof text, "policy=%s %s", name, w->settings);
	for (int i = 0; i < RUNS; i++) {
		struct run r;

		run_init(&r, &world_relatives, NULL, text, END,
		    sim_seed(seed, i));
		join(&r, w, c, i);
		run_fini(&r);
	}
	snprintf(text, sizeof text, "%s %s %s", name,
	    w->group != NULL      ? w->group
		: w->from != NULL ? w->from
				  : "alone",
	    w->settings);
	mean_print(text, c->m, 3);
}

/* By how many standard errors the regret of 300 steps is less, run by run. */
static double
lead(const struct course *than, const struct course *c)
{
	struct mean less = { 0 };

	for (int i = 0; i < RUNS; i++)
		mean_add(&less, than->early[i] - c->early[i]);
	return less.mean / mean_error(&less);
}

static const struct way alone = { .settings = "" };
static const struct way ways[] = {
	{ "a", NULL, "group_spread=1.5", { 1, 1 }, 1 }, /* the default */
	{ "a", NULL, "group_spread=1", { 0.9, 0.97 }, 2.5 },
	{ "a", NULL, "group_spread=0.5", { 0.8, 0.97 }, 2.5 },
	{ NULL, "arm0", "group_spread=1", { 0.92, 1.05 }, 2.5 },
	{ NULL, "arm0", "group_spread=0.5", { 0.87, 1.2 }, 2.5 },
};

/*
 * Regret of the first 300 steps and of all 1,500, relative to an arm without
 * relatives (13.4 and 31 of pak-ucb, 17.5 and 49 of thompson), and by how many
 * standard errors it leads in the first; measured over three seeds:
 *     pak-ucb   group 1.5   .82-.95  .79-.95  1.9-2.4
 *     pak-ucb   group 1     .76-.82  .84-.90  3.7-4.5
 *     pak-ucb   group 0.5   .58-.61  .74-.84  6.8-11
 *     pak-ucb   arm0 1      .78-.83  .78-.93  4.2-6.0
 *     pak-ucb   arm0 0.5    .68-.70  .88-1.06 5.5-6.8
 *     thompson  group 1     .65-.66  .69-.75  7.6-8.7
 *     thompson  group 0.5   .65-.66  .74-.79  7.4-8.6
 *     thompson  arm0 1      .71-.77  .77-.80  4.4-6.5
 *     thompson  arm0 0.5    .73-.79  .86-.91  4.5-5.4
 */
static void
relatives_help(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	printf("# regret of 300 and 1500 steps, share where best at the end\n");
	for (int p = 0; p < 2; p++) {
		struct course none, c;

		measure(seed, policy[p], &alone, &none);
		for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
			const double *most = ways[i].most;

			measure(seed, policy[p], &ways[i], &c);
			assert_at_most(c.m[0].mean, most[0] * none.m[0].mean);
			assert_at_most(c.m[1].mean, most[1] * none.m[1].mean);
			assert_at_least(lead(&none, &c), ways[i].lead);
		}
	}
}

static const struct way wrong = { .group = "b", .settings = "group_spread=1" };
static const struct way wide = { .group = "b", .settings = "group_spread=1.5" };

/*
 * The newcomer is said to be like arms that are bad where it is best.  With a
 * spread of 1 even all of sigma does not lift it above what is good there, and
 * it is hardly tried: pak-ucb loses 72 to 77 of 1,500 steps and thompson 82 to
 * 85, in place of 31 and 49; never to choose it where it is best would lose 75.
 * That is why the default is 1.5, with which pak-ucb loses 38 to 47; thompson,
 * whose draws are narrower, still 76 to 82.  A floor of 5 % does not help in
 * that time.
 */
static void
wrong_relatives_cost_no_more_than_the_arm(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	printf("# regret of 300 and 1500 steps, share where best at the end\n");
	for (int p = 0; p < 2; p++) {
		struct course narrow, c;

		measure(seed, policy[p], &wrong, &narrow);
		measure(seed, policy[p], &wide, &c);
		assert_at_most(narrow.m[1].mean, 100);
		assert_at_most(c.m[1].mean, p == 0 ? 60 : 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relatives_help),
		cmocka_unit_test(wrong_relatives_cost_no_more_than_the_arm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
