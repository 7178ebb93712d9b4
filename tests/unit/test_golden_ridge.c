/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ridge regression and its factor against the golden numbers. */
#include "tests/unit/golden.h"
#include "tests/unit/learnt.h"

#define N GOLDEN_PHI

static struct golden g;

static struct model *
make(double alpha)
{
	struct model_params p = { .in = N, .alpha = alpha };

	return model_new(&model_ridge, &p);
}

/* Contexts from, from + step, .. below to, with the rewards of the arm. */
static void
learn(struct model *m, const char *version, int arm, int from, int to, int step)
{
	double phi[N];

	for (int i = from; i < to; i += step) {
		golden_phi(&g, version, g.x[i], phi);
		assert_int_equal(model_learn(m, phi, g.reward[arm][i], 1),
		    ERR_NONE);
	}
}

/* What a ridge encodes is its factor. */
static void
factor_of(const struct model *m, struct chol *c)
{
	struct buf bytes = { 0 };

	model_encode(m, &bytes);
	chol_init(c, 0, N, 1);
	assert_true(chol_decode(c, bytes.data, bytes.len));
	assert_int_equal(c->n, N);
	buf_free(&bytes);
}

static void
compare_factor(const json_t *from, const char *key, const struct chol *c)
{
	double l[N * N] = { 0 };

	for (int k = 0; k < N; k++)
		for (int i = k; i < N; i++)
			l[i * N + k] = chol_col(c, k)[2 + i - k];
	golden_compare(from, key, l, N * N);
}

/* theta_i is the fit to the i-th unit vector. */
static void
compare_theta(const json_t *from, struct model *m)
{
	double units[N * N] = { 0 }, theta[N];
	struct model_score s[N];

	for (int i = 0; i < N; i++)
		units[i * N + i] = 1;
	model_score(m, units, N, s);
	for (int i = 0; i < N; i++)
		theta[i] = s[i].fit;
	golden_compare(from, "theta", theta, N);
}

static void
compare_queries(const json_t *step, const char *version, struct model *m)
{
	double phi[N];
	struct model_score s;
	json_t *query;
	size_t i;

	json_array_foreach (golden_get(step, "queries"), i, query) {
		golden_phi(&g, version, g.x[golden_int(query, "query")], phi);
		model_score(m, phi, 1, &s);
		assert_close(s.fit, golden_num(query, "mu"), GOLDEN_ERROR);
		assert_close(s.sigma, golden_num(query, "sigma"), GOLDEN_ERROR);
		assert_close(s.fit + 1.5 * s.sigma,
		    golden_num(query, "ucb_eta1.5"), GOLDEN_ERROR);
	}
}

static void
every_step_of_both_features(void **state)
{
	json_t *file = golden_load("rff_stepwise.json"), *step;
	struct chol c;
	size_t i;

	(void)state;
	json_array_foreach (golden_get(file, "cases"), i, step) {
		const char *version = golden_str(step, "version");
		struct model *m = make(golden_num(step, "alpha"));

		learn(m, version, 0, 0, golden_int(step, "n"), 1);
		compare_queries(step, version, m);
		compare_theta(step, m);
		factor_of(m, &c);
		assert_close(chol_logdet(&c), golden_num(step, "logdet_A"),
		    GOLDEN_ERROR);
		if (json_object_get(step, "chol_L") != NULL)
			compare_factor(step, "chol_L", &c);
		chol_fini(&c);
		model_free(m);
	}
	assert_int_equal(i, 24);
	json_decref(file);
}

static void
one_up_and_one_down(void **state)
{
	json_t *file = golden_load("cholesky.json");
	struct model *m = make(1);
	double x[N], logdet[3];
	struct chol c;

	(void)state;
	learn(m, "2D", 0, 0, 6, 1);
	factor_of(m, &c);
	compare_factor(file, "L", &c);
	logdet[0] = chol_logdet(&c);
	golden_read(file, "x_up", x, N);
	assert_int_equal(chol_update(&c, x, 0.5, 1, 1), ERR_NONE);
	compare_factor(file, "L_up", &c);
	logdet[1] = chol_logdet(&c);
	assert_int_equal(chol_update(&c, x, 0.5, 1, -1), ERR_NONE);
	golden_read(file, "x_down", x, N);
	assert_int_equal(chol_update(&c, x, g.reward[0][0], 1, -1), ERR_NONE);
	compare_factor(file, "L_down", &c);
	logdet[2] = chol_logdet(&c);
	golden_compare(file, "logdet", logdet, 3);
	chol_fini(&c);
	model_free(m);
	json_decref(file);
}

/* Observations 0 to 9 go in, 0 to 2 come out again. */
static void
window(void **state)
{
	json_t *file = golden_load("cholesky.json");
	const json_t *want = golden_get(file, "window");
	struct model *m = make(1);
	struct buf bytes = { 0 };
	struct model_score s;
	struct chol c;
	double phi[N];

	(void)state;
	learn(m, "2D", 0, 0, 10, 1);
	factor_of(m, &c);
	for (int i = 0; i < 3; i++) {
		golden_phi(&g, "2D", g.x[i], phi);
		assert_int_equal(chol_update(&c, phi, g.reward[0][i], 1, -1),
		    ERR_NONE);
	}
	chol_encode(&c, &bytes);
	assert_true(model_decode(m, bytes.data, bytes.len));
	golden_phi(&g, "2D", g.x[20], phi);
	model_score(m, phi, 1, &s);
	assert_close(s.fit, golden_num(want, "mu_q20"), GOLDEN_ERROR);
	assert_close(s.sigma, golden_num(want, "sigma_q20"), GOLDEN_ERROR);
	compare_theta(want, m);
	buf_free(&bytes);
	chol_fini(&c);
	model_free(m);
	json_decref(file);
}

/* v^2 A^-1, from A^-1_ij = (L^-1 e_i)'(L^-1 e_j). */
static void
compare_covariance(const json_t *arm, const struct chol *c, double v)
{
	double y[N][N] = { { 0 } }, cov[N * N], yz, yu;

	for (int i = 0; i < N; i++) {
		y[i][i] = 1;
		chol_solve(c, y[i], y[i], &yz, &yu);
	}
	for (int i = 0; i < N * N; i++)
		cov[i] = v * v * numbers_dot(y[i / N], y[i % N], N);
	golden_compare(arm, "cov", cov, N * N);
}

static void
posterior_of_thompson(void **state)
{
	json_t *file = golden_load("thompson.json"), *decision;
	struct model *m[GOLDEN_ARMS];
	double phi[N], mu[GOLDEN_ARMS], sigma[GOLDEN_ARMS];
	size_t i;

	(void)state;
	for (int arm = 0; arm < GOLDEN_ARMS; arm++) {
		json_t *want =
		    json_array_get(golden_get(file, "arms"), (size_t)arm);
		struct chol c;

		m[arm] = make(golden_num(file, "alpha"));
		learn(m[arm], "2D", arm, arm, 18, GOLDEN_ARMS);
		compare_theta(want, m[arm]);
		factor_of(m[arm], &c);
		compare_factor(want, "chol_L", &c);
		compare_covariance(want, &c, golden_num(file, "v"));
		chol_fini(&c);
	}
	json_array_foreach (golden_get(file, "decisions"), i, decision) {
		golden_phi(&g, "2D", g.x[golden_int(decision, "query")], phi);
		for (int arm = 0; arm < GOLDEN_ARMS; arm++) {
			struct model_score s;

			model_score(m[arm], phi, 1, &s);
			mu[arm] = s.fit;
			sigma[arm] = s.sigma;
		}
		golden_compare(decision, "mu", mu, GOLDEN_ARMS);
		golden_compare(decision, "sigma", sigma, GOLDEN_ARMS);
	}
	assert_int_equal(i, 6);
	for (int arm = 0; arm < GOLDEN_ARMS; arm++)
		model_free(m[arm]);
	json_decref(file);
}

static void
compare_diagonal(const json_t *step, const struct model *m)
{
	double row[N], diag[N], b, s;
	struct inside in;

	inside_of(&in, m);
	for (int i = 0; i < N; i++) {
		chol_row(&in.chol, i, row, &b, &s);
		diag[i] = in.scale * row[i];
	}
	golden_compare(step, "V_diag", diag, N);
	inside_fini(&in);
}

/*
 * Forgetting with a slack of 1 is the recursion of the file.  Its keys
 * width_sandwich, Vtilde_diag, beta and ucb are those of the confidence bound
 * of D-LinUCB, which is made with a second matrix of squared discounts; a
 * model's sigma is the simple width.
 */
static void
discounted(void **state)
{
	json_t *file = golden_load("discounted.json"), *step;
	struct model_params p = { .in = N,
		.alpha = golden_num(file, "lambda"),
		.slack = 1 };
	struct model *m = model_new(&model_ridge, &p);
	double q[N], phi[N], theta[N], unit[N];
	struct model_score s;
	int t = 0;
	size_t i;

	(void)state;
	golden_phi(&g, "2D", g.x[golden_int(file, "query")], q);
	json_array_foreach (golden_get(file, "steps"), i, step) {
		for (; t < golden_int(step, "n"); t++) {
			golden_phi(&g, "2D", g.x[t], phi);
			model_decay(m, golden_num(file, "gamma"));
			model_learn(m, phi, g.reward[0][t], 1);
		}
		assert_true(model_weights(m, theta, unit));
		golden_compare(step, "theta", theta, N);
		model_score(m, q, 1, &s);
		assert_close(s.fit, golden_num(step, "mu"), GOLDEN_ERROR);
		assert_close(s.sigma, golden_num(step, "width_simple"),
		    GOLDEN_ERROR);
		compare_diagonal(step, m);
	}
	assert_int_equal(i, 3);
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
		cmocka_unit_test(every_step_of_both_features),
		cmocka_unit_test(one_up_and_one_down),
		cmocka_unit_test(window),
		cmocka_unit_test(posterior_of_thompson),
		cmocka_unit_test(discounted),
	};

	return cmocka_run_group_tests(tests, read_inputs, NULL);
}
