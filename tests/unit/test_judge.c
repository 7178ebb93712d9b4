/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Players on a log: what is asked of them in which order, what is refused, and
 * what comes out where the truth is known.  The players are
 * those of judged.c.
 */
#include "tests/unit/judged.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "eval/judge.h"
#include "eval/walk.h"

static void
walked(const char *spec, double *target)
{
	struct fault f;

	assert_int_equal(walk(spec, &judged, 1, target, &f), ERR_NONE);
}

static void
a_walk_looks_back_only(void **state)
{
	static double target[ROUNDS][ARMS], again[ROUNDS][ARMS];

	(void)state;
	judged_fill();
	walked("mean", target[0]);
	for (int i = 1000; i < ROUNDS; i++)
		judged_round[i].reward = judged_round[i].arm == 2;
	walked("mean", again[0]);
	assert_memory_equal(target, again, 1001 * sizeof *target);
	assert_true(target[ROUNDS - 1][2] == 0 && again[ROUNDS - 1][2] == 1);
}

static void
what_was_not_eligible_is_not_taken(void **state)
{
	static double target[ROUNDS][ARMS];

	(void)state;
	judged_fill();
	for (int i = 0; i < ROUNDS; i++)
		if (i % 5 < 2)
			judged_eligible[i][(judged_round[i].arm + 1) % ARMS] =
			    false;
	walked("mean", target[0]);
	for (int i = 0; i < ROUNDS; i++)
		for (int a = 0; a < ARMS; a++)
			assert_true(judged_eligible[i][a] || target[i][a] == 0);
}

static struct judge
judge_of(unsigned needs, struct holdout *g)
{
	struct judge j;
	struct fault f;

	assert_int_equal(judge_init(&j, &judged, 0, judged.n, needs, 10, g, &f),
	    ERR_NONE);
	return j;
}

static struct verdict
verdict(struct judge *j, const char *spec, const char *estimator)
{
	struct verdict v;
	struct fault f;

	assert_int_equal(judge_player(j, spec, 1, &f), ERR_NONE);
	assert_int_equal(
	    judge_verdict(j, ope_estimator_find(estimator), spec, &v, &f),
	    ERR_NONE);
	return v;
}

/* What a policy earns over what a random one does, on these contexts. */
static double
true_gain(int arm)
{
	double sum = 0;

	for (int i = 0; i < ROUNDS; i++)
		sum += judged_chance(judged_x[i],
			   arm >= 0                 ? arm
			       : judged_x[i][0] > 0 ? 0
						    : 1) -
		    1.4 / 3;
	return sum / ROUNDS;
}

static void
the_truth_is_within(void **state)
{
	static const char *const names[] = { "ips", "snips", "dr", "sndr" };
	struct judge j;

	(void)state;
	judged_fill();
	j = judge_of(OPE_PROPENSITY | OPE_MODEL, NULL);
	for (int i = 0; i < 4; i++) {
		struct verdict good = verdict(&j, "best", names[i]),
			       bad = verdict(&j, "third", names[i]);

		assert_true(
		    fabs(good.gain - true_gain(-1)) < 1.5 * good.within);
		assert_true(fabs(bad.gain - true_gain(2)) < 1.5 * bad.within);
		assert_true(good.gain > good.within && good.within < 0.1);
		assert_close(good.reward - good.gain, j.logged.value, 1e-9);
		assert_true(good.effective > 900 && good.effective < 1100);
		assert_true(good.blind == 0);
	}
	judge_fini(&j);
}

/* What a walk would have earned in its rounds, as they came. */
static double
truth(const struct judge *j)
{
	double sum = 0;

	for (int i = 0; i < judged.n; i++)
		for (int a = 0; a < ARMS; a++)
			sum += j->target[i * ARMS + a] *
			    judged_chance(judged_x[i], a);
	return sum / (double)judged.n;
}

/* Of a player that learns while it is judged, from rewards that are also what
 * it is judged by. */
static void
learning_is_no_bias(void **state)
{
	enum { RUNS = 1000 };
	uint64_t random = test_seed();
	double sum = 0, square = 0;
	int covered = 0;

	(void)state;
	for (int r = 0; r < RUNS; r++) {
		struct verdict v;
		struct judge j;
		double off;

		judged_fill_more(&random);
		judged.n = 300;
		j = judge_of(OPE_PROPENSITY, NULL);
		v = verdict(&j, "mean", "ips");
		off = v.reward - truth(&j);
		judge_fini(&j);
		sum += off;
		square += off * off;
		covered += fabs(off) <= 1.96 * v.reward_se;
	}
	printf("# bias %.5f, sd %.5f, covered %.3f\n", sum / RUNS,
	    sqrt(square / RUNS), (double)covered / RUNS);
	assert_true(fabs(sum) < 4 * sqrt(square));
	assert_true(covered > 0.92 * RUNS && covered < 0.98 * RUNS);
}

/* To the last digit, whatever the variance of the rewards. */
static void
the_policy_of_the_log_gains_nothing(void **state)
{
	struct verdict v;
	struct judge j;

	(void)state;
	judged_fill();
	j = judge_of(OPE_PROPENSITY, NULL);
	v = verdict(&j, "even", "ips");
	assert_true(fabs(v.gain) < 1e-15 && v.within < 1e-15);
	assert_close(v.reward, j.logged.value, 1e-12);
	assert_close(v.effective, ROUNDS, 1e-9);
	judge_fini(&j);
}

static void
a_part_is_judged_but_all_is_learnt(void **state)
{
	struct verdict v;
	struct judge j;
	struct fault f;
	double sum = 0;

	(void)state;
	judged_fill();
	for (int i = 0; i < 2000; i++)
		judged_round[i].reward = judged_round[i].arm == 2;
	assert_int_equal(
	    judge_init(&j, &judged, 2000, 2010, OPE_PROPENSITY, 1, NULL, &f),
	    ERR_NONE);
	v = verdict(&j, "mean", "ips");
	for (int i = 2000; i < 2010; i++)
		sum +=
		    judged_round[i].arm == 2 ? 3 * judged_round[i].reward : 0;
	assert_close(v.reward, sum / 10, 1e-12);
	judge_fini(&j);
	assert_int_equal(judge_init(&j, &judged, 9, 10, 0, 1, NULL, &f),
	    ERR_DATA);
}

static void
a_missing_propensity_is_named(void **state)
{
	struct judge j;
	struct fault f;

	(void)state;
	judged_fill();
	judged_round[77].propensity = NAN;
	assert_int_equal(
	    judge_init(&j, &judged, 0, ROUNDS, OPE_PROPENSITY, 1, NULL, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "made.jsonl:78: "));
	j = judge_of(OPE_MODEL, NULL);
	assert_true(isnan(verdict(&j, "best", "dm").effective));
	judge_fini(&j);
	judged_round[77].propensity = 0;
	assert_int_equal(
	    judge_init(&j, &judged, 0, ROUNDS, OPE_PROPENSITY, 1, NULL, &f),
	    ERR_DATA);
}

/* Weights of 1 and 0 would look like an answer. */
static void
a_log_without_chance_is_refused(void **state)
{
	struct judge j;
	struct fault f;

	(void)state;
	judged_fill();
	for (int i = 0; i < ROUNDS; i++)
		judged_round[i].propensity = 1;
	assert_int_equal(
	    judge_init(&j, &judged, 0, ROUNDS, OPE_PROPENSITY, 1, NULL, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "explore_floor"));
	assert_non_null(strstr(f.text, "thompson"));
	j = judge_of(OPE_MODEL, NULL);
	assert_true(verdict(&j, "best", "dm").gain > 0.1);
	judge_fini(&j);
	for (int i = 0; i < ROUNDS; i++)
		for (int a = 0; a < ARMS; a++)
			judged_eligible[i][a] = a == judged_round[i].arm;
	j = judge_of(OPE_PROPENSITY, NULL);
	judge_fini(&j);
}

static void
choices_without_support_are_counted(void **state)
{
	struct judge j;
	int blind = 0;

	(void)state;
	judged_fill();
	for (int i = 0; i < ROUNDS; i += 2) {
		judged_round[i].propensity = 1;
		blind += judged_round[i].arm != 2;
	}
	j = judge_of(OPE_PROPENSITY, NULL);
	assert_close(verdict(&j, "third", "ips").blind, blind / 3000.0, 1e-12);
	judge_fini(&j);
}

static void
an_unknown_policy_is_named(void **state)
{
	struct judge j;
	struct fault f;

	(void)state;
	judged_fill();
	j = judge_of(0, NULL);
	assert_int_equal(judge_player(&j, "wishes", 1, &f), ERR_BAD_REQUEST);
	assert_non_null(strstr(f.text, "wishes"));
	assert_int_equal(judge_player(&j, "oracle", 1, &f), ERR_BAD_REQUEST);
	assert_non_null(strstr(f.text, "no log"));
	judge_fini(&j);
}

static void
guarded(void (*test)(struct holdout *))
{
	char path[] = "/tmp/test_judge.XXXXXX";
	int fd = mkstemp(path);
	struct holdout g;
	struct fault f;

	assert_true(fd >= 0);
	close(fd);
	judged_fill();
	assert_int_equal(holdout_open(&g, path, &judged, 0, 5, &f), ERR_NONE);
	test(&g);
	holdout_close(&g);
	unlink(path);
}

static void
answers_are_kept(struct holdout *g)
{
	struct judge j = judge_of(OPE_PROPENSITY | OPE_MODEL, g);
	struct verdict v = verdict(&j, "best", "dr"), again;

	assert_true(!v.held && isnan(v.gain_se) && v.within > 0);
	assert_true(fabs(v.gain - true_gain(-1)) < v.within);
	assert_close(v.reward - v.gain, j.logged.value, 1e-9);
	again = verdict(&j, "best", "dr");
	assert_true(again.gain == v.gain && g->state.asked == 1);
	verdict(&j, "best", "snips");
	verdict(&j, "third", "snips");
	assert_int_equal(g->state.asked, 3);
	judge_fini(&j);
}

/* Not the model either, which would carry rewards from one half to the other.
 */
static void
held_rewards_are_not_looked_at(struct holdout *g)
{
	double model[ARMS];
	struct judge j = judge_of(OPE_PROPENSITY | OPE_MODEL, g);
	struct verdict v = verdict(&j, "best", "dr"), again;

	memcpy(model, j.model, sizeof model);
	judge_fini(&j);
	for (int i = 0; i < ROUNDS; i++)
		if (thresholdout_held(g->state.seed, i))
			judged_round[i].reward *= 1.2;
	g->answers = 0;
	j = judge_of(OPE_PROPENSITY | OPE_MODEL, g);
	assert_memory_equal(model, j.model, sizeof model);
	again = verdict(&j, "best", "dr");
	assert_true(!again.held && again.gain == v.gain);
	judge_fini(&j);
}

/* Where the holdout has the opposite rewards it is what counts. */
static void
flattery_is_answered_by_the_holdout(struct holdout *g)
{
	struct verdict v;
	struct judge j;

	for (int i = 0; i < ROUNDS; i++)
		if (thresholdout_held(g->state.seed, i))
			judged_round[i].reward = 1 - judged_round[i].reward;
	j = judge_of(OPE_PROPENSITY, g);
	v = verdict(&j, "best", "ips");
	assert_true(v.held && v.gain < 0);
	assert_int_equal(g->state.spent, 1);
	judge_fini(&j);
}

static void
a_guard_answers_from_half_of_the_log(void **state)
{
	(void)state;
	guarded(answers_are_kept);
	guarded(held_rewards_are_not_looked_at);
	guarded(flattery_is_answered_by_the_holdout);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_looks_back_only),
		cmocka_unit_test(what_was_not_eligible_is_not_taken),
		cmocka_unit_test(the_truth_is_within),
		cmocka_unit_test(learning_is_no_bias),
		cmocka_unit_test(the_policy_of_the_log_gains_nothing),
		cmocka_unit_test(a_part_is_judged_but_all_is_learnt),
		cmocka_unit_test(a_missing_propensity_is_named),
		cmocka_unit_test(a_log_without_chance_is_refused),
		cmocka_unit_test(choices_without_support_are_counted),
		cmocka_unit_test(an_unknown_policy_is_named),
		cmocka_unit_test(a_guard_answers_from_half_of_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
