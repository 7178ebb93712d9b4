/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Off-policy estimators: the golden numbers, and what they promise, over
 * thousands of logs of a world whose truth is known.
 */
#include "tests/unit/golden.h"

#include <string.h>

#include "base/mem.h"
#include "eval/ope.h"

#define ARMS 3

static struct ope_estimate
run(const char *name, const struct ope_log *l)
{
	const struct ope_estimator *e = ope_estimator_find(name);

	assert_non_null(e);
	return ope_estimate(e, l, NULL);
}

enum { GOLDEN_ROUNDS = 6 };

static const struct {
	const char *name, *value, *se;
} rows[] = {
	{ "ips", "IPS", "IPS_stderr" },
	{ "clipped-ips", "IPS_clipped", NULL },
	{ "snips", "SNIPS", NULL },
	{ "dm", "DM", NULL },
	{ "dr", "DR", "DR_stderr" },
	{ "sndr", "SNDR", NULL },
	{ "switch-dr", "SwitchDR", NULL },
	{ "dros", "DRos", NULL },
};

static void
golden_numbers(void **state)
{
	json_t *file = golden_load("ope.json");
	double shown[GOLDEN_ROUNDS], propensity[GOLDEN_ROUNDS],
	    reward[GOLDEN_ROUNDS], target[GOLDEN_ROUNDS * ARMS],
	    model[GOLDEN_ROUNDS * ARMS], w[GOLDEN_ROUNDS];
	int arm[GOLDEN_ROUNDS];
	struct ope_log l = { GOLDEN_ROUNDS, ARMS, arm, propensity, reward,
		target, model, golden_num(file, "clip") };

	(void)state;
	golden_read(file, "action", shown, GOLDEN_ROUNDS);
	golden_read(file, "pi_b_logged", propensity, GOLDEN_ROUNDS);
	golden_read(file, "reward", reward, GOLDEN_ROUNDS);
	golden_read(file, "pi_e", target, GOLDEN_ROUNDS * ARMS);
	golden_read(file, "qhat", model, GOLDEN_ROUNDS * ARMS);
	for (int i = 0; i < GOLDEN_ROUNDS; i++)
		arm[i] = (int)shown[i];
	for (int i = 0; i < GOLDEN_ROUNDS; i++)
		w[i] = ope_weight(&l, i);
	golden_compare(file, "w", w, GOLDEN_ROUNDS);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ope_estimate e = run(rows[i].name, &l);

		assert_close(e.value, golden_num(file, rows[i].value),
		    GOLDEN_ERROR);
		if (rows[i].se != NULL)
			assert_close(e.se, golden_num(file, rows[i].se),
			    GOLDEN_ERROR);
	}
	assert_close(ope_effective(&l), golden_num(file, "ESS"), GOLDEN_ERROR);
	json_decref(file);
}

/* No estimator without golden numbers. */
static void
each_estimator_has_a_row(void **state)
{
	size_t n = 0;

	(void)state;
	for (; ope_estimators[n].name != NULL; n++)
		assert_string_equal(ope_estimators[n].name, rows[n].name);
	assert_int_equal(n, sizeof rows / sizeof *rows);
	assert_null(ope_estimator_find("wishes"));
}

/*
 * The world: three kinds of prompt, each with its means, its logging policy and
 * its target; rewards are 0 or 1.  The model is the means, off by `wrong`.
 */
enum { KINDS = 3, ROUNDS = 400, RUNS = 4000 };

static const double means[KINDS][ARMS] = { { 0.8, 0.5, 0.2 }, { 0.3, 0.6, 0.4 },
	{ 0.5, 0.1, 0.7 } };
static const double logging[KINDS][ARMS] = { { 0.5, 0.3, 0.2 },
	{ 0.2, 0.3, 0.5 }, { 0.6, 0.2, 0.2 } };
static const double aim[KINDS][ARMS] = { { 0.8, 0.1, 0.1 }, { 0.1, 0.8, 0.1 },
	{ 0.1, 0.1, 0.8 } };

struct world {
	int arm[ROUNDS];
	double propensity[ROUNDS], reward[ROUNDS], target[ROUNDS][ARMS],
	    model[ROUNDS][ARMS];
};

static double
uniform(uint64_t *random)
{
	return (double)(test_random(random) >> 11) * 0x1p-53;
}

static int
draw(uint64_t *random, const double *p)
{
	double u = uniform(random);

	return u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
}

static struct ope_log
world_fill(struct world *w, uint64_t *random, double wrong)
{
	for (int i = 0; i < ROUNDS; i++) {
		int kind = (int)test_below(random, KINDS);
		int arm = draw(random, logging[kind]);

		w->arm[i] = arm;
		w->propensity[i] = logging[kind][arm];
		w->reward[i] = uniform(random) < means[kind][arm];
		for (int a = 0; a < ARMS; a++) {
			w->target[i][a] = aim[kind][a];
			w->model[i][a] = means[kind][a] + wrong * (a - 0.5);
		}
	}
	return (struct ope_log){ ROUNDS, ARMS, w->arm, w->propensity, w->reward,
		w->target[0], w->model[0], 3 };
}

static double
truth(void)
{
	double sum = 0;

	for (int kind = 0; kind < KINDS; kind++)
		sum += numbers_dot(means[kind], aim[kind], ARMS) / KINDS;
	return sum;
}

/* Over all runs, of one estimator. */
struct tally {
	double sum, square, se;
	int covered;
};

static void
tally_add(struct tally *t, struct ope_estimate e)
{
	double off = e.value - truth();

	t->sum += off;
	t->square += off * off;
	t->se += e.se;
	t->covered += fabs(off) <= 1.96 * e.se;
}

static void
tallies(const char *const *names, int n, double wrong, struct tally *t)
{
	static struct world w;
	uint64_t random = test_seed();

	memset(t, 0, (size_t)n * sizeof *t);
	for (int r = 0; r < RUNS; r++) {
		struct ope_log l = world_fill(&w, &random, wrong);

		for (int i = 0; i < n; i++)
			tally_add(&t[i], run(names[i], &l));
	}
	for (int i = 0; i < n; i++)
		printf("# %-11s wrong %.1f: bias %+.5f sd %.5f mean se %.5f "
		       "covered %.3f\n",
		    names[i], wrong, t[i].sum / RUNS, sqrt(t[i].square / RUNS),
		    t[i].se / RUNS, (double)t[i].covered / RUNS);
}

static double
bias_in_se(const struct tally *t)
{
	double mean = t->sum / RUNS;

	return fabs(mean) / sqrt((t->square / RUNS - mean * mean) / RUNS);
}

/* Whether the model is good or not: that is what two chances mean. */
static void
ips_and_dr_are_unbiased(void **state)
{
	static const char *const names[] = { "ips", "dr" };
	struct tally t[2];

	(void)state;
	for (int wrong = 0; wrong < 2; wrong++) {
		tallies(names, 2, wrong * 0.6, t);
		assert_true(bias_in_se(&t[0]) < 4);
		assert_true(bias_in_se(&t[1]) < 4);
	}
}

static void
standard_errors_are_honest(void **state)
{
	static const char *const names[] = { "ips", "snips", "dr", "sndr" };
	struct tally t[4];

	(void)state;
	tallies(names, 4, 0.2, t);
	for (int i = 0; i < 4; i++) {
		double covered = (double)t[i].covered / RUNS;

		assert_true(covered > 0.92 && covered < 0.98);
		assert_close(t[i].se / RUNS, sqrt(t[i].square / RUNS), 0.1);
	}
}

static void
a_good_model_lowers_the_variance(void **state)
{
	static const char *const names[] = { "ips", "snips", "dr" };
	struct tally t[3];

	(void)state;
	tallies(names, 3, 0, t);
	assert_true(t[2].square < 0.8 * t[0].square);
	assert_true(t[2].square < t[1].square);
}

/* What clipping and a wrong model are for, and what they cost. */
static void
the_others_are_biased(void **state)
{
	static const char *const names[] = { "ips", "clipped-ips", "dm", "dr",
		"switch-dr", "dros" };
	struct tally t[6];

	(void)state;
	tallies(names, 6, 0.6, t);
	assert_true(bias_in_se(&t[1]) > 10 && bias_in_se(&t[2]) > 10 &&
	    bias_in_se(&t[4]) > 10 && bias_in_se(&t[5]) > 10);
	assert_true(
	    t[1].se < t[0].se && t[4].se < t[3].se && t[5].se < t[3].se);
}

/* The terms are those of a mean, so policies on one log may be subtracted. */
static void
terms_have_the_estimate_as_their_mean(void **state)
{
	static struct world w;
	static double term[ROUNDS];
	uint64_t random = test_seed();
	struct ope_log l = world_fill(&w, &random, 0.3);

	(void)state;
	for (const struct ope_estimator *e = ope_estimators; e->name != NULL;
	     e++) {
		struct ope_estimate direct = ope_estimate(e, &l, term),
				    again = ope_mean(term, ROUNDS);

		assert_close(again.value, direct.value, 1e-12);
		assert_close(again.se, direct.se, 1e-12);
	}
}

/* A log of the target itself: what it earned, and nothing of it is lost. */
static void
on_its_own_log_it_earns_what_it_earned(void **state)
{
	static struct world w;
	uint64_t random = test_seed();
	struct ope_log l = world_fill(&w, &random, 0);
	struct ope_estimate want = ope_mean(w.reward, ROUNDS);

	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		w.propensity[i] = w.target[i][w.arm[i]];
	assert_close(run("ips", &l).value, want.value, 1e-12);
	assert_close(run("snips", &l).value, want.value, 1e-12);
	assert_close(run("snips", &l).se, want.se, 1e-12);
	assert_close(ope_effective(&l), ROUNDS, 1e-12);
}

static void
no_weight_at_all_is_no_number(void **state)
{
	static struct world w;
	uint64_t random = test_seed();
	struct ope_log l = world_fill(&w, &random, 0);

	(void)state;
	memset(w.target, 0, sizeof w.target);
	assert_true(isnan(run("snips", &l).value));
	assert_true(run("ips", &l).value == 0);
	assert_true(ope_effective(&l) == 0);
	l.n = 1;
	assert_true(isnan(run("ips", &l).se));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_numbers),
		cmocka_unit_test(each_estimator_has_a_row),
		cmocka_unit_test(ips_and_dr_are_unbiased),
		cmocka_unit_test(standard_errors_are_honest),
		cmocka_unit_test(a_good_model_lowers_the_variance),
		cmocka_unit_test(the_others_are_biased),
		cmocka_unit_test(terms_have_the_estimate_as_their_mean),
		cmocka_unit_test(on_its_own_log_it_earns_what_it_earned),
		cmocka_unit_test(no_weight_at_all_is_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
