/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracles: what there is to earn; the offline ridge among them. */
#include "tests/unit/players.h"

#include <string.h>

#include "eval/set_make.h"

static void
oracles_earn_what_there_is(void **state)
{
	struct player *oracle = player("oracle"), *arm = player("best-arm");
	double most = 0, best = -1;

	(void)state;
	for (int row = 0; row < ROWS; row++) {
		double here = set_reward(&set, row, 0);

		for (int i = 1; i < ARMS; i++)
			here = fmax(here, set_reward(&set, row, i));
		most += here / ROWS;
	}
	for (int i = 0; i < ARMS; i++)
		best = fmax(best, set_mean_reward(&set, i));
	assert_close(play(oracle, ROWS), most, 1e-12);
	assert_close(play(arm, ROWS), best, 1e-12);
	player_free(oracle);
	player_free(arm);
}

/* Rows whose arms are equal, or were not scored. */
static void
oracle_parts_ties_evenly_and_skips_unscored(void **state)
{
	struct player *p = player("oracle");
	double probability[ARMS], was[ARMS];
	struct pick pick = { .probability = probability };
	static const double tied[ARMS] = { 0.5, NAN, 0.5, 0.1 };

	(void)state;
	memcpy(was, set.reward, sizeof was);
	memcpy(set.reward, tied, sizeof tied);
	player_choose(p, x_of(0), 0, &pick);
	assert_true(probability[0] == 0.5 && probability[2] == 0.5);
	for (int i = 0; i < ARMS; i++)
		set.reward[i] = NAN;
	player_choose(p, x_of(0), 0, &pick);
	assert_true(probability[1] == 0.25 && probability[3] == 0.25);
	memcpy(set.reward, was, sizeof was);
	player_free(p);
}

/* Groups of three rows that earn the same, by chance alone: a model that has
 * seen one of them knows the others, and earns 0.75; else there is 0.5. */
static void
ridge_has_not_seen_the_prompt_it_judges(void **state)
{
	enum { PROMPTS = 400, TRIALS = 3, D = 16 };
	uint64_t random = seed;
	struct fault f = { 0 };
	struct pick pick = { 0 };
	struct player *p;
	struct set s;
	double sum = 0;

	(void)state;
	set_make(&s, "chance", PROMPTS * TRIALS, D, 2);
	for (int row = 0; row < s.rows; row++) {
		int first = row % PROMPTS;

		s.group[row] = first + 1;
		for (int i = 0; i < D; i++)
			s.x[row * D + i] = row == first ? (float)number(&random)
							: s.x[first * D + i];
		for (int i = 0; i < 2; i++)
			s.reward[row * 2 + i] = row == first
			    ? (double)test_below(&random, 2)
			    : s.reward[first * 2 + i];
	}
	p = player_new("ridge alpha=0.01 features=1024 bandwidth=0.5", &s, seed,
	    &f);
	assert_non_null(p);
	for (int row = 0; row < s.rows; row++) {
		player_choose(p, set_x(&s, row), row, &pick);
		sum += set_reward(&s, row, pick.arm) / s.rows;
	}
	printf("# by chance alone: %.3f\n", sum);
	assert_true(fabs(sum - 0.5) < 0.1);
	player_free(p);
	set_fini(&s);
}

static void
ridge_knows_the_other_half(void **state)
{
	struct player *p = player("ridge alpha=0.1"), *o = player("oracle");
	double got = play(p, ROWS), all = play(o, ROWS);

	(void)state;
	printf("# ridge earns %.4f of %.4f\n", got, all);
	assert_true(got > all - 0.05);
	player_free(p);
	player_free(o);
}

/* What arms share where all were scored, or each has of its own: the same. */
static void
ridge_takes_arms_that_were_not_always_scored(void **state)
{
	struct player *p = player("ridge"), *own;
	double was[ROWS], scale = 0;

	(void)state;
	set.unscored = 1;
	own = player("ridge");
	for (int row = 0; row < ROWS; row++) {
		struct pick a = { 0 }, b = { 0 };

		player_choose(p, x_of(row), row, &a);
		player_choose(own, x_of(row), row, &b);
		assert_int_equal(a.arm, b.arm);
		assert_close(a.mean, b.mean, 1e-12);
		scale = fmax(scale, fabs(a.mean));
		was[row] = set.reward[row * ARMS + 1];
		set.reward[row * ARMS + 1] = NAN;
	}
	assert_true(scale > 0.5);
	player_free(own);
	own = player("ridge");
	for (int row = 0; row < ROWS; row++) {
		struct pick pick = { 0 };

		player_choose(own, x_of(row), row, &pick);
		assert_true(pick.arm != 1 && isfinite(pick.mean));
	}
	for (int row = 0; row < ROWS; row++)
		set.reward[row * ARMS + 1] = was[row];
	set.unscored = 0;
	player_free(own);
	player_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oracles_earn_what_there_is),
		cmocka_unit_test(oracle_parts_ties_evenly_and_skips_unscored),
		cmocka_unit_test(ridge_has_not_seen_the_prompt_it_judges),
		cmocka_unit_test(ridge_knows_the_other_half),
		cmocka_unit_test(ridge_takes_arms_that_were_not_always_scored),
	};

	return cmocka_run_group_tests_name("oracles", tests, make_set,
	    free_set);
}
