/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sketch: never less than the true sigma, and near it where it can be. */
#include "tests/unit/dense.h"

#include <gsl/gsl_errno.h>

#include "bandit/sketch.h"

#define SCORES 50

struct subject {
	struct chol chol;
	struct dense dense;
	struct sketch sketch;
	double scale, floor; /* A = scale L L' */
	uint64_t random;
};

/* One that has seen that many directions, some of them often. */
static void
subject_init(struct subject *s, int n, int updates, double diag)
{
	double x[DENSE_MAX];

	*s = (struct subject){ .random = test_seed() ^ (uint64_t)(n + updates),
		.scale = 1,
		.floor = diag };
	chol_init(&s->chol, n, n, diag);
	sketch_init(&s->sketch, n);
	s->sketch.floor = diag;
	for (int i = 0; i < updates; i++) {
		numbers_unit(&s->random, x, n);
		for (int times = 0; times < (i % 5 == 0 ? 40 : 1); times++)
			assert_int_equal(
			    chol_update(&s->chol, x, number(&s->random), 1, 1),
			    ERR_NONE);
	}
}

static void
subject_fini(struct subject *s)
{
	sketch_fini(&s->sketch);
	chol_fini(&s->chol);
}

/* The mean of bound over truth, each at least 1. */
static double
assert_bound(struct subject *s)
{
	double phi[DENSE_MAX], y[DENSE_MAX], fit, unit, sigma, mean = 0;
	const double square[3] = { 1, 1, 1 };
	float single[3 * DENSE_MAX];
	struct model_bound b, many[3];
	int n = s->chol.n;

	sketch_weigh(&s->sketch, &s->chol);
	for (int i = 0; i < SCORES; i++) {
		numbers_unit(&s->random, phi, n);
		for (int j = 0; j < n; j++)
			single[j] = single[n + j] = single[2 * n + j] =
			    (float)phi[j];
		sigma =
		    sqrt(chol_solve(&s->chol, phi, y, &fit, &unit) / s->scale);
		sketch_bound(&s->sketch, single, square, 1, &b);
		sketch_bound(&s->sketch, single, square, 3, many);
		for (int k = 0; k < 3; k++)
			assert_memory_equal(&many[k], &b, sizeof b);
		assert_true(b.sigma >= sigma);
		assert_true(fabs(b.fit - fit) <= b.fit_error);
		assert_true(fabs(b.unit - unit) <= b.unit_error);
		assert_true(b.fit_error < 1e-3 && b.unit_error < 1e-3);
		mean += b.sigma / sigma / SCORES;
	}
	return mean;
}

static void
sigma_is_never_more_than_the_bound(void **state)
{
	(void)state;
	for (int n = 1; n <= DENSE_MAX; n += 1 + n / 3)
		for (double diag = 1e-4; diag < 20; diag *= 100)
			for (int updates = 0; updates < 120;
			     updates = 2 * updates + 3) {
				struct subject s;

				subject_init(&s, n, updates, diag);
				assert_bound(&s); /* before it has looked */
				sketch_look(&s.sketch, &s.chol, 1, diag);
				assert_bound(&s);
				subject_fini(&s);
			}
}

/* As many directions as there are in the matrix: the bound is the truth. */
static void
few_directions_are_known_whole(void **state)
{
	struct subject s;

	(void)state;
	subject_init(&s, 60, SKETCH_RANK - 2, 1);
	sketch_look(&s.sketch, &s.chol, 1, 1);
	assert_true(assert_bound(&s) < 1.001);
	subject_fini(&s);
}

static void
looking_again_comes_nearer(void **state)
{
	struct subject s;
	double before, after;

	(void)state;
	subject_init(&s, 60, 60, 0.1);
	before = assert_bound(&s);
	for (int i = 0; i < 5; i++)
		sketch_look(&s.sketch, &s.chol, 1, 0.1);
	after = assert_bound(&s);
	printf("# %.2f of sigma at first, then %.2f\n", before, after);
	assert_true(after - 1 < 0.8 * (before - 1));
	subject_fini(&s);
}

static void
what_is_learnt_later_keeps_it_a_bound(void **state)
{
	double x[DENSE_MAX];
	struct subject s;

	(void)state;
	subject_init(&s, 50, 30, 0.5);
	sketch_look(&s.sketch, &s.chol, 1, 0.5);
	for (int i = 0; i < 50; i++) {
		numbers_unit(&s.random, x, 50);
		chol_update(&s.chol, x, 1, 1, 1);
		assert_bound(&s);
	}
	subject_fini(&s);
}

/* A became keep (A - I / 2) + I / 2. */
static void
what_fades_keeps_it_a_bound(void **state)
{
	double by[DENSE_MAX];
	struct subject s;

	(void)state;
	subject_init(&s, 50, 60, 0.5);
	sketch_look(&s.sketch, &s.chol, 1, 0.5);
	for (int i = 0; i < 8; i++) {
		s.scale *= 0.5;
		for (int j = 0; j < 50; j++)
			by[j] = 0.25 / s.scale;
		assert_int_equal(chol_shift(&s.chol, by, NULL, NULL), ERR_NONE);
		sketch_fade(&s.sketch, 0.5, 0.5);
		assert_bound(&s);
	}
	sketch_look(&s.sketch, &s.chol, s.scale, 0.5);
	assert_bound(&s);
	subject_fini(&s);
}

/* Features that are all equal, as of a kernel that is much wider than the
 * contexts: each addition rounds the same way.  They were learnt w times over,
 * with a reward of 1. */
static void
check_equal(int n, double w)
{
	double *often = test_calloc((size_t)n, sizeof *often), one = 1;
	float *single = test_calloc((size_t)n, sizeof *single);
	struct model_bound b;
	struct sketch s;
	struct chol c;

	for (int j = 0; j < n / 2; j++) {
		single[j] = (float)(1 / sqrt(n / 2));
		often[j] = sqrt(w) / sqrt(n / 2);
	}
	chol_init(&c, n, n, 1);
	assert_int_equal(chol_update(&c, often, sqrt(w), sqrt(w), 1), ERR_NONE);
	sketch_init(&s, n);
	sketch_weigh(&s, &c);
	sketch_look(&s, &c, 1, 1);
	sketch_bound(&s, single, &one, 1, &b);
	assert_true(b.sigma >= 1 / sqrt(1 + w));
	assert_true(fabs(b.fit - w / (1 + w)) <= b.fit_error);
	sketch_fini(&s);
	chol_fini(&c);
	test_free(often);
	test_free(single);
}

static void
equal_features_keep_it_a_bound(void **state)
{
	(void)state;
	for (int n = 1000; n < 4000; n += 444)
		for (double w = 1e2; w < 1e6; w *= 10)
			check_equal(n + n % 4, w);
	check_equal(1490, 3e4);
	check_equal(3888, 3e4);
}

/* Of a model that is taught, and now and then forgets, but is weighed anew only
 * when it likes. */
static void
check_taught(double slack, uint64_t *random)
{
	struct model_params p = { .in = 40, .alpha = 0.5, .slack = slack };
	struct model *m = model_new(&model_ridge, &p);
	double x[DENSE_MAX], square = 1, wide = 0;
	float single[DENSE_MAX];
	struct model_score s;
	struct model_bound b;
	int bounds = 0;

	for (int i = 0; i < 1000; i++) {
		numbers_unit(random, x, p.in);
		if (i % 10 == 0) {
			model_learn(m, x, number(random), 1 + number(random));
			model_decay(m, i % 50 == 0 && slack > 0 ? 0.98 : 1);
		}
		if (i % 100 == 99)
			model_look(m);
		numbers_unit(random, x, p.in);
		for (int j = 0; j < p.in; j++)
			single[j] = (float)x[j];
		if (!model_bound(m, single, &square, 1, &b))
			continue;
		model_score_fast(m, x, 1, &s); /* as if it would not do */
		model_score(m, x, 1, &s);
		assert_true(b.sigma >= s.sigma);
		assert_true(fabs(b.fit - s.fit) <= b.fit_error);
		assert_true(fabs(b.unit - s.unit) <= b.unit_error);
		wide += b.fit_error / s.sigma;
		bounds++;
	}
	printf("# %d bounds of 1000, %.2f of sigma wide\n", bounds,
	    wide / bounds);
	assert_true(bounds > (slack > 0 ? 500 : 900));
	assert_true(wide / bounds < 1);
	model_free(m);
}

static void
weights_of_before_a_lesson_keep_it_a_bound(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	check_taught(0, &random);
	check_taught(1.05, &random);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sigma_is_never_more_than_the_bound),
		cmocka_unit_test(few_directions_are_known_whole),
		cmocka_unit_test(looking_again_comes_nearer),
		cmocka_unit_test(what_is_learnt_later_keeps_it_a_bound),
		cmocka_unit_test(what_fades_keeps_it_a_bound),
		cmocka_unit_test(equal_features_keep_it_a_bound),
		cmocka_unit_test(weights_of_before_a_lesson_keep_it_a_bound),
	};

	gsl_set_error_handler_off(); /* as the daemon does */
	return cmocka_run_group_tests_name("sketch", tests, NULL, NULL);
}
