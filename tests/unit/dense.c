/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/dense.h"

#include <gsl/gsl_linalg.h>
#include <string.h>

void
dense_init(struct dense *m, int n, double diag)
{
	*m = (struct dense){ .n = n };
	for (int i = 0; i < n; i++)
		m->a[i][i] = diag;
}

void
dense_update(struct dense *m, const double *x, double bx, double sx, int sign)
{
	for (int i = 0; i < m->n; i++) {
		for (int j = 0; j < m->n; j++)
			m->a[i][j] += sign * x[i] * x[j];
		m->b[i] += sign * bx * x[i];
		m->s[i] += sign * sx * x[i];
	}
}

void
dense_delete_first(struct dense *m)
{
	m->n--;
	memmove(m->b, m->b + 1, sizeof m->b - sizeof *m->b);
	memmove(m->s, m->s + 1, sizeof m->s - sizeof *m->s);
	for (int i = 0; i < m->n; i++)
		memmove(m->a[i], m->a[i + 1] + 1, (size_t)m->n * sizeof **m->a);
}

/* A factor, z and u made anew by GSL, as columns of chol. */
static void
factor_anew(const struct dense *m, struct chol *c)
{
	gsl_matrix *l = gsl_matrix_alloc((size_t)m->n, (size_t)m->n);
	gsl_vector *z = gsl_vector_alloc((size_t)m->n);
	gsl_vector *u = gsl_vector_alloc((size_t)m->n);

	for (size_t i = 0; i < (size_t)m->n; i++) {
		gsl_vector_set(z, i, m->b[i]);
		gsl_vector_set(u, i, m->s[i]);
		for (size_t j = 0; j < (size_t)m->n; j++)
			gsl_matrix_set(l, i, j, m->a[i][j]);
	}
	assert_int_equal(gsl_linalg_cholesky_decomp1(l), 0);
	gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, l, z);
	gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, l, u);
	chol_init(c, m->n, m->n, 1);
	for (int k = 0; k < m->n; k++) {
		double *col = chol_col(c, k);

		col[0] = gsl_vector_get(z, (size_t)k);
		col[1] = gsl_vector_get(u, (size_t)k);
		for (int i = k; i < m->n; i++)
			col[2 + i - k] =
			    gsl_matrix_get(l, (size_t)i, (size_t)k);
	}
	gsl_matrix_free(l);
	gsl_vector_free(z);
	gsl_vector_free(u);
}

double
factor_distance(const struct chol *a, const struct chol *b)
{
	double off = 0, largest = 0;

	assert_int_equal(a->n, b->n);
	for (int k = 0; k < a->n; k++)
		for (int i = 0; i < a->n - k + 2; i++) {
			double x = chol_col(a, k)[i], y = chol_col(b, k)[i];

			off = fmax(off, fabs(x - y));
			largest = fmax(largest, fabs(y));
		}
	return off / largest;
}

void
factor_assert(const struct chol *c, const struct dense *m, double error)
{
	struct chol fresh;

	assert_true(chol_check(c));
	factor_anew(m, &fresh);
	assert_true(factor_distance(c, &fresh) <= error);
	chol_fini(&fresh);
}

void
factor_assert_same(const struct chol *a, const struct chol *b)
{
	assert_int_equal(a->n, b->n);
	for (int k = 0; k < a->n; k++)
		assert_memory_equal(chol_col(a, k), chol_col(b, k),
		    (size_t)(a->n - k + 2) * sizeof(double));
}

void
factor_copy(struct chol *to, const struct chol *from)
{
	struct buf bytes = { 0 };

	chol_encode(from, &bytes);
	chol_init(to, 0, 1, 1);
	assert_true(chol_decode(to, bytes.data, bytes.len));
	buf_free(&bytes);
}

void
factor_random(struct chol *c, struct dense *m, int n, int updates,
    uint64_t *random)
{
	double x[DENSE_MAX];

	chol_init(c, n, n + 2, 0.5);
	dense_init(m, n, 0.5);
	for (int i = 0; i < updates; i++) {
		double r = number(random);

		numbers_fill(random, x, n);
		assert_int_equal(chol_update(c, x, r, 1, 1), ERR_NONE);
		dense_update(m, x, r, 1, 1);
	}
}
