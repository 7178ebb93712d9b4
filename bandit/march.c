/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/march.h"

#include <assert.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bandit/normal.h"

static const double zeros[MARCH_NODES];
static const double ones[MARCH_NODES] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1 };

/* P_0(t) .. P_MARCH_NODES(t). */
static void
legendre(double t, double *p)
{
	p[0] = 1;
	p[1] = t;
	for (int m = 1; m < MARCH_NODES; m++)
		p[m + 1] = ((2 * m + 1) * t * p[m] - m * p[m - 1]) / (m + 1);
}

/*
 * The polynomial through values v_j is sum_m (m + 1/2) P_m sum_j w_j P_m(t_j)
 * v_j, and (2m + 1) P_m is the derivative of P_m+1 - P_m-1, which is 0 at 1.
 */
static void
fill_upper(struct march *m, const double *t)
{
	double at[MARCH_NODES][MARCH_NODES + 1];

	for (int i = 0; i < MARCH_NODES; i++)
		legendre(t[i], at[i]);
	for (int j = 0; j < MARCH_NODES; j++)
		for (int i = 0; i < MARCH_NODES; i++) {
			double sum = 1 - t[i];

			for (int k = 1; k < MARCH_NODES; k++)
				sum -= at[j][k] * (at[i][k + 1] - at[i][k - 1]);
			m->upper[j][i] = m->weight[j] / 2 * sum;
		}
}

void
march_init(struct march *m)
{
	gsl_integration_glfixed_table *rule =
	    mem_got(gsl_integration_glfixed_table_alloc(MARCH_NODES));
	double t[MARCH_NODES];

	assert(rule != NULL && MARCH_REACH + MARCH_STEP <= NORMAL_MAX);
	*m = (struct march){ 0 };
	for (int i = 0; i < MARCH_NODES; i++) {
		gsl_integration_glfixed_point(-1, 1, (size_t)i, &t[i],
		    &m->weight[i], rule);
		m->depth[i] = 1 - t[i];
	}
	fill_upper(m, t);
	gsl_integration_glfixed_table_free(rule);
}

void
march_fini(struct march *m)
{
	free(m->pdf);
	free(m->cdf);
	free(m->centre);
	free(m->u);
	free(m->passed);
}

static void
grow(struct march *m, int n)
{
	size_t rows = (size_t)n * MARCH_NODES;

	march_fini(m);
	m->cap = n;
	m->pdf = mem_alloc((size_t)n, sizeof *m->pdf);
	m->cdf = mem_alloc((size_t)n, sizeof *m->cdf);
	m->passed = mem_alloc((size_t)n, sizeof *m->passed);
	m->centre = mem_alloc((size_t)n, 4 * sizeof *m->centre);
	m->scale = m->centre + n;
	m->top = m->scale + n;
	m->half = m->top + n;
	m->u = mem_aligned(rows, 3 * sizeof *m->u);
	m->pdf_rows = m->u + rows;
	m->cdf_rows = m->pdf_rows + rows;
}

void
march_begin(struct march *m, int n, const double *mean, const double *sd,
    double step)
{
	assert(n >= 1);
	if (n > m->cap)
		grow(m, n);
	m->n = n;
	m->mean = mean;
	m->sd = sd;
	m->step = step;
	m->largest = 0;
	for (int i = 0; i < n; i++)
		m->largest = fmax(m->largest, sd[i]);
	for (int i = 0; i < n; i++) {
		assert(isfinite(mean[i]) && isfinite(sd[i]) && sd[i] > 0);
		m->scale[i] = sd[i] / m->largest;
		m->centre[i] = m->top[i] = -INFINITY;
		m->passed[i] = false;
	}
	m->lo = INFINITY;
}

/* Whether the march is among the draws of any arm. */
static bool
under_way(struct march *m)
{
	bool any = false;

	for (int i = 0; i < m->n; i++) {
		double reach = MARCH_REACH * m->scale[i];

		m->passed[i] |= m->centre[i] - reach >= m->hi;
		any |= !m->passed[i] && m->top[i] >= m->hi;
	}
	return any;
}

/* Halves: the difference of two numbers may be too large for one. */
static bool
jump(struct march *m)
{
	int from = -1;

	for (int i = 0; i < m->n; i++)
		if (!m->passed[i] && (from < 0 || m->mean[i] > m->mean[from]))
			from = i;
	if (from < 0)
		return false;
	m->hi = -INFINITY;
	for (int i = 0; i < m->n; i++) {
		double half = m->mean[i] / 2 - m->mean[from] / 2;

		m->centre[i] = 2 * (half / m->largest);
		m->top[i] = m->centre[i] + MARCH_REACH * m->scale[i];
		if (!m->passed[i])
			m->hi = fmax(m->hi, m->top[i]);
	}
	return true;
}

/* No panel is wide against an arm that is in it. */
static double
lower_end(const struct march *m)
{
	double lo = -INFINITY;

	for (int i = 0; i < m->n; i++)
		if (!m->passed[i])
			lo = fmax(lo,
			    fmin(m->top[i], m->hi - m->step * m->scale[i]));
	return lo;
}

/* Gives the arms of the panel their rows; returns how many numbers. */
EXACT_CLONES static int
fill_rows(struct march *m)
{
	int at = 0;

	for (int i = 0; i < m->n; i++) {
		double top = (m->hi - m->centre[i]) / m->scale[i];
		double half = (m->hi - m->lo) / 2 / m->scale[i];

		m->pdf[i] = NULL;
		m->cdf[i] = m->passed[i] ? zeros : ones;
		if (m->passed[i] || m->top[i] <= m->lo)
			continue;
#pragma omp simd
		for (int j = 0; j < MARCH_NODES; j++)
			m->u[at + j] = top - half * m->depth[j];
		m->half[i] = half;
		m->pdf[i] = m->pdf_rows + at;
		m->cdf[i] = m->cdf_rows + at;
		at += MARCH_NODES;
	}
	return at;
}

bool
march_next(struct march *m)
{
	m->hi = m->lo;
	if (!under_way(m) && !jump(m))
		return false;
	m->lo = lower_end(m);
	normal_fill(m->u, fill_rows(m), m->pdf_rows, m->cdf_rows);
	return true;
}
