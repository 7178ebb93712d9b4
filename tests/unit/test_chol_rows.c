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
		assert_int_equal(chol_shift(&c, deltas[i]), ERR_NONE);
		factor_assert(&c, &m, 1e-13);
		chol_fini(&c);
	}
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
	assert_int_equal(chol_shift(&c, -0.6), ERR_NUMERIC);
	factor_assert_same(&c, &before);
	assert_int_equal(chol_shift(&c, NAN), ERR_NUMERIC);
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
		cmocka_unit_test(shift_too_far_changes_nothing),
		cmocka_unit_test(window_of_points_is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
