/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world that changes once: what forgetting costs before, and saves after. */
#include "tests/sim/worlds.h"

#include <string.h>

static const int at[] = { 0, WORLD_CHANGE, WORLD_CHANGE + 500, 4000 };

/* Of five arms that share a decision a second, about 200 rewards each. */
static const char *const memory[] = { "", "half_life=200", "half_life=1000s" };

struct outcome {
	double before, after, late; /* the last: from 500 steps after on */
};

static void
measure(const struct world *w, const char *policy, struct outcome *out)
{
	struct trial t = { w, { 0 }, test_seed(), 5, 3, at };

	for (int i = 0; i < 3; i++) {
		struct mean m[3];

		sim_regret(&t, policy, memory[i], m);
		out[i] = (struct outcome){ m[0].mean, m[1].mean + m[2].mean,
			m[2].mean };
	}
}

/*
 * The experts hand over to the next.  Measured, regret before and after,
 * without forgetting, with 200 rewards, with 1,000 seconds:
 *     pak-ucb     51   64   63       540  191  188
 *     thompson    76   94   93       708  341  324
 *     greedy      67   71   66       732  397  366
 * Half as much again may be lost before; after, the gain must be half of that
 * for UCB, a third for the others.
 */
static void
experts_swap(void **state)
{
	struct outcome o[3];

	(void)state;
	printf("# regret in steps 0..1999, change, ..2499, ..3999\n");
	for (const struct policy *p = policies; p->name != NULL; p++) {
		double share = strcmp(p->name, "pak-ucb") == 0 ? 0.5 : 0.67;

		measure(&world_swap, p->name, o);
		for (int i = 1; i < 3 && p->contextual; i++) {
			assert_at_most(o[i].before, 1.5 * o[0].before + 10);
			assert_at_most(o[i].after, share * o[0].after);
		}
	}
}

/*
 * An arm, a fifth of the traffic, is worth nothing from the change on.
 * Measured, regret after:
 *     pak-ucb    111   68   63
 *     thompson   123   86   80
 *     greedy     125   67   60
 * Without forgetting what was learnt still has to be outvoted, and is: to keep
 * the arm would lose 300.
 */
static void
an_arm_fails(void **state)
{
	struct outcome o[3];

	(void)state;
	printf("# regret in steps 0..1999, failure, ..2499, ..3999\n");
	for (const struct policy *p = policies; p->name != NULL; p++) {
		measure(&world_failing, p->name, o);
		if (!p->contextual)
			continue;
		assert_at_most(o[0].after, 180);
		for (int i = 1; i < 3; i++) {
			assert_at_most(o[i].after, 0.85 * o[0].after);
			assert_at_most(o[i].late, 0.8 * o[0].late);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(experts_swap),
		cmocka_unit_test(an_arm_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
