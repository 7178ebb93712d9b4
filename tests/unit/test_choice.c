/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choice: against the golden numbers, and against plain searches. */
#include "tests/unit/golden.h"
#include "tests/unit/learnt.h"

#include "bandit/choice.h"
#include "base/crc32c.h"

static void
golden_likelihood(void **state)
{
	json_t *file = golden_load("slate.json"), *slate;
	size_t i;

	(void)state;
	json_array_foreach (golden_get(file, "likelihood"), i, slate) {
		int k = (int)json_array_size(golden_get(slate, "scores"));
		double u[3], p[3], none;

		golden_read(slate, "scores", u, k);
		none = choice_probabilities(u, k,
		    golden_num(slate, "noclick_bias"), p);
		assert_close(none, golden_num(slate, "p_noclick"),
		    GOLDEN_ERROR);
		golden_compare(slate, "p_click", p, k);
		assert_close(log(p[0]), golden_num(slate, "loglik_click0"),
		    GOLDEN_ERROR);
		assert_close(log(none), golden_num(slate, "loglik_noclick"),
		    GOLDEN_ERROR);
	}
	assert_int_equal(i, 2);
	json_decref(file);
}

/* x_i - x_j, which is what a duel is about. */
static void
difference(const struct golden *g, const double *pair, double *z)
{
	for (int i = 0; i < GOLDEN_D; i++)
		z[i] = g->x[(int)pair[0]][i] - g->x[(int)pair[1]][i];
}

/* One step of Newton's method: every duel as the weighted reward that has the
 * gradient and curvature of its likelihood at theta. */
static struct model *
reweighted(const struct golden *g, double lambda, const double pairs[6][3],
    const double *theta)
{
	struct model_params p = { .in = GOLDEN_D, .alpha = lambda };
	struct model *m = model_new(&model_ridge, &p);
	double z[GOLDEN_D];

	for (int i = 0; i < 6; i++) {
		struct choice_slope s;
		double u;

		difference(g, pairs[i], z);
		u = numbers_dot(z, theta, GOLDEN_D);
		s = choice_slope(u, 0, 0, pairs[i][2] == 1);
		model_learn(m, z, u + s.gradient / s.curvature, s.curvature);
	}
	return m;
}

/* The Hessian is A; the covariance comes from sigma at e_i and e_i + e_j. */
static void
compare_duel(const json_t *file, struct model *m)
{
	enum { D = GOLDEN_D };
	double var[D][D], cov[D * D], hessian[D * D], row[D], b, s;
	struct model_score score;
	struct inside in;

	inside_of(&in, m);
	for (int i = 0; i < D; i++) {
		chol_row(&in.chol, i, row, &b, &s);
		for (int j = 0; j <= i; j++)
			hessian[i * D + j] = hessian[j * D + i] = row[j];
		for (int j = 0; j < D; j++) {
			double e[D] = { 0 };

			e[i] += 1;
			e[j] += i != j;
			model_score(m, e, 1, &score);
			var[i][j] = score.sigma * score.sigma;
		}
	}
	for (int i = 0; i < D * D; i++) {
		int j = i / D, k = i % D;
		double both = var[j][j] + var[k][k];

		cov[i] = j == k ? var[j][j] : (var[j][k] - both) / 2;
	}
	golden_compare(file, "cov", cov, D * D);
	golden_compare(file, "hessian", hessian, D * D);
	inside_fini(&in);
}

static void
golden_duels(void **state)
{
	json_t *file = golden_load("duel.json");
	double pairs[6][3], theta[GOLDEN_D] = { 0 }, unit[GOLDEN_D];
	struct golden g;

	(void)state;
	golden_inputs(&g);
	golden_read(file, "pairs_winner", pairs[0], 18);
	for (int i = 0; i < 30; i++) {
		struct model *m =
		    reweighted(&g, golden_num(file, "lambda"), pairs, theta);

		assert_true(model_weights(m, theta, unit));
		if (i == 29)
			compare_duel(file, m);
		model_free(m);
	}
	golden_compare(file, "theta_map", theta, GOLDEN_D);
	json_decref(file);
}

/* As the formulas stand there, with the C library's functions. */
static void
rest_is_the_log_sum_exp(void **state)
{
	enum { K = 7 };
	uint64_t random = test_seed();
	double u[K], sigma[K], variance, sum, squares;

	(void)state;
	for (int round = 0; round < 100; round++)
		for (int without = 0; without < K; without++) {
			double none =
			    round % 3 == 0 ? -INFINITY : 3 * number(&random);
			double off = fabs(number(&random));

			numbers_fill(&random, u, K);
			numbers_fill(&random, sigma, K);
			sum = exp(none);
			for (int j = 0; j < K; j++)
				sum += j != without ? exp(u[j]) : 0;
			squares = pow(exp(none) / sum * off, 2);
			for (int j = 0; j < K; j++)
				if (j != without)
					squares +=
					    pow(exp(u[j]) / sum * sigma[j], 2);
			assert_close(choice_rest(u, sigma, K, without, none,
					 off, &variance),
			    log(sum), 1e-13);
			assert_close(variance, squares, 1e-13);
		}
}

static void
rest_of_one_is_no_click(void **state)
{
	double u = 3, sigma = 2, variance;

	(void)state;
	assert_true(choice_rest(&u, &sigma, 1, 0, 0.5, 0.25, &variance) == 0.5);
	assert_true(variance == 0.0625);
	assert_true(choice_rest(&u, &sigma, 1, 0, -INFINITY, 0, &variance) ==
	    -INFINITY);
	assert_true(variance == 0);
}

/* Minus the logarithm of the posterior, in long double. */
static long double
against(long double u, double mean, double sigma, double rest, double kappa,
    bool chosen)
{
	long double t = kappa * (u - rest), off = (u - mean) / sigma;

	return off * off / 2 + log1pl(expl(chosen ? -t : t));
}

/* Its lowest point by golden section, which knows no derivative. */
static double
search(double mean, double sigma, double rest, double kappa, bool chosen)
{
	const long double ratio = (sqrtl(5) - 1) / 2;
	long double a = mean - sigma * sigma, b = mean + sigma * sigma;

	for (int i = 0; i < 300; i++) {
		long double c = b - ratio * (b - a), d = a + ratio * (b - a);

		if (against(c, mean, sigma, rest, kappa, chosen) <
		    against(d, mean, sigma, rest, kappa, chosen))
			b = d;
		else
			a = c;
	}
	return (double)((a + b) / 2);
}

/* What a ridge of one number makes of the step: its mean, and 1 / sigma^2. */
static double
learn_step(struct choice_step step, double mean, double sigma)
{
	double one = 1, prior = mean;
	struct model_params p = { .in = 1,
		.alpha = 1 / (sigma * sigma),
		.prior_fit = &prior };
	struct model *m = model_new(&model_ridge, &p);
	struct model_score s;

	assert_int_equal(model_learn(m, &one, step.target, step.weight),
	    ERR_NONE);
	model_score(m, &one, 1, &s);
	model_free(m);
	assert_close(1 / (s.sigma * s.sigma), p.alpha + step.weight, 1e-12);
	return s.fit;
}

static void
step_moves_the_mean_to_the_mode(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 2000; i++) {
		bool chosen = i % 2;
		double mean = 6 * number(&random), rest = 6 * number(&random);
		double sigma = exp(3 * number(&random));
		double variance = i % 5 == 0 ? 0 : exp(3 * number(&random));
		double kappa = 1 / sqrt(1 + acos(-1) * variance / 8);
		double want = search(mean, sigma, rest, kappa, chosen);
		struct choice_step step =
		    choice_step(mean, sigma, rest, variance, chosen);
		struct choice_slope slope =
		    choice_slope(want, rest, variance, chosen);
		double got = learn_step(step, mean, sigma);

		assert_true(fabs(got - want) <= 1e-7 * (1 + fabs(want)));
		assert_close(step.weight, fmax(slope.curvature, 1e-6), 1e-6);
		assert_true(chosen ? got > mean : got < mean);
		/* The search knows half the digits, the gradient all. */
		slope = choice_slope(got, rest, variance, chosen);
		assert_true(
		    fabs((got - mean) / (sigma * sigma) - slope.gradient) <=
		    1e-11 * (1 + (fabs(got) + fabs(mean)) / (sigma * sigma)));
	}
}

static void
slope_is_that_of_the_likelihood(void **state)
{
	const long double h = 1e-5L;
	uint64_t random = test_seed();

	(void)state;
	if (test_left_out())
		return;
	for (int i = 0; i < 1000; i++) {
		bool chosen = i % 2;
		double u = 5 * number(&random), rest = number(&random);
		double variance = exp(number(&random));
		double kappa = 1 / sqrt(1 + acos(-1) * variance / 8);
		struct choice_slope s = choice_slope(u, rest, variance, chosen);
		long double low, mid, high;

		low = -against(u - h, u, 1e9, rest, kappa, chosen);
		mid = -against(u, u, 1e9, rest, kappa, chosen);
		high = -against(u + h, u, 1e9, rest, kappa, chosen);
		assert_true(fabsl((high - low) / (2 * h) - s.gradient) < 1e-9);
		assert_true(fabsl((low - 2 * mid + high) / (h * h) +
				s.curvature) < 1e-6);
	}
}

static void
nobody_else_says_nothing(void **state)
{
	struct choice_step step = choice_step(0.3, 2, -INFINITY, 0, true);

	(void)state;
	assert_true(step.target == 0.3 && step.weight == 1e-6);
}

static void
probabilities_of_the_extreme(void **state)
{
	static const double u[][3] = { { 1e308, -1e308, 0 }, { -1e308, 0, 0 },
		{ 710, 711, 712 }, { -800, -800, -800 }, { 1e308, 1e308, 0 } };
	static const double none[] = { -INFINITY, -1e308, 0, 1e308 };
	double p[3];

	(void)state;
	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 4; j++) {
			double sum = choice_probabilities(u[i], 3, none[j], p);

			assert_true(sum >= 0 && sum <= 1);
			for (int k = 0; k < 3; k++) {
				assert_true(p[k] >= 0 && p[k] <= 1);
				sum += p[k];
			}
			assert_close(sum, 1, 1e-15);
		}
	choice_probabilities(u[3], 3, -INFINITY, p);
	assert_close(p[0], 1.0 / 3, 1e-15);
}

static void
steps_of_the_extreme(void **state)
{
	static const double level[] = { -1e300, -1e20, -750, 0, 750, 1e300 };
	static const double sigma[] = { 0, 1e-300, 1e-9, 1e5, 1e40, 1e160 };
	static const double variance[] = { 0, 1e-300, 1e10, 1e300 };

	(void)state;
	for (int i = 0; i < 6 * 6 * 6 * 4 * 2; i++) {
		struct choice_step s =
		    choice_step(level[i % 6], sigma[i / 6 % 6],
			level[i / 36 % 6], variance[i / 216 % 4], i / 864);

		assert_true(isfinite(s.target));
		assert_true(s.weight >= 1e-6 && s.weight <= 0.25);
	}
}

/* Slates of four items from a ridge that inherits, forgets and learns from
 * what was chosen of them; every bit of what it then is. */
static uint32_t
checksum_of_a_life(void)
{
	enum { N = 20, K = 4 };
	double phi[K * N], u[K], sigma[K], p[K], fit[N], unit[N], variance;
	uint64_t random = 1;
	struct model_params params = { .in = N,
		.alpha = 0.3,
		.slack = MODEL_SLACK,
		.prior_fit = fit,
		.prior_unit = unit };
	struct buf bytes = { 0 };
	struct model_score s[K];
	struct model *m;
	uint32_t crc;

	numbers_fill(&random, fit, N);
	numbers_fill(&random, unit, N);
	m = model_new(&model_ridge, &params);
	for (int t = 0; t < 2000; t++) {
		int chosen = (int)test_below(&random, K + 1);

		numbers_fill(&random, phi, K * N);
		model_score(m, phi, K, s);
		for (int j = 0; j < K; j++) {
			u[j] = s[j].fit + 0.25 * s[j].unit;
			sigma[j] = s[j].sigma;
		}
		choice_probabilities(u, K, 0.5, p);
		model_decay(m, 0.99);
		for (int j = 0; j < K; j++) {
			double rest =
			    choice_rest(u, sigma, K, j, 0.5, 0.1, &variance);
			struct choice_step step = choice_step(u[j], sigma[j],
			    rest, variance, j == chosen);

			assert_int_equal(model_learn(m, phi + j * N,
					     step.target, step.weight),
			    ERR_NONE);
		}
	}
	model_set_alpha(m, 0.4);
	model_weights(m, fit, unit);
	buf_put(&bytes, fit, sizeof fit);
	buf_put(&bytes, unit, sizeof unit);
	model_pool(&m, 1, m->params.alpha, fit, unit);
	buf_put(&bytes, fit, sizeof fit);
	buf_put(&bytes, p, sizeof p);
	model_encode(m, &bytes);
	crc = crc32c(0, bytes.data, bytes.len);
	buf_free(&bytes);
	model_free(m);
	return crc;
}

/* Printed by this test when the models change on purpose; never because of a
 * compiler or a machine. */
static void
the_bits_are_the_same_on_every_build(void **state)
{
	uint32_t crc = checksum_of_a_life();

	(void)state;
	printf("# %08x\n", (unsigned)crc);
	assert_int_equal(crc, 0xf77836cd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_likelihood),
		cmocka_unit_test(golden_duels),
		cmocka_unit_test(rest_is_the_log_sum_exp),
		cmocka_unit_test(rest_of_one_is_no_click),
		cmocka_unit_test(step_moves_the_mean_to_the_mode),
		cmocka_unit_test(slope_is_that_of_the_likelihood),
		cmocka_unit_test(nobody_else_says_nothing),
		cmocka_unit_test(probabilities_of_the_extreme),
		cmocka_unit_test(steps_of_the_extreme),
		cmocka_unit_test(the_bits_are_the_same_on_every_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
