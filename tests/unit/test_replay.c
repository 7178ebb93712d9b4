/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay and summary: what is counted, on a set small enough to count by
 * hand. */
#include "tests/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "eval/set_make.h"
#include "eval/summary.h"
#include "tests/unit/numbers.h"

#define ROWS 4

/* Arm a earns 1, 0, 0, 1 and costs 2; arm b 0, 1, 0.5, 1 and costs 4, and is
 * not scored for the last row when holes. */
static void
small(struct set *s, bool holes)
{
	static const double reward[ROWS][2] = { { 1, 0 }, { 0, 1 }, { 0, 0.5 },
		{ 1, 1 } };

	set_make(s, "small", ROWS, 2, 2);
	strcpy(s->arm[0], "a");
	strcpy(s->arm[1], "b");
	for (int row = 0; row < ROWS; row++) {
		s->x[2 * row] = 1;
		s->x[2 * row + 1] = (float)row;
		for (int a = 0; a < 2; a++) {
			s->reward[2 * row + a] = reward[row][a];
			s->cost[2 * row + a] = 2 + 2 * a;
		}
	}
	if (holes)
		s->reward[2 * 3 + 1] = NAN;
}

struct played {
	struct replay replay;
	struct tally tally;
	struct problem_facts facts;
	struct run_result run;
	const char *policy;
};

static void
play(struct played *p, const struct set *s, const char *policy)
{
	struct fault f = { 0 };

	p->policy = policy;
	p->replay.problems = p->replay.policies = p->replay.runs = 1;
	p->replay.policy = &p->policy;
	p->run.pull = mem_zalloc(REPLAY_MARKS * 2, sizeof *p->run.pull);
	p->run.reward = mem_zalloc((size_t)p->replay.steps, sizeof(float));
	p->facts.arms = s->arms;
	p->tally = (struct tally){ .replay = &p->replay,
		.problem = &p->facts,
		.run = &p->run };
	assert_int_equal(
	    replay_play(&p->replay, s, set_best_arm(s), policy, 1, &p->run, &f),
	    ERR_NONE);
}

static void
played_fini(struct played *p)
{
	free(p->run.pull);
	free(p->run.reward);
}

static double
at(const struct played *p, int mark, enum measure m)
{
	return summary_at(&p->tally, 0, 0, mark, m).mean;
}

#define CLOSE 1e-12

static void
one_arm_is_counted_as_by_hand(void **state)
{
	struct played p = {
		.replay = { .steps = 8, .marks = 2, .mark = { 4, 8 } }
	};
	struct set s;

	(void)state;
	small(&s, false);
	assert_int_equal(set_best_arm(&s), 1);
	play(&p, &s, "fixed");                 /* takes a */
	for (int mark = 0; mark < 2; mark++) { /* two passes are alike */
		assert_close(at(&p, mark, MEASURE_REWARD), 0.5, CLOSE);
		assert_close(at(&p, mark, MEASURE_OTB), 0.5 - 0.625, CLOSE);
		assert_close(at(&p, mark, MEASURE_OPTIMAL), 0.5, CLOSE);
		assert_close(at(&p, mark, MEASURE_REGRET), 1.5 * (mark + 1),
		    CLOSE);
		assert_close(at(&p, mark, MEASURE_COST), 2, CLOSE);
		assert_close(summary_share(&p.tally, 0, 0, mark, 0).mean, 1,
		    CLOSE);
	}
	assert_true(isnan(summary_at(&p.tally, 0, 0, 0, MEASURE_OTB).error));
	played_fini(&p);
	set_fini(&s);
}

/* The rewards of the steps are what sums are made of. */
static void
sums_are_those_of_the_steps(void **state)
{
	struct played p = {
		.replay = { .steps = 40, .marks = 1, .mark = { 40 } }
	};
	struct set s;
	double sum = 0;

	(void)state;
	small(&s, false);
	play(&p, &s, "uniform");
	for (int t = 0; t < 40; t++)
		sum += (double)p.run.reward[t];
	assert_close(at(&p, 0, MEASURE_REWARD), sum / 40, CLOSE);
	assert_int_equal(p.run.pull[0] + p.run.pull[1], 40);
	played_fini(&p);
	set_fini(&s);
}

static void
an_arm_that_was_not_scored_is_not_chosen(void **state)
{
	struct played p = {
		.replay = { .steps = 400, .marks = 1, .mark = { 400 } }
	};
	struct set s;

	(void)state;
	small(&s, true);
	play(&p, &s, "uniform");
	assert_false(isnan(at(&p, 0, MEASURE_REWARD)));
	assert_in_range(p.run.pull[1], 100, 200); /* 3 of 4 rows, half */
	played_fini(&p);
	set_fini(&s);
}

static void
an_arm_that_joins_is_there_from_then_on(void **state)
{
	static const struct change joins = { .arm = "a",
		.step = 11,
		.joins = true };
	struct played p = { .replay = { .steps = 20,
				.marks = 2,
				.mark = { 10, 20 },
				.changes = 1,
				.change = &joins } };
	struct set s;

	(void)state;
	small(&s, false);
	play(&p, &s, "fixed");
	assert_int_equal(p.run.pull[0], 0);
	assert_int_equal(p.run.pull[2], 10);
	assert_int_equal(p.run.pull[3], 10);
	played_fini(&p);
	set_fini(&s);
}

/* Steps of traffic until b is chosen ten times in a row, where history said
 * that a is good, and b is. */
static long
steps_to_forgive(const char *policy)
{
	struct fault f = { 0 };
	struct pick pick = { 0 };
	struct player *p;
	struct set s;
	int row = 0, in_row = 0;
	long t = 0;

	small(&s, false);
	p = player_new(policy, &s, 1, &f);
	assert_non_null(p);
	for (int i = 0; i < 200; i++, row = (row + 1) % ROWS) {
		player_learn(p, set_x(&s, row), row, 0, 0.9, NAN);
		player_learn(p, set_x(&s, row), row, 1, 0.1, NAN);
	}
	for (; t < 5000 && in_row < 10; t++, row = (row + 1) % ROWS) {
		player_choose(p, set_x(&s, row), row, &pick);
		in_row = pick.arm == 1 ? in_row + 1 : 0;
		player_learn(p, set_x(&s, row), row, pick.arm,
		    pick.arm == 1 ? 0.9 : 0.1, NAN);
	}
	player_free(p);
	set_fini(&s);
	return t;
}

static void
wrong_history_loses_to_traffic(void **state)
{
	long half = steps_to_forgive("pak-ucb bandwidth=1");
	long whole = steps_to_forgive("pak-ucb bandwidth=1 history_weight=1");

	(void)state;
	print_message("# half %ld, whole %ld steps\n", half, whole);
	assert_true(half < 0.7 * (double)whole);
	assert_true(whole < 5000);
}

/* Bit for bit what the same algorithm gives elsewhere: contexts, and the mean
 * rewards of the arms. */
static void
worlds_are_those_of_their_definition(void **state)
{
	static const struct {
		const char *words;
		double x[3], expected[2];
	} worlds[] = { { "synth:cluster,rows=6",
			   { 0.057793331247236616, -0.2609375091419457,
			       0.058886060248083676 },
			   { 0.85, 0.46 } },
		{ "synth:antipodal,rows=6",
		    { 0.025752760605131746, -0.22900682907635392,
			-0.1714159501810068 },
		    { 0.45, 0.86 } },
		{ "synth:smooth,rows=6",
		    { 0.057793331247236616, -0.2609375091419457,
			0.058886060248083676 },
		    { 0.6802712719736375, 0.4877604564795169 } } };

	(void)state;
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		struct fault f = { 0 };
		struct set s;

		assert_int_equal(set_problem(&s, worlds[i].words, 1, &f),
		    ERR_NONE);
		for (int k = 0; k < 3; k++)
			assert_true(s.x[5 * 32 + k] == (float)worlds[i].x[k]);
		for (int a = 0; a < 2; a++)
			assert_close(s.expected[5 * 5 + a],
			    worlds[i].expected[a], 1e-15);
		set_fini(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_arm_is_counted_as_by_hand),
		cmocka_unit_test(sums_are_those_of_the_steps),
		cmocka_unit_test(an_arm_that_was_not_scored_is_not_chosen),
		cmocka_unit_test(an_arm_that_joins_is_there_from_then_on),
		cmocka_unit_test(wrong_history_loses_to_traffic),
		cmocka_unit_test(worlds_are_those_of_their_definition),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
