/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model: ridge and exact kernel against dense solves and each other. */
#include "tests/unit/models.h"

#include <gsl/gsl_linalg.h>
#include <string.h>

#include "features/rff.h"

static double
kernel(const struct model_params *p, const double *x, const double *y)
{
	double difference[D], dot = numbers_dot(x, y, D);

	for (int i = 0; i < D; i++)
		difference[i] = x[i] - y[i];
	switch (p->kernel) {
	case KERNEL_RBF:
		return exp(-numbers_dot(difference, difference, D) /
		    (2 * p->bandwidth * p->bandwidth));
	case KERNEL_POLY:
		return pow(dot + 1, 3);
	case KERNEL_LINEAR:
		return dot;
	}
	return NAN;
}

/* By the contract's formulas: k' (K + alpha I)^-1 r and its sigma. */
static struct model_score
dense_kernel(const struct model_params *p, const struct models_data *data,
    int n, const double *q)
{
	gsl_matrix *a = gsl_matrix_alloc((size_t)n, (size_t)n);
	gsl_vector *k = gsl_vector_alloc((size_t)n);
	struct model_score s = { 0 };
	double var = kernel(p, q, q);

	for (int i = 0; i < n; i++) {
		gsl_vector_set(k, (size_t)i, kernel(p, data->x[i], q));
		for (int j = 0; j < n; j++)
			gsl_matrix_set(a, (size_t)i, (size_t)j,
			    kernel(p, data->x[i], data->x[j]) +
				(i == j ? p->alpha : 0));
	}
	gsl_linalg_cholesky_decomp1(a);
	gsl_linalg_cholesky_svx(a, k);
	for (int i = 0; i < n; i++) {
		double w = gsl_vector_get(k, (size_t)i);

		s.fit += w * data->reward[i];
		s.unit += w;
		var -= w * kernel(p, data->x[i], q);
	}
	s.sigma = sqrt(var / p->alpha);
	gsl_matrix_free(a);
	gsl_vector_free(k);
	return s;
}

static void
assert_score(struct model *model, const double *q, struct model_score want,
    double error)
{
	struct model_score got;

	model_score(model, q, 1, &got);
	assert_close(got.fit, want.fit, error);
	assert_close(got.unit, want.unit, error);
	assert_close(got.sigma, want.sigma, error);
}

/* With the linear kernel the same formulas are those of the ridge. */
static void
every_model_equals_a_dense_solve(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which);
		struct model_params p = models[which].params;

		if (models[which].type == &model_ridge)
			p.kernel = KERNEL_LINEAR;
		for (int n = 1; n <= POINTS; n++) {
			models_learn(model, &data, n - 1, n, 0);
			for (int i = 0; i < QUERIES; i++)
				assert_score(model, data.query[i],
				    dense_kernel(&p, &data, n, data.query[i]),
				    1e-10);
		}
		model_free(model);
	}
	model_free(NULL);
}

static void
nothing_learnt_is_the_prior(void **state)
{
	static const double sigma[] = { 1, 1, 1, 2.8284271247461901, 1 };
	double x[D] = { 1 };

	(void)state;
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which);
		struct model_score want = { 0, 0,
			sigma[which] / sqrt(models[which].params.alpha) };

		assert_score(model, x, want, 1e-14);
		model_free(model);
	}
}

static void
assert_same_scores(struct model *a, struct model *b,
    const struct models_data *data)
{
	struct model_score want;

	for (int i = 0; i < QUERIES; i++) {
		model_score(b, data->query[i], 1, &want);
		assert_score(a, data->query[i], want, 1e-10);
	}
}

/* A weight of 3 is three times the same reward; also where the context was
 * seen before, alpha changes, and the oldest leave. */
static void
weight_is_how_many_times(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *often = models_make(which),
			     *once = models_make(which);

		for (int n = 0; n < 15; n++) {
			const double *x = data.x[n % 10], r = data.reward[n];
			int times = 1 + n % 3;

			assert_int_equal(model_learn(once, x, r, times),
			    ERR_NONE);
			for (int i = 0; i < times; i++)
				model_learn(often, x, r, 1);
			assert_same_scores(once, often, &data);
		}
		model_set_alpha(once, 0.3);
		model_set_alpha(often, 0.3);
		assert_same_scores(once, often, &data);
		model_set_max_points(once, 5);
		model_set_max_points(often, 2 + 3 + 1 + 2 + 3);
		model_learn(once, data.x[20], 0.5, 0.25);
		model_learn(often, data.x[20], 0.5, 0.25);
		model_set_max_points(often, 3 + 1 + 2 + 3 + 1);
		assert_same_scores(once, often, &data);
		model_free(once);
		model_free(often);
	}
}

/* mean = fit + m (1 - unit) is what learning r - m and adding m gives. */
static void
prior_mean_may_move(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++)
		for (double m = -1; m <= 1; m += 0.4) {
			struct model *plain = models_make(which),
				     *less = models_make(which);
			struct model_score p, l;

			models_learn(plain, &data, 0, 20, 0);
			models_learn(less, &data, 0, 20, m);
			model_score(plain, data.query[0], 1, &p);
			model_score(less, data.query[0], 1, &l);
			assert_close(p.fit + m * (1 - p.unit), l.fit + m,
			    1e-10);
			assert_true(p.sigma == l.sigma);
			model_free(plain);
			model_free(less);
		}
}

static void
sigma_shrinks(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which);
		struct model_score before[QUERIES], after[QUERIES], own;

		model_score(model, data.query[0], QUERIES, before);
		for (int n = 0; n < POINTS; n++) {
			models_learn(model, &data, n, n + 1, 0);
			model_score(model, data.query[0], QUERIES, after);
			for (int i = 0; i < QUERIES; i++)
				assert_true(after[i].sigma <=
				    before[i].sigma * (1 + 1e-12));
			memcpy(before, after, sizeof before);
			/* At a point: var <= alpha before dividing by it. */
			model_score(model, data.x[n], 1, &own);
			assert_true(own.sigma < 1);
		}
		model_free(model);
	}
}

static void
many_contexts_equal_one_by_one(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which);
		struct model_score all[POINTS], one[POINTS];

		models_learn(model, &data, 0, 15, 0);
		model_score(model, data.x[0], POINTS, all);
		for (int i = 0; i < POINTS; i++)
			model_score(model, data.x[i], 1, &one[i]);
		assert_memory_equal(all, one, sizeof all);
		model_free(model);
	}
}

static void
alpha_may_change(void **state)
{
	static const double alphas[] = { 0.01, 0.7, 30 };
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++)
		for (int i = 0; i < 3; i++) {
			struct model *model = models_make(which), *fresh;
			struct model_params p = models[which].params;
			struct model_score want;

			p.alpha = alphas[i];
			fresh = model_new(models[which].type, &p);
			models_learn(fresh, &data, 0, 30, 0);
			model_score(fresh, data.query[0], 1, &want);
			models_learn(model, &data, 0, 30, 0);
			assert_int_equal(model_set_alpha(model, p.alpha),
			    ERR_NONE);
			assert_true(model->params.alpha == p.alpha);
			assert_score(model, data.query[0], want, 1e-9);
			models_learn(model, &data, 30, POINTS, 0);
			models_learn(fresh, &data, 30, POINTS, 0);
			model_score(fresh, data.query[1], 1, &want);
			assert_score(model, data.query[1], want, 1e-9);
			model_free(model);
			model_free(fresh);
		}
}

/* A kernel model with a cap is a fresh one of the last points; a ridge has
 * nothing to forget. */
static void
oldest_points_leave(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		bool ridge = models[which].type == &model_ridge;
		struct model *model = models_make(which),
			     *fresh = models_make(which);
		struct model_score want;

		models_learn(model, &data, 0, 25, 0);
		model_set_max_points(model, 10);
		models_learn(model, &data, 25, POINTS, 0);
		models_learn(fresh, &data, ridge ? 0 : POINTS - 10, POINTS, 0);
		model_score(fresh, data.query[0], 1, &want);
		assert_score(model, data.query[0], want, 1e-10);
		model_set_max_points(model, 1);
		model_free(fresh);
		fresh = models_make(which);
		models_learn(fresh, &data, ridge ? 0 : POINTS - 1, POINTS, 0);
		model_score(fresh, data.query[0], 1, &want);
		assert_score(model, data.query[0], want, 1e-10);
		model_free(model);
		model_free(fresh);
	}
}

/*
 * The error of a product of random features has mean 0 and a standard
 * deviation of at most s = 1 / sqrt(2m), orthogonal or not (test_rff.c).  With
 * w = (K + alpha I)^-1 k and c = (K + alpha I)^-1 r the first-order errors are
 *     fit: f'c - w'Ec      reduction of the variance: 2 f'w - w'Ew
 * with f and E the errors of k and K, and |c| <= |r| / alpha, |w| <=
 * 1 / sqrt(alpha), as alpha |w|^2 <= k'w <= 1.  Over the queries the root mean
 * square must be within three standard deviations; a model that has learnt
 * nothing is well outside.
 */
static void
random_features_stand_for_the_kernel(void **state)
{
	enum { M = 1024, N = 8 };
	const double alpha = 1, sd = 1 / sqrt(2 * M), h = 1;
	uint64_t random = test_seed();
	struct map_params mp = { .in = D,
		.out = 2 * M,
		.bandwidth = h,
		.frequencies = FREQUENCIES_ORTHOGONAL,
		.seed = random };
	struct model_params rp = { .in = 2 * M, .alpha = alpha };
	struct model_params kp = { .in = D,
		.alpha = alpha,
		.bandwidth = h,
		.kernel = KERNEL_RBF,
		.max_points = N };
	struct map *map = map_new(&map_rff, &mp);
	struct model *ridge = model_new(&model_ridge, &rp);
	struct model *exact = model_new(&model_kernel, &kp);
	double *phi = test_calloc(2 * M, sizeof *phi), rr = 0, w, c;
	double fit = 0, fits = 0, var = 0, vars = 0;
	struct model_score a, b;
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (int i = 0; i < N; i++) {
		map_fill(map, data.x[i], phi);
		model_learn(ridge, phi, data.reward[i], 1);
		model_learn(exact, data.x[i], data.reward[i], 1);
		rr += data.reward[i] * data.reward[i];
	}
	w = 1 / sqrt(alpha);
	c = sqrt(rr) / alpha;
	for (int i = 0; i < QUERIES; i++) {
		map_fill(map, data.query[i], phi);
		model_score(ridge, phi, 1, &a);
		model_score(exact, data.query[i], 1, &b);
		fit += pow(a.fit - b.fit, 2);
		fits += pow(b.fit, 2);
		var += pow(alpha * (pow(a.sigma, 2) - pow(b.sigma, 2)), 2);
		vars += pow(1 - alpha * pow(b.sigma, 2), 2);
	}
	fit = sqrt(fit / QUERIES), fits = sqrt(fits / QUERIES);
	var = sqrt(var / QUERIES), vars = sqrt(vars / QUERIES);
	printf("# fit off by %.4f of %.4f, variance by %.4f of %.4f\n", fit,
	    fits, var, vars);
	assert_true(fit <= 3 * sd * c * (1 + w));
	assert_true(var <= 3 * sd * (2 * w + w * w));
	assert_true(3 * sd * c * (1 + w) < fits); /* so not by chance */
	assert_true(3 * sd * (2 * w + w * w) < vars);
	test_free(phi);
	map_free(map);
	model_free(ridge);
	model_free(exact);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_model_equals_a_dense_solve),
		cmocka_unit_test(nothing_learnt_is_the_prior),
		cmocka_unit_test(weight_is_how_many_times),
		cmocka_unit_test(prior_mean_may_move),
		cmocka_unit_test(sigma_shrinks),
		cmocka_unit_test(many_contexts_equal_one_by_one),
		cmocka_unit_test(alpha_may_change),
		cmocka_unit_test(oldest_points_leave),
		cmocka_unit_test(random_features_stand_for_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
