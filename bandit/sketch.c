/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/sketch.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "features/exact.h"

#define RANK SKETCH_RANK
#define LANES SKETCH_LANES

/* What float32 rounds of a sum of products: (BLOCK / 2 + 3) 2^-24 of that of
 * their sizes, which is at most the product of the lengths.  And what a
 * direction must add to the floor to be worth its place. */
#define BLOCK 64
#define ROUNDING 4e-6
#define LEAST 1e-3

/* As wide as AVX has them: features/exact.h says why not wider. */
typedef double four __attribute__((vector_size(32)));
typedef float eight __attribute__((vector_size(32)));

/* A row of RANK numbers, two zeros behind it. */
struct wide {
	four q[LANES / 4];
};

void
sketch_init(struct sketch *s, int n)
{
	*s = (struct sketch){ .n = n, .floor = 1 };
	s->rows = mem_aligned((size_t)n * LANES, sizeof *s->rows);
	s->weights = mem_alloc(2 * (size_t)n, sizeof *s->weights);
}

void
sketch_fini(struct sketch *s)
{
	free(s->rows);
	free(s->weights);
}

void
sketch_weigh(struct sketch *s, const struct chol *c)
{
	const double *weights = s->weights;

	chol_weights(c, s->weights, s->weights + s->n);
	for (int w = 0; w < 2; w++) {
		double sum = 0;

		for (int i = 0; i < s->n; i++) {
			double value = weights[w * s->n + i];

			s->rows[(size_t)i * LANES + (size_t)w] = (float)value;
			sum += value * value;
		}
		s->norm[w] = sqrt(sum);
	}
}

/* The directions that there are, and where there are fewer some noise. */
static void
guess(const struct sketch *s, struct wide *v)
{
	uint64_t noise = 1;

	for (int i = 0; i < s->n; i++)
		for (int j = 0; j < RANK; j++) {
			noise = noise * 6364136223846793005u + 1;
			v[i].q[j / 4][j % 4] = s->lambda[j] > 0
			    ? s->rows[i * LANES + 2 + j]
			    : copysign(1, (double)(int64_t)noise) / sqrt(s->n);
		}
}

/* w = scale L L'v - floor v */
EXACT_CLONES static void
sketch_multiply(const struct chol *c, double scale, double floor,
    const struct wide *v, struct wide *w)
{
	for (int i = 0; i < c->n; i++)
		for (int j = 0; j < LANES / 4; j++)
			w[i].q[j] = -floor * v[i].q[j];
	for (int k = 0; k < c->n; k++) {
		const double *l = chol_col(c, k) + CHOL_HEAD;
		four a = { 0 }, b = { 0 }, d = { 0 }, e = { 0 };

		for (int i = k; i < c->n; i++) {
			a += l[i - k] * v[i].q[0];
			b += l[i - k] * v[i].q[1];
			d += l[i - k] * v[i].q[2];
			e += l[i - k] * v[i].q[3];
		}
		a *= scale, b *= scale, d *= scale, e *= scale;
		for (int i = k; i < c->n; i++) {
			w[i].q[0] += l[i - k] * a;
			w[i].q[1] += l[i - k] * b;
			w[i].q[2] += l[i - k] * d;
			w[i].q[3] += l[i - k] * e;
		}
	}
}

/*
 * w becomes w R^-T, V'w = R R': what is left of its square is the bound.  A
 * little more on the diagonal makes it a little lower, and lets R exist where
 * rounding has made M a little less than nothing.  False: it does not.
 */
static bool
halve(gsl_matrix *v, gsl_matrix *w, gsl_matrix *g, double floor)
{
	double most = floor;

	gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, v, w, 0, g);
	for (size_t i = 0; i < RANK; i++)
		most = fmax(most, gsl_matrix_get(g, i, i));
	for (size_t i = 0; i < RANK; i++)
		gsl_matrix_set(g, i, i, gsl_matrix_get(g, i, i) + 1e-10 * most);
	if (gsl_linalg_cholesky_decomp1(g) != GSL_SUCCESS)
		return false;
	gsl_blas_dtrsm(CblasRight, CblasLower, CblasTrans, CblasNonUnit, 1, g,
	    w);
	return true;
}

/* Direction j of those in w, of that square. */
static void
take(struct sketch *s, size_t j, const gsl_matrix *w, double lambda)
{
	double root = sqrt(lambda);

	s->lambda[j] = lambda > LEAST * s->floor ? lambda : 0;
	for (int i = 0; i < s->n; i++)
		s->rows[(size_t)i * LANES + 2 + j] = s->lambda[j] > 0
		    ? (float)(gsl_matrix_get(w, (size_t)i, j) / root)
		    : 0;
}

/* What a look needs, kept for the next so that deciding allocates nothing once
 * the longest features were seen. */
static struct workspace {
	int n;
	gsl_matrix *g, *vectors, *turned;
	gsl_vector *values;
	gsl_eigen_symmv_workspace *eigen;
	struct wide *v, *w;
} shared;

static void
workspace_grow(struct workspace *k, int n)
{
	if (n <= k->n)
		return;
	if (k->n == 0) {
		k->g = mem_got(gsl_matrix_alloc(RANK, RANK));
		k->vectors = mem_got(gsl_matrix_alloc(RANK, RANK));
		k->values = mem_got(gsl_vector_alloc(RANK));
		k->eigen = mem_got(gsl_eigen_symmv_alloc(RANK));
	} else {
		gsl_matrix_free(k->turned);
		free(k->v);
		free(k->w);
	}
	k->turned = mem_got(gsl_matrix_alloc((size_t)n, RANK));
	k->v = mem_aligned((size_t)n, sizeof *k->v);
	k->w = mem_aligned((size_t)n, sizeof *k->w);
	k->n = n;
}

static void
step(struct sketch *s, const struct chol *c, double scale, struct workspace *k)
{
	size_t n = (size_t)s->n;
	gsl_matrix_view v, w, turned;

	guess(s, k->v);
	sketch_multiply(c, scale, s->floor, k->v, k->w);
	v = gsl_matrix_view_array_with_tda((double *)k->v, n, RANK, LANES);
	w = gsl_matrix_view_array_with_tda((double *)k->w, n, RANK, LANES);
	if (!halve(&v.matrix, &w.matrix, k->g, s->floor)) {
		memset(s->lambda, 0, sizeof s->lambda);
		return;
	}
	gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, &w.matrix, &w.matrix, 0,
	    k->g);
	gsl_eigen_symmv(k->g, k->values, k->vectors, k->eigen);
	gsl_eigen_symmv_sort(k->values, k->vectors, GSL_EIGEN_SORT_VAL_DESC);
	turned = gsl_matrix_submatrix(k->turned, 0, 0, n, RANK);
	gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &w.matrix, k->vectors, 0,
	    &turned.matrix);
	for (size_t j = 0; j < RANK; j++)
		take(s, j, &turned.matrix, gsl_vector_get(k->values, j));
}

void
sketch_look(struct sketch *s, const struct chol *c, double scale, double floor)
{
	bool first = s->lambda[0] == 0;

	workspace_grow(&shared, s->n);
	memset(shared.v, 0, (size_t)s->n * sizeof *shared.v);
	s->floor = floor;
	step(s, c, scale, &shared);
	if (first) /* noise says little */
		step(s, c, scale, &shared);
}

void
sketch_fade(struct sketch *s, double keep, double floor)
{
	s->floor = floor;
	for (int j = 0; j < RANK; j++)
		s->lambda[j] *= keep;
}

/* Sums of LANES each, of even rows and of odd. */
struct sums {
	eight even[2], odd[2];
};

EXACT_INLINE void
add_row(eight sum[2], const eight row[2], float phi)
{
	sum[0] += phi * row[0];
	sum[1] += phi * row[1];
}

EXACT_INLINE void
add_pair(struct sums *s, const eight row[4], const float phi[2])
{
	add_row(s->even, row, phi[0]);
	add_row(s->odd, row + 2, phi[1]);
}

EXACT_INLINE void
sums_take(struct sums *s, double out[LANES])
{
	for (int k = 0; k < LANES; k++)
		out[k] += s->even[k / 8][k % 8] + s->odd[k / 8][k % 8];
	*s = (struct sums){ 0 };
}

/* out = rows'phi.  Float32 takes few rows at a time, or what each addition
 * rounds would add up with n. */
EXACT_CLONES static void
sketch_project(const struct sketch *s, const float *phi, double *out)
{
	const eight *row = (const eight *)s->rows;
	struct sums a = { 0 };
	int i = 0;

	memset(out, 0, LANES * sizeof *out);
	while (i + 2 <= s->n) {
		int end = i + BLOCK < s->n ? i + BLOCK : s->n;

		for (; i + 2 <= end; i += 2, row += 4)
			add_pair(&a, row, phi + i);
		sums_take(&a, out);
	}
	if (i < s->n)
		add_row(a.even, row, phi[i]);
	sums_take(&a, out);
}

/* Two contexts, the same bits, in one pass over the rows. */
EXACT_CLONES static void
sketch_project_both(const struct sketch *s, const float *phi, double *out)
{
	const eight *row = (const eight *)s->rows;
	const float *psi = phi + s->n;
	struct sums a = { 0 }, b = { 0 };
	int i = 0;

	memset(out, 0, 2 * LANES * sizeof *out);
	while (i + 2 <= s->n) {
		int end = i + BLOCK < s->n ? i + BLOCK : s->n;

		for (; i + 2 <= end; i += 2, row += 4) {
			add_pair(&a, row, phi + i);
			add_pair(&b, row, psi + i);
		}
		sums_take(&a, out);
		sums_take(&b, out + LANES);
	}
	if (i < s->n) {
		add_row(a.even, row, phi[i]);
		add_row(b.even, row, psi[i]);
	}
	sums_take(&a, out);
	sums_take(&b, out + LANES);
}

static void
bound_of(const struct sketch *s, const double p[LANES], double square,
    struct model_bound *b)
{
	double left = square * (1 + ROUNDING), length = sqrt(square);

	for (int j = 0; j < RANK && s->lambda[j] > 0; j++)
		left -= s->lambda[j] / (s->floor + s->lambda[j]) * p[2 + j] *
		    p[2 + j] * (1 - ROUNDING);
	*b = (struct model_bound){ .fit = p[0],
		.unit = p[1],
		.sigma = sqrt(fmax(left, ROUNDING * square) / s->floor),
		.fit_error = ROUNDING * length * s->norm[0],
		.unit_error = ROUNDING * length * s->norm[1] };
}

void
sketch_bound(const struct sketch *s, const float *phi, const double *square,
    int contexts, struct model_bound *b)
{
	double p[2 * LANES];
	int i;

	for (i = 0; i + 2 <= contexts; i += 2) {
		sketch_project_both(s, phi + (size_t)i * (size_t)s->n, p);
		bound_of(s, p, square[i], &b[i]);
		bound_of(s, p + LANES, square[i + 1], &b[i + 1]);
	}
	if (i == contexts)
		return;
	sketch_project(s, phi + (size_t)i * (size_t)s->n, p);
	bound_of(s, p, square[i], &b[i]);
}
