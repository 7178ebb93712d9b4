/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regress: as a dense solve; and the baselines that learn by it. */
#include "tests/unit/players.h"

#include <gsl/gsl_linalg.h>

#include "eval/regress.h"

/* By a Cholesky factor of alpha I + sum x x', n examples of one arm. */
static void
solve(const double *x, const double *y, int n, double alpha, double m,
    const double *query, double *mean, double *sigma)
{
	enum { D = DIMENSION };
	double a[D * D] = { 0 }, b[D] = { 0 }, s[D];
	gsl_matrix_view am = gsl_matrix_view_array(a, D, D);
	gsl_vector_view bv = gsl_vector_view_array(b, D);
	gsl_vector_view sv = gsl_vector_view_array(s, D);
	gsl_vector_const_view q = gsl_vector_const_view_array(query, D);

	for (int i = 0; i < D; i++)
		a[i * D + i] = alpha;
	for (int t = 0; t < n; t++)
		for (int i = 0; i < D; i++) {
			b[i] += x[t * D + i] * (y[t] - m);
			for (int j = 0; j < D; j++)
				a[i * D + j] += x[t * D + i] * x[t * D + j];
		}
	gsl_linalg_cholesky_decomp1(&am.matrix);
	gsl_linalg_cholesky_svx(&am.matrix, &bv.vector);
	gsl_linalg_cholesky_solve(&am.matrix, &q.vector, &sv.vector);
	*mean = m + numbers_dot(b, query, D);
	*sigma = sqrt(numbers_dot(s, query, D));
}

static void
regress_is_what_a_dense_solve_gives(void **state)
{
	enum { N = 40 };
	double x[N * DIMENSION], y[N], query[DIMENSION], mean, sigma;
	uint64_t random = seed;
	struct regress r;

	(void)state;
	regress_init(&r, DIMENSION, 0.7);
	for (int n = 0; n < N; n++) {
		numbers_unit(&random, query, DIMENSION);
		for (double m = -1; m < 2; m++) {
			solve(x, y, n, 0.7, m, query, &mean, &sigma);
			assert_close(regress_mean(&r, query, m), mean, 1e-9);
			assert_close(regress_sigma(&r, query), sigma, 1e-9);
		}
		numbers_unit(&random, x + n * DIMENSION, DIMENSION);
		y[n] = number(&random);
		regress_learn(&r, x + n * DIMENSION, y[n]);
	}
	regress_fini(&r);
}

static void
matrices_beyond_a_gigabyte_are_refused(void **state)
{
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(regress_fits(64, 512, &f), ERR_NONE);
	assert_int_equal(regress_fits(1, 65536, &f), ERR_BAD_REQUEST);
	assert_int_equal(regress_fits(64, 4096, &f), ERR_BAD_REQUEST);
}

/* Nearly the best of every prompt, where rewards are linear. */
static void
linear_worlds_are_learnt(void **state)
{
	static const char *const learn[] = { "linucb",
		"kernelucb-shared exploration=0.2 alpha=0.1",
		"epsilon-greedy epsilon=0.02 contextual=1 alpha=0.1" };

	(void)state;
	for (size_t i = 0; i < sizeof learn / sizeof *learn; i++) {
		struct player *p = player(learn[i]), *o = player("oracle");

		double all = play(o, ROWS), got;

		play(p, 3000);
		got = play(p, ROWS);
		printf("# %s earns %.4f of %.4f\n", learn[i], got, all);
		assert_true(got > all - 0.02);
		player_free(p);
		player_free(o);
	}
}

/* z of a row and an arm, as linucb-shared has it. */
static void
one_hot(int row, int arm, double *z)
{
	for (int i = 0; i < DIMENSION; i++)
		z[i] = (double)x_of(row)[i];
	for (int i = 0; i < ARMS; i++)
		z[DIMENSION + i] = i == arm;
}

/* The same numbers by a regression that the test feeds, and the arm of the
 * largest bound. */
static void
linucb_shared_is_a_ridge_over_the_one_hot(void **state)
{
	struct player *p = player("linucb-shared exploration=0.8");
	double z[DIMENSION + ARMS];
	struct regress r;

	(void)state;
	regress_init(&r, DIMENSION + ARMS, 1);
	for (int row = 0; row < ROWS; row++) {
		struct pick pick = { 0 };
		double bound;

		player_choose(p, x_of(row), row, &pick);
		one_hot(row, pick.arm, z);
		assert_close(pick.mean, regress_mean(&r, z, 0), 1e-9);
		assert_close(pick.sigma, regress_sigma(&r, z), 1e-9);
		bound = pick.mean + 0.8 * pick.sigma;
		for (int i = 0; i < ARMS; i++) {
			one_hot(row, i, z);
			assert_true(regress_mean(&r, z, 0) +
				0.8 * regress_sigma(&r, z) <=
			    bound + 1e-9);
		}
		one_hot(row, pick.arm, z);
		regress_learn(&r, z, set_reward(&set, row, pick.arm));
		player_learn(p, x_of(row), row, pick.arm,
		    set_reward(&set, row, pick.arm), 0);
	}
	regress_fini(&r);
	player_free(p);
}

enum { POINTS = 13, Z = DIMENSION + ARMS };

static double
gauss(const double *one, const double *two)
{
	double square = 0;

	for (int i = 0; i < Z; i++)
		square += (one[i] - two[i]) * (one[i] - two[i]);
	return exp(-square / (2 * 0.8 * 0.8));
}

/* What k = k(points, z) says of z: mean m + k'(K + alpha I)^-1 (y - m), and
 * sigma^2 = (1 - k'(K + alpha I)^-1 k) / alpha. */
static void
kernel_solve(const double z[][Z], const double *y, int n, double m,
    const double *query, double *mean, double *sigma)
{
	double k[POINTS * POINTS], q[POINTS], w[POINTS];
	gsl_matrix_view km;
	gsl_vector_view qv, wv;

	*mean = m;
	*sigma = sqrt(1 / 0.7);
	if (n == 0)
		return;
	for (int i = 0; i < n; i++) {
		q[i] = gauss(z[i], query);
		for (int j = 0; j < n; j++)
			k[i * n + j] = gauss(z[i], z[j]) + (i == j ? 0.7 : 0);
	}
	km = gsl_matrix_view_array(k, (size_t)n, (size_t)n);
	qv = gsl_vector_view_array(q, (size_t)n);
	wv = gsl_vector_view_array(w, (size_t)n);
	gsl_linalg_cholesky_decomp1(&km.matrix);
	gsl_linalg_cholesky_solve(&km.matrix, &qv.vector, &wv.vector);
	for (int i = 0; i < n; i++)
		*mean += w[i] * (y[i] - m);
	*sigma = sqrt((1 - numbers_dot(w, q, n)) / 0.7);
}

/* Of the newest points; the mean in the middle is that of all rewards. */
static void
kernelucb_is_a_dense_solve_over_its_window(void **state)
{
	struct player *p = player(
	    "kernelucb exploration=0.8 alpha=0.7 bandwidth=0.8 points=13");
	double z[ROWS][Z], y[ROWS], sum = 0, query[Z];

	(void)state;
	for (int row = 0; row < ROWS; row++) {
		int from = row > POINTS ? row - POINTS : 0;
		double mean, sigma, m = row > 0 ? sum / row : 0;
		struct pick pick = { 0 };

		player_choose(p, x_of(row), row, &pick);
		for (int i = 0; i < ARMS; i++) {
			one_hot(row, i, query);
			kernel_solve(z + from, y + from, row - from, m, query,
			    &mean, &sigma);
			assert_true(mean + 0.8 * sigma <=
			    pick.mean + 0.8 * pick.sigma + 1e-9);
			if (i != pick.arm)
				continue;
			assert_close(pick.mean, mean, 1e-9);
			assert_close(pick.sigma, sigma, 1e-9);
		}
		one_hot(row, pick.arm, z[row]);
		sum += y[row] = set_reward(&set, row, pick.arm);
		player_learn(p, x_of(row), row, pick.arm, y[row], 0);
	}
	player_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regress_is_what_a_dense_solve_gives),
		cmocka_unit_test(matrices_beyond_a_gigabyte_are_refused),
		cmocka_unit_test(linear_worlds_are_learnt),
		cmocka_unit_test(linucb_shared_is_a_ridge_over_the_one_hot),
		cmocka_unit_test(kernelucb_is_a_dense_solve_over_its_window),
	};

	return cmocka_run_group_tests_name("regress", tests, make_set,
	    free_set);
}
