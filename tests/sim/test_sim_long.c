/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A router that forgets, over 10^5 rewards. */
#include "tests/sim/worlds.h"

#include <math.h>

#define STEPS 100000

/* Lowest and highest sigma of all arms for all types. */
static void
range(struct run *r, double *low, double *high)
{
	for (int type = 0; type < r->world->types; type++) {
		run_look(r, type);
		for (int i = 0; i < r->arms; i++) {
			double sigma = r->router->view[i].sigma;

			assert_true(isfinite(r->router->view[i].mean));
			*low = fmin(*low, sigma);
			*high = fmax(*high, sigma);
		}
	}
}

/*
 * A sigma is never more than that of an arm of which nothing is known, and
 * never less than what all 200 / log 2 rewards that count leave of it.
 */
static void
live(const char *settings)
{
	uint64_t seed = test_seed();
	double low = INFINITY, high = 0;
	struct run r;

	run_init(&r, &world_swap, NULL, settings, STEPS, seed);
	for (int t = 1000; t <= STEPS; t += 1000) {
		run_until(&r, t);
		range(&r, &low, &high);
	}
	printf("# %s: sigma %.3g..%.3g, regret of the last 10000 %.0f\n",
	    settings, low, high, run_regret(&r, STEPS - 10000, STEPS));
	assert_at_least(low, 1 / sqrt(3 + 200 / log(2)));
	assert_at_most(high, (1 + 1e-12) / sqrt(3));
	for (int i = 0; i < r.arms; i++)
		assert_int_equal(r.router->arm[i]->numeric_errors, 0);
	run_fini(&r);
}

static void
sigma_stays_in_its_range(void **state)
{
	(void)state;
	live("half_life=200");
	live("half_life=1000s pending=hallucinate");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sigma_stays_in_its_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
