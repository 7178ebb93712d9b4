/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chol: rows that come and go, against fresh factorisations. */
#include "tests/unit/dense.h"

#include <string.h>

/* A Gram matrix grows by the column of a new point; col[n] is its diagonal. */
static void
gram_column(double points[][3], int n, double alpha, double *col)
{
	for (int i = 0; i <= n; i++)
		col[i] = numbers_dot(points[i], points[n], 3);
	col[n] += alpha;
}

static void
dense_gram(struct dense *m, double points[][3], int n, double alpha)
{
	dense_init(m, n, alpha);
	for (int i = 0; i < n; i++) {
		m->b[i] = points[i][0] / 2;
		m->s[i] = 1;
		for (int j = 0; j < n; j++)
			m->a[i][j] += numbers_dot(points[i], points[j], 3);
	}
}

static void
appending_equals_batch(void **state)
{
	uint64_t random = test_seed();
	double points[DENSE_MAX][3], col[DENSE_MAX];
	struct dense m;
	struct chol c;

	(void)state;
	numbers_fill(&random, points[0], 3 * DENSE_MAX);
	chol_init(&c, 0, 1, 1);
	for (int n = 0; n < DENSE_MAX; n++) {
		gram_column(points, n, 0.1, col);
		assert_int_equal(
		    chol_append(&c, col, col[n], points[n][0] / 2, 1),
		    ERR_NONE);
		assert_int_equal(c.n, n + 1);
		assert_true(c.cap >= c.n && c.cap < 2 * c.n + 1);
		dense_gram(&m, points, n + 1, 0.1);
		factor_assert(&c, &m, 1e-13);
	}
	chol_fini(&c);
}

static void
the_same_row_twice_is_singular(void **state)
{
	const double col[] = { 4, 2 }, twice[] = { 4, 2, 4 };
	struct chol c, before;

	(void)state;
	chol_init(&c, 0, 1, 1);
	assert_int_equal(chol_append(&c, col, 4, 1, 1), ERR_NONE);
	assert_int_equal(chol_append(&c, col + 1, 3, 1, 1), ERR_NONE);
	factor_copy(&before, &c);
	assert_int_equal(chol_append(&c, twice, 4, 1, 1), ERR_NUMERIC);
	assert_int_equal(chol_append(&c, twice, -1, 1, 1), ERR_NUMERIC);
	factor_assert_same(&c, &before);
	chol_fini(&c);
	chol_fini(&before);
}

static void
deleting_down_to_nothing(void **state)
{
	uint64_t random = test_seed();
	struct dense m;
	struct chol c;

	(void)state;
	factor_random(&c, &m, 30, 60, &random);
	while (c.n > 1) {
		chol_delete_first(&c);
		dense_delete_first(&m);
		factor_assert(&c, &m, 1e-13);
	}
	chol_delete_first(&c);
	assert_int_equal(c.n, 0);
	assert_true(chol_check(&c));
	chol_fini(&c);
}

/* The same by on every entry of the diagonal. */
static enum err
shift(struct chol *c, double by)
{
	double all[DENSE_MAX];

	for (int j = 0; j < c->n; j++)
		all[j] = by;
	return chol_shift(c, all, NULL, NULL);
}

static void
shift_equals_another_diagonal(void **state)
{
	static const double deltas[] = { 2, -0.4, 0, 1e-9 };
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct dense m;
		struct chol c;

		factor_random(&c, &m, 25, 50, &random);
		for (int j = 0; j < 25; j++)
			m.a[j][j] += deltas[i];
		assert_int_equal(shift(&c, deltas[i]), ERR_NONE);
		factor_assert(&c, &m, 1e-13);
		chol_fini(&c);
	}
}

static void
shift_takes_the_right_hand_sides_along(void **state)
{
	enum { N = 25 };
	uint64_t random = test_seed();
	double by[N], b[N], s[N];
	struct dense m;
	struct chol c;

	(void)state;
	factor_random(&c, &m, N, 50, &random);
	numbers_fill(&random, by, N);
	numbers_fill(&random, b, N);
	numbers_fill(&random, s, N);
	for (int j = 0; j < N; j++) {
		by[j] *= 0.4;
		m.a[j][j] += by[j];
		m.b[j] += by[j] * b[j];
		m.s[j] += by[j] * s[j];
	}
	assert_int_equal(chol_shift(&c, by, b, s), ERR_NONE);
	factor_assert(&c, &m, 1e-13);
	chol_fini(&c);
}

static void
raise_is_an_update_along_one_axis(void **state)
{
	enum { N = 25 };
	uint64_t random = test_seed();
	struct dense m;
	struct chol c;

	(void)state;
	factor_random(&c, &m, N, 30, &random);
	for (int j = 0; j < N; j++) {
		m.a[j][j] += 0.3;
		m.b[j] += 0.3 * 2;
		m.s[j] += 0.3 * j;
		chol_raise(&c, j, 0.3, 2, j);
		factor_assert(&c, &m, 1e-13);
	}
	chol_fini(&c);
}

static void
scale_is_exact(void **state)
{
	uint64_t random = test_seed();
	struct chol c, before;
	struct dense m;

	(void)state;
	factor_random(&c, &m, 25, 30, &random);
	factor_copy(&before, &c);
	chol_scale(&c, 0x1p-32);
	for (int i = 0; i < 25; i++) {
		for (int j = 0; j < 25; j++)
			m.a[i][j] *= 0x1p-64;
		m.b[i] *= 0x1p-64;
		m.s[i] *= 0x1p-64;
	}
	factor_assert(&c, &m, 1e-13);
	chol_scale(&c, 0x1p32);
	factor_assert_same(&c, &before);
	chol_fini(&c);
	chol_fini(&before);
}

static void
weights_solve_for_both_sides(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int n = 1; n <= DENSE_MAX; n += 3) {
		double fit[DENSE_MAX], unit[DENSE_MAX];
		struct dense m;
		struct chol c;

		factor_random(&c, &m, n, 2 * n, &random);
		chol_weights(&c, fit, unit);
		for (int i = 0; i < n; i++) {
			assert_close(numbers_dot(m.a[i], fit, n), m.b[i], 1e-9);
			assert_close(numbers_dot(m.a[i], unit, n), m.s[i],
			    1e-9);
		}
		chol_fini(&c);
	}
}

static void
rows_are_those_of_the_matrix(void **state)
{
	enum { N = 25 };
	uint64_t random = test_seed();
	double row[N], b, s;
	struct dense m;
	struct chol c;

	(void)state;
	factor_random(&c, &m, N, 30, &random);
	for (int i = 0; i < N; i++) {
		chol_row(&c, i, row, &b, &s);
		for (int j = 0; j <= i; j++)
			assert_close(row[j], m.a[i][j], 1e-11);
		assert_close(b, m.b[i], 1e-11);
		assert_close(s, m.s[i], 1e-11);
	}
	chol_fini(&c);
}

static void
shift_too_far_changes_nothing(void **state)
{
	uint64_t random = test_seed();
	struct dense m;
	struct chol c, before;

	(void)state;
	factor_random(&c, &m, 10, 5, &random);
	factor_copy(&before, &c);
	assert_int_equal(shift(&c, -0.6), ERR_NUMERIC);
	factor_assert_same(&c, &before);
	assert_int_equal(shift(&c, NAN), ERR_NUMERIC);
	factor_assert_same(&c, &before);
	chol_fini(&c);
	chol_fini(&before);
}

/* 10^4 points go through a window of 24: errors do not add up. */
static void
window_of_points_is_stable(void **state)
{
	enum { WINDOW = 24, STEPS = 10000 };
	uint64_t random = test_seed();
	double points[WINDOW + 1][3], col[WINDOW + 1];
	struct dense m;
	struct chol c;

	(void)state;
	chol_init(&c, 0, WINDOW + 1, 1);
	for (int i = 0; i < STEPS; i++) {
		int n = c.n;

		numbers_fill(&random, points[n], 3);
		gram_column(points, n, 0.01, col);
		assert_int_equal(
		    chol_append(&c, col, col[n], points[n][0] / 2, 1),
		    ERR_NONE);
		if (c.n <= WINDOW)
			continue;
		chol_delete_first(&c);
		memmove(points[0], points[1], WINDOW * sizeof *points);
		if (i % 1000 == 999) {
			dense_gram(&m, points, WINDOW, 0.01);
			factor_assert(&c, &m, 1e-12);
		}
	}
	chol_fini(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appending_equals_batch),
		cmocka_unit_test(the_same_row_twice_is_singular),
		cmocka_unit_test(deleting_down_to_nothing),
		cmocka_unit_test(shift_equals_another_diagonal),
		cmocka_unit_test(shift_takes_the_right_hand_sides_along),
		cmocka_unit_test(raise_is_an_update_along_one_axis),
		cmocka_unit_test(scale_is_exact),
		cmocka_unit_test(weights_solve_for_both_sides),
		cmocka_unit_test(rows_are_those_of_the_matrix),
		cmocka_unit_test(shift_too_far_changes_nothing),
		cmocka_unit_test(window_of_points_is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
