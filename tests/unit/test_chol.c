/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chol: updates, solves and bytes, against fresh factorisations and against
 * plain loops, bit for bit. */
#include "tests/unit/dense.h"

#include <string.h>

static void
streaming_equals_batch(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int n = 1; n <= DENSE_MAX; n += 1 + n / 8) {
		struct dense m;
		struct chol c;

		factor_random(&c, &m, n, 3 * n, &random);
		factor_assert(&c, &m, 1e-13);
		chol_fini(&c);
	}
}

static void
factor_times_its_transpose(void **state)
{
	uint64_t random = test_seed();
	struct dense m;
	struct chol c;

	(void)state;
	factor_random(&c, &m, 20, 50, &random);
	for (int i = 0; i < 20; i++)
		for (int j = 0; j <= i; j++) {
			double sum = 0;

			for (int k = 0; k <= j; k++)
				sum += chol_col(&c, k)[2 + i - k] *
				    chol_col(&c, k)[2 + j - k];
			assert_close(sum, m.a[i][j], 1e-10);
		}
	chol_fini(&c);
}

/* The determinant of a matrix that is changed along one direction grows by
 * 1 + x' A^-1 x. */
static void
logdet_follows_an_update(void **state)
{
	uint64_t random = test_seed();
	double x[DENSE_MAX], y[DENSE_MAX], yz, yu, before, yy;
	struct dense m;
	struct chol c;

	(void)state;
	factor_random(&c, &m, 30, 40, &random);
	numbers_fill(&random, x, 30);
	before = chol_logdet(&c);
	yy = chol_solve(&c, x, y, &yz, &yu);
	chol_update(&c, x, 0, 0, 1);
	assert_close(chol_logdet(&c), before + log1p(yy), 1e-12);
	chol_fini(&c);
}

/* One column after the other, as a book would write it. */
static void
check_plain_solve(const struct chol *c, const double *x)
{
	double y[DENSE_MAX], got[DENSE_MAX], want[3] = { 0 }, yz, yu;

	memcpy(y, x, (size_t)c->n * sizeof *x);
	for (int k = 0; k < c->n; k++) {
		const double *col = chol_col(c, k);

		y[k] /= col[2];
		for (int i = k + 1; i < c->n; i++) {
			double product = y[k] * col[2 + i - k];

			y[i] -= product;
		}
		want[0] += y[k] * y[k];
		want[1] += y[k] * col[0];
		want[2] += y[k] * col[1];
	}
	assert_true(chol_solve(c, x, got, &yz, &yu) == want[0]);
	assert_true(yz == want[1] && yu == want[2]);
	assert_memory_equal(got, y, (size_t)c->n * sizeof *y);
	memcpy(got, x, (size_t)c->n * sizeof *x);
	chol_solve(c, got, got, &yz, &yu);
	assert_memory_equal(got, y, (size_t)c->n * sizeof *y);
}

static void
plain_rotation(double *l, double *x, double cos, double sin)
{
	double a = cos * *l, b = sin * *x, c = cos * *x, d = sin * *l;

	*l = a + b;
	*x = c - d;
}

static void
check_plain_update(const struct chol *before, const struct chol *after,
    const double *given, double bx, double sx)
{
	double x[DENSE_MAX];
	struct chol c;

	factor_copy(&c, before);
	memcpy(x, given, (size_t)c.n * sizeof *x);
	for (int k = 0; k < c.n; k++) {
		double *col = chol_col(&c, k);
		double r = sqrt(col[2] * col[2] + x[k] * x[k]);
		double cos = col[2] / r, sin = x[k] / r;

		plain_rotation(&col[0], &bx, cos, sin);
		plain_rotation(&col[1], &sx, cos, sin);
		for (int i = k; i < c.n; i++)
			plain_rotation(&col[2 + i - k], &x[i], cos, sin);
	}
	factor_assert_same(after, &c);
	chol_fini(&c);
}

static void
equals_plain_loops(void **state)
{
	uint64_t random = test_seed();
	double x[DENSE_MAX];

	(void)state;
	for (int n = 1; n <= DENSE_MAX; n++) {
		struct dense m;
		struct chol c, before;

		factor_random(&c, &m, n, 3, &random);
		numbers_fill(&random, x, n);
		check_plain_solve(&c, x);
		factor_copy(&before, &c);
		assert_int_equal(chol_update(&c, x, 0.3, 1, 1), ERR_NONE);
		check_plain_update(&before, &c, x, 0.3, 1);
		chol_fini(&c);
		chol_fini(&before);
	}
}

static void
taking_back_undoes(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int n = 1; n <= DENSE_MAX; n += 3) {
		double x[DENSE_MAX];
		struct dense m;
		struct chol c, before;

		factor_random(&c, &m, n, 2 * n, &random);
		factor_copy(&before, &c);
		numbers_fill(&random, x, n);
		assert_int_equal(chol_update(&c, x, 0.7, 1, 1), ERR_NONE);
		assert_true(factor_distance(&c, &before) > 1e-3);
		assert_int_equal(chol_update(&c, x, 0.7, 1, -1), ERR_NONE);
		assert_true(factor_distance(&c, &before) < 1e-13);
		chol_fini(&c);
		chol_fini(&before);
	}
}

static void
what_was_never_there_is_not_taken_back(void **state)
{
	uint64_t random = test_seed();
	double x[DENSE_MAX], y[DENSE_MAX], yz, yu, norm;
	struct dense m;
	struct chol c, before;

	(void)state;
	factor_random(&c, &m, 12, 5, &random);
	factor_copy(&before, &c);
	numbers_fill(&random, x, 12);
	for (int i = 0; i < 12; i++)
		x[i] *= 100;
	assert_int_equal(chol_update(&c, x, 0, 0, -1), ERR_NUMERIC);
	factor_assert_same(&c, &before);
	norm = sqrt(chol_solve(&c, x, y, &yz, &yu));
	for (int i = 0; i < 12; i++)
		x[i] /= norm; /* A - x x' is singular */
	assert_int_equal(chol_update(&c, x, 0, 0, -1), ERR_NUMERIC);
	factor_assert_same(&c, &before);
	for (int i = 0; i < 12; i++)
		x[i] *= 0.999;
	assert_int_equal(chol_update(&c, x, 0, 0, -1), ERR_NONE);
	dense_update(&m, x, 0, 0, -1);
	factor_assert(&c, &m, 1e-11);
	chol_fini(&c);
	chol_fini(&before);
}

static void
not_a_moderate_number(void **state)
{
	const double wrong[] = { NAN, INFINITY, -INFINITY, 1e101 };
	uint64_t random = test_seed();
	struct dense m;
	struct chol c, before;

	(void)state;
	factor_random(&c, &m, 9, 5, &random);
	factor_copy(&before, &c);
	for (int i = 0; i < 4; i++) {
		double x[9] = { 1 }, good[9] = { 1 };

		x[i * 2 + 1] = wrong[i];
		for (int sign = -1; sign <= 1; sign += 2) {
			assert_int_equal(chol_update(&c, x, 0, 0, sign),
			    ERR_NUMERIC);
			assert_int_equal(
			    chol_update(&c, good, wrong[i], 0, sign),
			    ERR_NUMERIC);
			assert_int_equal(
			    chol_update(&c, good, 0, wrong[i], sign),
			    ERR_NUMERIC);
		}
		assert_int_equal(chol_append(&c, x, 9, 0, 0), ERR_NUMERIC);
		assert_int_equal(chol_append(&c, good, wrong[i], 0, 0),
		    ERR_NUMERIC);
		assert_int_equal(chol_append(&c, good, 9, wrong[i], 0),
		    ERR_NUMERIC);
		assert_int_equal(chol_append(&c, good, 9, 0, wrong[i]),
		    ERR_NUMERIC);
	}
	factor_assert_same(&c, &before);
	chol_fini(&c);
	chol_fini(&before);
}

/* As large as is taken in, a thousand times: nothing overflows. */
static void
largest_numbers_stay_finite(void **state)
{
	uint64_t random = test_seed();
	double x[8], y[8], yz, yu;
	struct chol c;

	(void)state;
	chol_init(&c, 8, 8, 1e-6);
	for (int i = 0; i < 1000; i++) {
		numbers_fill(&random, x, 8);
		for (int j = 0; j < 8; j++)
			x[j] *= CHOL_LARGEST;
		assert_int_equal(chol_update(&c, x, CHOL_LARGEST, 1, 1),
		    ERR_NONE);
		assert_true(chol_check(&c));
		assert_true(isfinite(chol_solve(&c, x, y, &yz, &yu)));
		assert_true(isfinite(yz) && isfinite(yu));
	}
	chol_fini(&c);
}

/* The same with updates that are taken back again. */
static void
window_of_updates_is_stable(void **state)
{
	enum { N = 12, WINDOW = 20, STEPS = 10000 };
	uint64_t random = test_seed();
	double x[WINDOW][N], r[WINDOW];
	struct dense m;
	struct chol c;

	(void)state;
	chol_init(&c, N, N, 0.1);
	for (int i = 0; i < STEPS; i++) {
		int at = i % WINDOW;

		if (i >= WINDOW)
			assert_int_equal(chol_update(&c, x[at], r[at], 1, -1),
			    ERR_NONE);
		numbers_fill(&random, x[at], N);
		r[at] = number(&random);
		assert_int_equal(chol_update(&c, x[at], r[at], 1, 1), ERR_NONE);
	}
	dense_init(&m, N, 0.1);
	for (int i = 0; i < WINDOW; i++)
		dense_update(&m, x[i], r[i], 1, 1);
	factor_assert(&c, &m, 1e-11);
	chol_fini(&c);
}

static void
accurate_after_a_hundred_thousand_updates(void **state)
{
	enum { N = 12, STEPS = 100000 };
	uint64_t random = test_seed();
	double x[N], r;
	struct dense m;
	struct chol c;

	(void)state;
	chol_init(&c, N, N, 1);
	dense_init(&m, N, 1);
	for (int i = 0; i < STEPS; i++) {
		numbers_unit(&random, x, N);
		r = number(&random);
		assert_int_equal(chol_update(&c, x, r, 1, 1), ERR_NONE);
		dense_update(&m, x, r, 1, 1);
	}
	factor_assert(&c, &m, 1e-12);
	chol_fini(&c);
}

static void
bytes_make_the_same_factor(void **state)
{
	uint64_t random = test_seed();
	double x[DENSE_MAX];

	(void)state;
	for (int n = 1; n <= DENSE_MAX; n += 11) {
		struct buf bytes = { 0 }, again = { 0 };
		struct dense m;
		struct chol c, d;

		factor_random(&c, &m, n, 10, &random);
		chol_encode(&c, &bytes);
		assert_int_equal(bytes.len, n * (n + 5) / 2 * 8);
		factor_copy(&d, &c);
		chol_encode(&d, &again);
		assert_int_equal(again.len, bytes.len);
		assert_memory_equal(again.data, bytes.data, bytes.len);
		numbers_fill(&random, x, n);
		chol_update(&c, x, 1, 1, 1);
		chol_update(&d, x, 1, 1, 1);
		factor_assert_same(&c, &d);
		buf_free(&bytes);
		buf_free(&again);
		chol_fini(&c);
		chol_fini(&d);
	}
}

/* Where z, u and L are in the bytes of a factor of one row. */
static void
broken_bytes_are_refused(void **state)
{
	static const double good[] = { 1, 1, 2 };
	static const double bad[][3] = { { NAN, 1, 2 }, { 1, INFINITY, 2 },
		{ 1, 1, NAN }, { 1, 1, 0 }, { 1, 1, -2 } };
	struct chol c;

	(void)state;
	chol_init(&c, 0, 1, 1);
	assert_true(chol_decode(&c, good, sizeof good));
	assert_int_equal(c.n, 1);
	for (int i = 0; i < 5; i++)
		assert_false(chol_decode(&c, bad[i], sizeof bad[i]));
	for (size_t len = 1; len < sizeof good; len++)
		assert_false(chol_decode(&c, good, len));
	assert_true(chol_decode(&c, good, 0));
	assert_int_equal(c.n, 0);
	chol_fini(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streaming_equals_batch),
		cmocka_unit_test(factor_times_its_transpose),
		cmocka_unit_test(logdet_follows_an_update),
		cmocka_unit_test(equals_plain_loops),
		cmocka_unit_test(taking_back_undoes),
		cmocka_unit_test(what_was_never_there_is_not_taken_back),
		cmocka_unit_test(not_a_moderate_number),
		cmocka_unit_test(largest_numbers_stay_finite),
		cmocka_unit_test(window_of_updates_is_stable),
		cmocka_unit_test(accurate_after_a_hundred_thousand_updates),
		cmocka_unit_test(bytes_make_the_same_factor),
		cmocka_unit_test(broken_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
