/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The benchmarks' straightforward build computes what banditd computes. */
#include "tests/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "bandit/model.h"
#include "bandit/race.h"
#include "tests/bench/gsl_build.h"

#define WIDTH 32
#define REWARDS 100
#define ALPHA 3.0
#define WITHIN 1e-9

static void
fill(uint64_t *state, double *phi)
{
	for (int j = 0; j < WIDTH; j++)
		phi[j] = (double)(test_random(state) >> 11) * 0x1p-53 - 0.5;
}

static void
ridge_is_the_same(void **unused)
{
	struct model *m = model_new(&model_ridge,
	    &(struct model_params){ .in = WIDTH, .alpha = ALPHA });
	struct gsl_build *g = gsl_build_new(4, WIDTH, 2, ALPHA);
	double phi[WIDTH], mean, sigma;
	uint64_t state = test_seed();
	struct model_score s;

	(void)unused;
	for (int i = 0; i < REWARDS; i++) {
		fill(&state, phi);
		gsl_build_set_phi(g, phi);
		gsl_build_score(g, 1, &mean, &sigma);
		model_score(m, phi, 1, &s);
		assert_true(fabs(mean - s.fit) <= WITHIN);
		assert_true(fabs(sigma - s.sigma) <= WITHIN);
		gsl_build_learn(g, 1, phi[0]);
		assert_int_equal(model_learn(m, phi, phi[0], 1), ERR_NONE);
	}
	gsl_build_score(g, 0, &mean, &sigma);
	assert_true(mean == 0); /* it learnt nothing */
	gsl_build_free(g);
	model_free(m);
}

static void
decides_for_the_best(void **unused)
{
	struct gsl_build *g = gsl_build_new(4, WIDTH, 3, ALPHA);
	double x[] = { 0.5, 0.5, -0.5, 0.5 };

	(void)unused;
	for (int arm = 0; arm < 3; arm++) {
		gsl_build_fill(g, x);
		gsl_build_learn(g, arm, arm == 1 ? 1 : 0.25);
	}
	assert_int_equal(gsl_build_decide(g, x, 0.5), 1);
	gsl_build_free(g);
}

static void
race_is_the_same(void **unused)
{
	double mean[] = { 0.1, 0.4, 0.3 }, sd[] = { 0.2, 0.1, 0.3 };
	double ours[3], theirs[3];
	struct race *r = race_new();

	(void)unused;
	race_best(r, 3, mean, sd, ours);
	gsl_build_race(3, mean, sd, theirs);
	for (int i = 0; i < 3; i++)
		assert_true(fabs(ours[i] - theirs[i]) <= 1e-6);
	race_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ridge_is_the_same),
		cmocka_unit_test(decides_for_the_best),
		cmocka_unit_test(race_is_the_same),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
