/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/gsl_build.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define INTERVALS 1000
#define WITHIN 1e-9

struct gsl_build {
	int d, D, K;
	gsl_matrix *w;        /* [D/2][d] */
	gsl_vector *angle;    /* [D/2] */
	gsl_vector *phi, *v;  /* [D] */
	gsl_matrix **inverse; /* [K] of [D][D], A^-1 */
	gsl_vector **b;       /* [K] of [D] */
};

static void
draw(gsl_matrix *w)
{
	gsl_rng *r = mem_got(gsl_rng_alloc(gsl_rng_mt19937));

	for (size_t i = 0; i < w->size1; i++)
		for (size_t j = 0; j < w->size2; j++)
			gsl_matrix_set(w, i, j, gsl_ran_gaussian(r, 1));
	gsl_rng_free(r);
}

struct gsl_build *
gsl_build_new(int d, int D, int K, double alpha)
{
	struct gsl_build *g = mem_alloc(1, sizeof *g);
	size_t n = (size_t)D;

	*g = (struct gsl_build){ .d = d, .D = D, .K = K };
	g->w = mem_got(gsl_matrix_alloc(n / 2, (size_t)d));
	g->angle = mem_got(gsl_vector_alloc(n / 2));
	g->phi = mem_got(gsl_vector_calloc(n));
	g->v = mem_got(gsl_vector_alloc(n));
	g->inverse = mem_alloc((size_t)K, sizeof(gsl_matrix *));
	g->b = mem_alloc((size_t)K, sizeof(gsl_vector *));
	draw(g->w);
	for (int i = 0; i < K; i++) {
		g->inverse[i] = mem_got(gsl_matrix_alloc(n, n));
		gsl_matrix_set_identity(g->inverse[i]);
		gsl_matrix_scale(g->inverse[i], 1 / alpha);
		g->b[i] = mem_got(gsl_vector_calloc(n));
	}
	return g;
}

void
gsl_build_free(struct gsl_build *g)
{
	for (int i = 0; i < g->K; i++) {
		gsl_matrix_free(g->inverse[i]);
		gsl_vector_free(g->b[i]);
	}
	gsl_matrix_free(g->w);
	gsl_vector_free(g->angle);
	gsl_vector_free(g->phi);
	gsl_vector_free(g->v);
	free(g->inverse);
	free(g->b);
	free(g);
}

void
gsl_build_fill(struct gsl_build *g, const double *x)
{
	gsl_vector_const_view at = gsl_vector_const_view_array(x, (size_t)g->d);
	size_t m = g->angle->size;
	double scale = sqrt(1.0 / (double)m);

	gsl_blas_dgemv(CblasNoTrans, 1, g->w, &at.vector, 0, g->angle);
	for (size_t k = 0; k < m; k++) {
		double a = gsl_vector_get(g->angle, k);

		gsl_vector_set(g->phi, k, scale * cos(a));
		gsl_vector_set(g->phi, m + k, scale * sin(a));
	}
}

void
gsl_build_set_phi(struct gsl_build *g, const double *phi)
{
	memcpy(g->phi->data, phi, (size_t)g->D * sizeof *phi);
}

void
gsl_build_score(struct gsl_build *g, int arm, double *mean, double *sigma)
{
	double s2;

	gsl_blas_dsymv(CblasLower, 1, g->inverse[arm], g->phi, 0, g->v);
	gsl_blas_ddot(g->v, g->b[arm], mean);
	gsl_blas_ddot(g->v, g->phi, &s2);
	*sigma = sqrt(s2);
}

void
gsl_build_learn(struct gsl_build *g, int arm, double reward)
{
	double s2;

	gsl_blas_dsymv(CblasLower, 1, g->inverse[arm], g->phi, 0, g->v);
	gsl_blas_ddot(g->v, g->phi, &s2);
	gsl_blas_dsyr(CblasLower, -1 / (1 + s2), g->v, g->inverse[arm]);
	gsl_blas_daxpy(reward, g->phi, g->b[arm]);
}

int
gsl_build_decide(struct gsl_build *g, const double *x, double eta)
{
	double mean, sigma, best = -INFINITY;
	int arm = 0;

	gsl_build_fill(g, x);
	for (int i = 0; i < g->K; i++) {
		gsl_build_score(g, i, &mean, &sigma);
		if (mean + eta * sigma > best) {
			best = mean + eta * sigma;
			arm = i;
		}
	}
	return arm;
}

struct race {
	int n, first;
	const double *mean, *sd;
};

/* The density of the first there, times that all others are below. */
static double
density(double at, void *race)
{
	const struct race *r = race;
	double p =
	    gsl_ran_gaussian_pdf(at - r->mean[r->first], r->sd[r->first]);

	for (int j = 0; j < r->n; j++)
		if (j != r->first)
			p *= gsl_cdf_gaussian_P(at - r->mean[j], r->sd[j]);
	return p;
}

void
gsl_build_race(int n, const double *mean, const double *sd, double *p)
{
	gsl_integration_workspace *w =
	    mem_got(gsl_integration_workspace_alloc(INTERVALS));
	struct race r = { n, 0, mean, sd };
	gsl_function f = { density, &r };
	double error;

	for (; r.first < n; r.first++)
		gsl_integration_qagi(&f, WITHIN, WITHIN, INTERVALS, w,
		    &p[r.first], &error);
	gsl_integration_workspace_free(w);
}
