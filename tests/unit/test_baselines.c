/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baselines: what they have in common; EXP3 and epsilon-greedy. */
#include "tests/unit/players.h"

#include <string.h>

#include "tests/unit/golden.h"

/* Every one, also with its settings. */
static const char *const specs[] = { "best-arm", "oracle", "exp3",
	"exp3 gamma=0.3 epsilon=0.2 high=2", "linucb", "linucb-shared",
	"linucb-shared onehot=2 center=1", "epsilon-greedy",
	"epsilon-greedy epsilon=0.3 contextual=1", "ridge", "kernelucb-shared",
	"kernelucb", "kernelucb points=7 bandwidth=2 onehot=0.5 center=0",
	"kernelucb-shared features=31 bandwidth=2 onehot=0.5",
	"linucb alpha=1 exploration=1 center=0" };

static void
check_pick(const struct pick *pick, const bool *enabled)
{
	double sum = 0;

	assert_true(enabled[pick->arm]);
	assert_true(pick->propensity > 0);
	assert_true(pick->propensity == pick->probability[pick->arm]);
	for (int i = 0; i < ARMS; i++) {
		assert_true(pick->probability[i] >= 0);
		if (!enabled[i])
			assert_true(pick->probability[i] == 0);
		sum += pick->probability[i];
	}
	assert_close(sum, 1, 1e-12);
}

/* With arms that come and go: probabilities sum to 1, none is of an arm that
 * is away. */
static void
picks_are_of_arms_that_are_there(void **state)
{
	uint64_t random = seed;

	(void)state;
	for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
		struct player *p = player(specs[s]);

		for (int step = 0; step < 300; step++) {
			int row = (int)test_below(&random, ROWS), arms = 0;
			double probability[ARMS];
			struct pick pick = { .probability = probability };
			bool there[ARMS];

			for (int i = 0; i < ARMS; i++) {
				there[i] = test_below(&random, 3) > 0 ||
				    (i == ARMS - 1 && arms == 0);
				arms += there[i];
				player_enable(p, i, there[i]);
			}
			player_choose(p, x_of(row), row, &pick);
			check_pick(&pick, there);
			player_learn(p, x_of(row), row, pick.arm,
			    set_reward(&set, row, pick.arm), 0);
		}
		player_free(p);
	}
}

/* Chi-squared with at most ARMS - 1 degrees of freedom: 24 at 2e-5. */
static void
check_counts(const int *count, const double *probability, int n)
{
	double chi = 0;

	for (int i = 0; i < ARMS; i++) {
		double want = probability[i] * n;

		if (probability[i] == 0)
			assert_int_equal(count[i], 0);
		else
			chi += (count[i] - want) * (count[i] - want) / want;
	}
	assert_true(chi < 24);
}

/* As often as the probabilities say; at the start too, where all is equal. */
static void
choices_come_as_often_as_said(void **state)
{
	enum { DRAWS = 4000 };

	(void)state;
	for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
		for (int steps = 0; steps <= 40; steps += 20) {
			struct player *p = player(specs[s]);
			double probability[ARMS];
			int count[ARMS] = { 0 };

			play(p, steps);
			for (int i = 0; i < DRAWS; i++) {
				struct pick pick = { .probability =
							 probability };

				player_choose(p, x_of(7), 7, &pick);
				count[pick.arm]++;
			}
			check_counts(count, probability, DRAWS);
			player_free(p);
		}
}

static void
one_seed_gives_one_play(void **state)
{
	(void)state;
	for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
		struct player *one = player(specs[s]), *two = player(specs[s]);

		for (int i = 0; i < 100; i++)
			assert_true(
			    play(one, 1 + i % 3) == play(two, 1 + i % 3));
		player_free(one);
		player_free(two);
	}
}

static void
unknown_settings_are_named_with_those_there_are(void **state)
{
	(void)state;
	for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
		struct fault f = { 0 };
		char spec[128];

		snprintf(spec, sizeof spec, "%s sparkle=1", specs[s]);
		assert_null(player_new(spec, &set, 1, &f));
		assert_int_equal(f.code, ERR_BAD_REQUEST);
		assert_non_null(strstr(f.text, "sparkle"));
		spec[strcspn(spec, " ")] = '\0';
		assert_non_null(strstr(f.text, spec));
	}
}

/* The arm that is drawn is waited for, and probabilities compared. */
static void
exp3_is_golden(void **state)
{
	json_t *file = golden_load("classic.json"), *step, *steps;
	struct player *p = player("exp3 gamma=0.1 epsilon=0.05");
	double probability[ARMS], w[3] = { 0 };
	size_t i;

	(void)state;
	player_enable(p, 3, false);
	steps = golden_get(golden_get(file, "exp3"), "steps");
	json_array_foreach (steps, i, step) {
		struct pick pick = { .probability = probability };
		int arm = golden_int(step, "arm");

		do
			player_choose(p, x_of(0), 0, &pick);
		while (pick.arm != arm);
		golden_compare(step, "p", probability, 3);
		player_learn(p, x_of(0), 0, arm, golden_num(step, "reward"), 0);
		golden_read(step, "weights_after", w, 3);
		player_choose(p, x_of(1), 1, &pick);
		for (int a = 0; a < 3; a++)
			assert_close(probability[a],
			    0.9 * w[a] / (w[0] + w[1] + w[2]) + 0.1 / 3,
			    GOLDEN_ERROR);
	}
	assert_true(i >= 4);
	player_free(p);
	json_decref(file);
}

/* A hundred thousand losses of every arm leave probabilities. */
static void
exp3_weights_do_not_vanish(void **state)
{
	struct player *p = player("exp3 epsilon=1000");
	double probability[ARMS];
	struct pick pick = { .probability = probability };
	const bool all[ARMS] = { true, true, true, true };

	(void)state;
	for (int i = 0; i < 100000; i++) {
		player_choose(p, x_of(0), 0, &pick);
		player_learn(p, x_of(0), 0, pick.arm, -5, 0);
	}
	player_choose(p, x_of(0), 0, &pick);
	check_pick(&pick, all);
	player_free(p);
}

/* Any arm at first; then the best with 1 - epsilon and a share of it. */
static void
epsilon_greedy_is_greedy_but_for_epsilon(void **state)
{
	struct player *p = player("epsilon-greedy epsilon=0.2");
	double probability[ARMS];
	struct pick pick = { .probability = probability };

	(void)state;
	for (int i = 0; i < ARMS; i++) {
		player_choose(p, x_of(0), 0, &pick);
		for (int a = 0; a < ARMS; a++)
			assert_close(probability[a],
			    a < i ? 0.05 : 0.05 + 0.8 / (ARMS - i), 1e-12);
		player_learn(p, x_of(0), 0, i, i == 2 ? 0.9 : 0.4, 0);
	}
	player_choose(p, x_of(0), 0, &pick);
	assert_close(probability[2], 0.85, 1e-12);
	player_learn(p, x_of(0), 0, 2, -0.9, 0);
	player_choose(p, x_of(0), 0, &pick);
	assert_close(probability[2], 0.05, 1e-12);
	assert_close(probability[0], 0.05 + 0.8 / 3, 1e-12);
	player_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_are_of_arms_that_are_there),
		cmocka_unit_test(choices_come_as_often_as_said),
		cmocka_unit_test(one_seed_gives_one_play),
		cmocka_unit_test(
		    unknown_settings_are_named_with_those_there_are),
		cmocka_unit_test(exp3_is_golden),
		cmocka_unit_test(exp3_weights_do_not_vanish),
		cmocka_unit_test(epsilon_greedy_is_greedy_but_for_epsilon),
	};

	return cmocka_run_group_tests_name("baselines", tests, make_set,
	    free_set);
}
