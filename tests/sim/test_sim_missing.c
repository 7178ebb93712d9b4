/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rewards that never come. */
#include "tests/sim/worlds.h"

#include <math.h>

#define RUNS 10
#define DEAF 1 /* the arm that times out */

#define TTL "decision_ttl=100 "

static const char *const policy[] = { "pak-ucb", "thompson" };

static double
lose(uint64_t seed, const char *name, const char *settings, double lost)
{
	static const int at[] = { 0, 2000 };
	struct trial t = { &world_experts, { 0 }, seed, RUNS, 1, at };
	struct mean m;

	for (int arm = 0; arm < world_experts.arms; arm++)
		t.gateway.lost[arm] = lost;
	sim_regret(&t, name, settings, &m);
	return m.mean;
}

/*
 * Three of ten rewards are lost, whoever was chosen.  Measured, regret without
 * loss, with it, with hallucinate, with a default reward of 0:
 *     pak-ucb   51  61  63  125
 *     thompson  76  93  94  147
 * To learn the same takes 1 / 0.7 = 1.43 times the decisions.
 */
static void
lost_at_random(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	printf("# regret of 2000 steps: none lost, 30 %% lost\n");
	for (int p = 0; p < 2; p++) {
		double none = lose(seed, policy[p], TTL, 0);

		assert_at_most(lose(seed, policy[p], TTL, 0.3), 1.5 * none);
		assert_at_most(
		    lose(seed, policy[p], TTL "pending=hallucinate", 0.3),
		    1.5 * none);
		assert_at_most(
		    lose(seed, policy[p], TTL "default_reward=0", 0.3),
		    3.5 * none);
	}
}

/* The share of an arm from which nothing comes from a step on, in the 500 steps
 * after it and 2,000 steps later. */
static void
time_out(uint64_t seed, const char *settings, int since, struct mean *m)
{
	m[0] = m[1] = (struct mean){ 0 };
	for (int i = 0; i < RUNS; i++) {
		struct run r;

		run_init(&r, &world_experts, NULL, settings, since + 2500,
		    sim_seed(seed, i));
		run_until(&r, since);
		r.gateway.lost[DEAF] = 1;
		run_until(&r, since + 2500);
		mean_add(&m[0], run_share(&r, DEAF, since, since + 500));
		mean_add(&m[1],
		    run_share(&r, DEAF, since + 2000, since + 2500));
		run_fini(&r);
	}
	mean_print(settings, m, 2);
}

/* The shares that it may have where silence counts as 0, and what it keeps at
 * least where it does not. */
static const struct {
	const char *policy;
	int since;
	double early, late, deaf;
} silences[] = {
	{ "pak-ucb", 0, 0.25, 0.02, 0.8 },
	{ "pak-ucb", 1000, 0.16, 0.05, 0.15 },
	{ "thompson", 0, 0.1, 0.02, 0.3 },
	{ "thompson", 1000, 0.18, 0.05, 0.15 },
};

/*
 * An arm that is the best for a fifth of the prompts never answers: from the
 * start, when nothing is known of it and its sigma stays what it was, or after
 * 1,000 steps.  Measured, its share at once and later, with a default reward of
 * none and of 0:
 *     pak-ucb   start  0.97 1.00  0.18 0.00
 *     pak-ucb   1000   0.20 0.22  0.12 0.01
 *     thompson  start  0.31 0.52  0.05 0.00
 *     thompson  1000   0.20 0.20  0.14 0.01
 */
static void
an_arm_times_out(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	printf("# share of the deaf arm, at once and 2000 steps later\n");
	for (size_t i = 0; i < sizeof silences / sizeof *silences; i++) {
		struct mean m[2];
		char text[200];

		snprintf(text, sizeof text, "policy=%s " TTL,
		    silences[i].policy);
		time_out(seed, text, silences[i].since, m);
		assert_at_least(m[1].mean, silences[i].deaf);
		snprintf(text, sizeof text, "policy=%s " TTL "default_reward=0",
		    silences[i].policy);
		time_out(seed, text, silences[i].since, m);
		assert_at_most(m[0].mean, silences[i].early);
		assert_at_most(m[1].mean, silences[i].late);
	}
}

/* Sigma of all arms for all types of prompts. */
static void
sigmas(struct run *r, double (*sigma)[SIM_ARMS])
{
	for (int type = 0; type < r->world->types; type++) {
		run_look(r, type);
		for (int i = 0; i < r->arms; i++)
			sigma[type][i] = r->router->view[i].sigma;
	}
}

static void
assert_sigmas(struct run *a, struct run *b, bool same)
{
	double of_a[SIM_TYPES][SIM_ARMS], of_b[SIM_TYPES][SIM_ARMS], off = 0;

	sigmas(a, of_a);
	sigmas(b, of_b);
	for (int type = 0; type < a->world->types; type++)
		for (int i = 0; i < a->arms; i++)
			off =
			    fmax(off, fabs(of_a[type][i] / of_b[type][i] - 1));
	assert_int_equal(off < 1e-9, same);
}

static void
assert_nothing_waits(const struct run *r)
{
	for (int i = 0; i < r->arms; i++)
		assert_int_equal(r->router->arm[i]->pending, 0);
}

/* Of two routers one makes 60 more decisions, of which it hears nothing; once
 * they have expired it is the other's equal, and goes on like it. */
static uint64_t
waiting(const struct router *r)
{
	uint64_t n = 0;

	for (int i = 0; i < r->arms; i++)
		n += r->arm[i]->pending;
	return n;
}

static void
expired_as_if_never_made(void **state)
{
	static const char *const settings[] = {
		TTL "pending=hallucinate bandwidth=1 seed=5",
		TTL "pending=hallucinate half_life=200 bandwidth=1 seed=5",
		TTL "pending=hallucinate half_life=500s bandwidth=1 seed=5",
	};
	uint64_t seed = test_seed();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct run a, b;

		run_init(&a, &world_experts, NULL, settings[i], 1000, seed);
		run_init(&b, &world_experts, NULL, settings[i], 1000, seed);
		run_until(&a, 300);
		run_until(&b, 300);
		for (int arm = 0; arm < a.arms; arm++)
			a.gateway.lost[arm] = 1;
		run_until(&a, 360);
		assert_int_equal(waiting(a.router), 60);
		run_skip(&b, 360);
		assert_sigmas(&a, &b, false);
		a.gateway = b.gateway;
		run_skip(&a, 460);
		run_skip(&b, 460);
		assert_nothing_waits(&a);
		assert_sigmas(&a, &b, true);
		run_until(&a, 700);
		run_until(&b, 700);
		assert_sigmas(&a, &b, true);
		run_fini(&a);
		run_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expired_as_if_never_made),
		cmocka_unit_test(lost_at_random),
		cmocka_unit_test(an_arm_times_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
