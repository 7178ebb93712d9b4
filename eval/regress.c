/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/regress.h"

#include <gsl/gsl_blas.h>
#include <math.h>

#include "base/mem.h"
#include "features/exact.h"

#define REGRESS_MOST (1 << 30) /* bytes of all matrices of a player */

enum err
regress_fits(int copies, int d, struct fault *f)
{
	double bytes = sizeof(double) * (double)copies * d * d;

	return bytes <= REGRESS_MOST
	    ? ERR_NONE
	    : fault_set(f, ERR_BAD_REQUEST,
		  "%d regressions over %d numbers take %.0f MiB, over %d; "
		  "take features, or fewer arms",
		  copies, d, bytes / (1 << 20), REGRESS_MOST / (1 << 20));
}

void
regress_init(struct regress *r, int d, double alpha)
{
	size_t n = (size_t)d;

	r->d = d;
	r->n = 0;
	r->v = mem_got(gsl_matrix_calloc(n, n));
	r->theta = mem_got(gsl_vector_calloc(n));
	r->unit = mem_got(gsl_vector_calloc(n));
	r->vx = mem_got(gsl_vector_calloc(n));
	for (size_t i = 0; i < n; i++)
		gsl_matrix_set(r->v, i, i, 1 / alpha);
}

void
regress_fini(struct regress *r)
{
	gsl_matrix_free(r->v);
	gsl_vector_free(r->theta);
	gsl_vector_free(r->unit);
	gsl_vector_free(r->vx);
}

static double
dot(const gsl_vector *a, const gsl_vector *b)
{
	double sum;

	gsl_blas_ddot(a, b, &sum);
	return sum;
}

static _gsl_vector_const_view
view(const struct regress *r, const double *x)
{
	return gsl_vector_const_view_array(x, (size_t)r->d);
}

double
regress_mean(const struct regress *r, const double *x, double m)
{
	gsl_vector_const_view at = view(r, x);

	return m + dot(&at.vector, r->theta) - m * dot(&at.vector, r->unit);
}

/* From the lower half alone; GSL's dsymv() would need five times as long, and
 * most of a replay is this. */
EXACT_CLONES static double
quadratic(const gsl_matrix *v, const double *x)
{
	double sum = 0;

	for (size_t i = 0; i < v->size1; i++) {
		const double *row = gsl_matrix_const_ptr(v, i, 0);

		sum += x[i] * (row[i] * x[i] + 2 * exact_dot(row, x, (int)i));
	}
	return sum;
}

double
regress_sigma(const struct regress *r, const double *x)
{
	return sqrt(fmax(0, quadratic(r->v, x)));
}

void
regress_learn(struct regress *r, const double *x, double y)
{
	gsl_vector_const_view at = view(r, x);
	double off = y - dot(&at.vector, r->theta);
	double off_unit = 1 - dot(&at.vector, r->unit), scale;

	gsl_blas_dsymv(CblasLower, 1, r->v, &at.vector, 0, r->vx);
	scale = 1 / (1 + fmax(0, dot(&at.vector, r->vx)));
	gsl_blas_daxpy(scale * off, r->vx, r->theta);
	gsl_blas_daxpy(scale * off_unit, r->vx, r->unit);
	gsl_blas_dsyr(CblasLower, -scale, r->vx, r->v);
	r->n++;
}
