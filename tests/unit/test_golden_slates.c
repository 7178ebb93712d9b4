/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws, what they choose and how probable that was, against the golden
 * numbers. */
#include "tests/unit/golden.h"

#include <string.h>

#include "bandit/model.h"
#include "tests/unit/arms.h"

#define SLATE 3    /* the K of slate.json */
#define HISTORY 18 /* contexts of thompson.json, by turns an arm's */

static gsl_rng *told;

/* Arms of mean 0 and spread 1, so that a draw is what it was told to be. */
static void
arms_standard(struct arms *a)
{
	arms_init(a);
	a->c.exploration = 1;
	for (int i = 0; i < ARMS; i++) {
		a->mean[i] = 0;
		a->sigma[i] = 1;
	}
}

/* Nothing is left to the floor. */
static void
begin(void)
{
	script_begin(told);
	script_share(0.5);
}

static void
tell(const double *z, int n)
{
	for (int i = 0; i < n; i++)
		script_normal(z[i]);
}

static void
compare_slate(const json_t *want, const struct chosen *x)
{
	assert_int_equal(json_array_size(want), SLATE);
	for (size_t i = 0; i < SLATE; i++)
		assert_int_equal(x->slate[i],
		    json_integer_value(json_array_get(want, i)));
}

static void
in_slate(const json_t *file, bool rank_major, const char *key)
{
	double draw[SLATE * ARMS];
	struct chosen x;
	struct arms a;

	arms_standard(&a);
	a.c.rank_major = rank_major;
	golden_read(file, "scores_per_draw", draw, SLATE * ARMS);
	begin();
	tell(draw, SLATE * ARMS);
	arms_choose(policy_get("in-slate-thompson"), &a, 0, SLATE, told, &x);
	compare_slate(golden_get(file, key), &x);
	for (int i = 0; i < ARMS; i++) /* those of the first set */
		assert_true(fabs(x.score[i] - draw[i]) < 1e-6);
}

static void
fresh_draws_for_every_position(void **state)
{
	json_t *file = golden_load("slate.json");

	(void)state;
	assert_int_equal(golden_int(file, "K"), SLATE);
	in_slate(file, false, "inslate_sequential");
	in_slate(file, true, "inslate_rank_major");
	in_slate(golden_get(file, "case2"), false, "inslate_sequential");
	in_slate(golden_get(file, "case2"), true, "inslate_rank_major");
	json_decref(file);
}

static void
the_top_of_one_draw(void **state)
{
	json_t *file = golden_load("slate.json"), *want;
	double draw[SLATE][ARMS];
	struct chosen x;
	struct arms a;
	size_t i;

	(void)state;
	arms_standard(&a);
	golden_read(file, "scores_per_draw", draw[0], SLATE * ARMS);
	json_array_foreach (golden_get(file, "single_draw_topK"), i, want) {
		begin();
		tell(draw[i], ARMS);
		arms_choose(policy_get("thompson"), &a, 0, SLATE, told, &x);
		compare_slate(want, &x);
	}
	assert_int_equal(i, SLATE);
	json_decref(file);
}

/* Without draws it is the ranking of the scores, which the file has in
 * order. */
static void
the_top_of_the_means(void **state)
{
	json_t *file = golden_load("slate.json");
	struct chosen x;
	struct arms a;

	(void)state;
	arms_init(&a);
	golden_read(file, "greedy_scores", a.mean, ARMS);
	begin();
	arms_choose(policy_get("greedy"), &a, 0, SLATE, told, &x);
	for (int i = 0; i < SLATE; i++) {
		assert_int_equal(x.slate[i], i);
		assert_true(x.propensity[i] == 1);
	}
	json_decref(file);
}

/* The models of the file: each has every third context. */
static void
models_make(const struct golden *g, double alpha, struct model **model)
{
	struct model_params p = { .alpha = alpha, .in = GOLDEN_PHI };
	double phi[GOLDEN_PHI];

	for (int i = 0; i < GOLDEN_ARMS; i++)
		model[i] = model_new(&model_ridge, &p);
	for (int t = 0; t < HISTORY; t++) {
		int arm = t % GOLDEN_ARMS;

		golden_phi(g, "2D", g->x[t], phi);
		assert_int_equal(
		    model_learn(model[arm], phi, g->reward[arm][t], 1),
		    ERR_NONE);
	}
}

/* mean + v sigma z, first of the numbers themselves and then as drawn. */
static void
check_scalar(const json_t *decision, struct arms *a)
{
	double z[GOLDEN_ARMS], score[GOLDEN_ARMS], centre[GOLDEN_ARMS],
	    spread[GOLDEN_ARMS];
	struct chosen x;

	golden_read(decision, "z_scalar", z, GOLDEN_ARMS);
	score_thompson(&a->c, centre, spread);
	for (int i = 0; i < GOLDEN_ARMS; i++)
		score[i] = centre[i] + spread[i] * z[i];
	golden_compare(decision, "score_scalar", score, GOLDEN_ARMS);
	begin();
	tell(z, GOLDEN_ARMS);
	arms_choose(policy_get("thompson"), a, 0, 1, told, &x);
	assert_int_equal(x.slate[0], golden_int(decision, "arm_scalar"));
	for (int i = 0; i < GOLDEN_ARMS; i++)
		assert_true(fabs(x.score[i] - score[i]) < 1e-6);
}

static void
thompson_by_one_number_an_arm(void **state)
{
	json_t *file = golden_load("thompson.json"), *decision;
	struct model *model[GOLDEN_ARMS];
	double phi[GOLDEN_PHI];
	struct golden g;
	struct arms a;
	size_t t;

	(void)state;
	golden_inputs(&g);
	models_make(&g, golden_num(file, "alpha"), model);
	arms_init(&a);
	arms_limit(&a, GOLDEN_ARMS);
	a.c.exploration = golden_num(file, "v");
	json_array_foreach (golden_get(file, "decisions"), t, decision) {
		golden_phi(&g, "2D", g.x[golden_int(decision, "query")], phi);
		for (int i = 0; i < GOLDEN_ARMS; i++) {
			struct model_score s;

			model_score(model[i], phi, 1, &s);
			a.mean[i] = s.fit;
			a.sigma[i] = s.sigma;
		}
		golden_compare(decision, "mu", a.mean, GOLDEN_ARMS);
		golden_compare(decision, "sigma", a.sigma, GOLDEN_ARMS);
		check_scalar(decision, &a);
	}
	assert_int_equal(t, 6);
	for (int i = 0; i < GOLDEN_ARMS; i++)
		model_free(model[i]);
	json_decref(file);
}

/* Without v the sigmas are the standard deviations. */
static void
probabilities(const json_t *arms, int n, struct chosen *x)
{
	static const double any[ARMS];
	struct arms a;

	arms_init(&a);
	arms_limit(&a, n);
	a.c.exploration = 1;
	golden_read(arms, "mu", a.mean, n);
	golden_read(arms, "sd", a.sigma, n);
	begin();
	tell(any, n);
	arms_choose(policy_get("thompson"), &a, 0, 1, told, x);
	assert_true(x->propensity[0] == x->probability[x->slate[0]]);
}

static void
probabilities_of_the_best(void **state)
{
	json_t *file = golden_load("ts_propensity.json"), *arms;
	struct chosen x;

	(void)state;
	arms = golden_get(file, "two_arm");
	probabilities(arms, 2, &x);
	assert_close(x.probability[0], golden_num(arms, "p_arm0"),
	    GOLDEN_ERROR);
	arms = golden_get(file, "three_arm");
	probabilities(arms, 3, &x);
	golden_compare(arms, "p", x.probability, 3);
	json_decref(file);
}

/*
 * Gaussian Thompson sampling without contexts: with noise of variance s^2 and
 * a prior N(m, s0^2) the posterior is that of a ridge of one constant feature,
 * with alpha = s^2 / s0^2, v = s and rewards less m.
 */
static void
gaussian_thompson_of_counts(void **state)
{
	json_t *file = golden_load("classic.json");
	json_t *want = golden_get(file, "gauss_ts");
	double noise = golden_num(want, "noise_var"), one = 1, centre, spread;
	double prior = golden_num(want, "mu0");
	struct model_params p = { .in = 1,
		.alpha = noise / golden_num(want, "s0sq") };
	struct model *model = model_new(&model_ridge, &p);
	struct model_score s;
	struct arms a;

	(void)state;
	for (int i = golden_int(want, "n"); i > 0; i--)
		assert_int_equal(
		    model_learn(model, &one, golden_num(want, "ybar"), 1),
		    ERR_NONE);
	model_score(model, &one, 1, &s);
	arms_init(&a);
	arms_limit(&a, 1);
	a.mean[0] = s.fit + prior * (1 - s.unit);
	a.sigma[0] = s.sigma;
	a.c.exploration = sqrt(noise);
	score_thompson(&a.c, &centre, &spread);
	assert_close(centre, golden_num(want, "post_mean"), GOLDEN_ERROR);
	assert_close(spread * spread, golden_num(want, "post_var"),
	    GOLDEN_ERROR);
	model_free(model);
	json_decref(file);
}

static int
make(void **state)
{
	(void)state;
	told = gsl_rng_alloc(rng_script);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	gsl_rng_free(told);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_draws_for_every_position),
		cmocka_unit_test(the_top_of_one_draw),
		cmocka_unit_test(the_top_of_the_means),
		cmocka_unit_test(thompson_by_one_number_an_arm),
		cmocka_unit_test(probabilities_of_the_best),
		cmocka_unit_test(gaussian_thompson_of_counts),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
