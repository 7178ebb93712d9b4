/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exact kernel model against the golden numbers. */
#include "tests/unit/golden.h"

#include <string.h>

#include "bandit/chol.h"
#include "bandit/model.h"

#define ALL 100 /* points, more than any case has */

/* The kernels of the files; a gamma is reached by longer contexts. */
static const struct {
	const char *name;
	enum kernel kernel;
	double bandwidth, gamma;
} kernels[] = {
	{ "lin", KERNEL_LINEAR, 0, 1 },
	{ "poly3_g1", KERNEL_POLY, 0, 1 },
	{ "poly3_g10", KERNEL_POLY, 0, 10 },
	{ "rbf_s1", KERNEL_RBF, 1, 1 },
	{ "rbf_s5", KERNEL_RBF, 5, 1 },
};

static struct golden g;

static int
find(const char *name)
{
	for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
		if (strcmp(kernels[i].name, name) == 0)
			return (int)i;
	fail_msg("no kernel \"%s\"", name);
	return 0;
}

static struct model *
make(int kernel, double alpha, int max_points)
{
	struct model_params p = { .in = GOLDEN_D,
		.alpha = alpha,
		.kernel = kernels[kernel].kernel,
		.bandwidth = kernels[kernel].bandwidth,
		.max_points = max_points };

	return model_new(&model_kernel, &p);
}

static const double *
context(int kernel, int i)
{
	static double x[GOLDEN_D];

	for (int j = 0; j < GOLDEN_D; j++)
		x[j] = sqrt(kernels[kernel].gamma) * g.x[i][j];
	return x;
}

static void
learn(struct model *m, int kernel, int i)
{
	assert_int_equal(model_learn(m, context(kernel, i), g.reward[0][i], 1),
	    ERR_NONE);
}

static struct model_score
score(int kernel, double alpha, int n, int query)
{
	struct model *m = make(kernel, alpha, ALL);
	struct model_score s;

	for (int i = 0; i < n; i++)
		learn(m, kernel, i);
	model_score(m, context(kernel, query), 1, &s);
	model_free(m);
	return s;
}

static void
every_step_of_every_kernel(void **state)
{
	json_t *file = golden_load("pak_stepwise.json"), *step;
	size_t i;

	(void)state;
	json_array_foreach (golden_get(file, "cases"), i, step) {
		double alpha = golden_num(step, "alpha");
		struct model_score s = score(find(golden_str(step, "kernel")),
		    alpha, golden_int(step, "n"), golden_int(step, "query"));

		assert_close(s.fit, golden_num(step, "mu"), GOLDEN_ERROR);
		assert_close(s.sigma, golden_num(step, "sigma"), GOLDEN_ERROR);
		assert_close(s.sigma * s.sigma * alpha,
		    golden_num(step, "posterior_var"), GOLDEN_ERROR);
		assert_close(s.fit + 1.5 * s.sigma,
		    golden_num(step, "ucb_eta1.5"), GOLDEN_ERROR);
	}
	assert_int_equal(i, 180);
	json_decref(file);
}

/* The means of the published code are wrong, and not by rounding: every one
 * is off by more than a tenth. */
static void
not_the_published_defects(void **state)
{
	json_t *file = golden_load("reference_bug.json"), *bug;
	size_t i;

	(void)state;
	json_array_foreach (golden_get(file, "cases"), i, bug) {
		double wrong = golden_num(bug, "ref_mu");
		struct model_score s = score(find(golden_str(bug, "kernel")),
		    golden_num(bug, "alpha"), golden_int(bug, "n"),
		    golden_int(bug, "query"));

		assert_true(fabs(s.fit - wrong) > 0.1 * fabs(wrong));
		assert_true(s.sigma > 0);
	}
	assert_int_equal(i, 20);
	json_decref(file);
}

static double
rbf(int i, int j)
{
	double sum = 0;

	for (int k = 0; k < GOLDEN_D; k++)
		sum += pow(g.x[i][k] - g.x[j][k], 2);
	return exp(-sum / 2);
}

/* The factor of K + alpha I over these contexts, in this order. */
static void
append(struct chol *c, const int *order, int n, double alpha)
{
	double col[ALL];

	for (int i = c->n; i < n; i++) {
		for (int j = 0; j < i; j++)
			col[j] = rbf(order[i], order[j]);
		assert_int_equal(
		    chol_append(c, col, 1 + alpha, g.reward[0][order[i]], 1),
		    ERR_NONE);
	}
}

static void
compare_factor(const json_t *file, const char *key, const struct chol *c)
{
	double l[ALL * ALL] = { 0 };

	for (int k = 0; k < c->n; k++)
		for (int i = k; i < c->n; i++)
			l[i * c->n + k] = chol_col(c, k)[2 + i - k];
	golden_compare(file, key, l, c->n * c->n);
}

static void
factor_after_append_and_delete(void **state)
{
	static const int order[] = { 0, 1, 2, 3, 4, 5, 6 };
	static const int second_first[] = { 2, 0, 1, 3, 4, 5, 6 };
	json_t *file = golden_load("kernel_cholesky.json");
	double alpha = golden_num(file, "alpha");
	struct chol c;

	(void)state;
	chol_init(&c, 0, 2, 1);
	append(&c, order, 6, alpha);
	compare_factor(file, "L_0_5", &c);
	append(&c, order, 7, alpha);
	compare_factor(file, "L_after_append_6", &c);
	chol_fini(&c);
	chol_init(&c, 0, 7, 1);
	append(&c, second_first, 7, alpha);
	chol_delete_first(&c);
	compare_factor(file, "L_after_then_deleting_obs2", &c);
	chol_fini(&c);
	json_decref(file);
}

static void
oldest_point_leaves(void **state)
{
	static const int order[] = { 2, 0, 1, 3, 4, 5, 6 };
	json_t *file = golden_load("kernel_cholesky.json");
	int kernel = find(golden_str(file, "kernel"));
	struct model *m = make(kernel, golden_num(file, "alpha"), 6);
	struct model_score s;

	(void)state;
	for (int i = 0; i < 7; i++)
		learn(m, kernel, order[i]);
	model_score(m, context(kernel, 20), 1, &s);
	assert_close(s.fit, golden_num(file, "mu_q20"), GOLDEN_ERROR);
	assert_close(s.sigma, golden_num(file, "sigma_q20"), GOLDEN_ERROR);
	model_free(m);
	json_decref(file);
}

static int
read_inputs(void **state)
{
	(void)state;
	golden_inputs(&g);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_of_every_kernel),
		cmocka_unit_test(not_the_published_defects),
		cmocka_unit_test(factor_after_append_and_delete),
		cmocka_unit_test(oldest_point_leaves),
	};

	return cmocka_run_group_tests(tests, read_inputs, NULL);
}
