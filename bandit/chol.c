/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/chol.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "features/exact.h"

#define HEAD CHOL_HEAD
#define BLOCK 4 /* columns that a solve takes in one pass */

/* What is left of a diagonal entry after taking away all that other rows
 * explain; a smaller share of it is nothing but rounding. */
#define TINY 1e-14

/* Numbers before column k where the columns have room for cap rows. */
static size_t
offset(int cap, int k)
{
	return (size_t)k * (size_t)(cap + HEAD) -
	    (size_t)k * (size_t)(k - 1) / 2;
}

/* Numbers in column k without the room behind them. */
static size_t
column_size(const struct chol *c, int k)
{
	return (size_t)(c->n - k + HEAD);
}

void
chol_init(struct chol *c, int n, int cap, double diag)
{
	assert(0 <= n && n <= cap && 1 <= cap && cap <= CHOL_MAX && diag > 0);
	c->n = n;
	c->cap = cap;
	c->cols = mem_aligned(offset(cap, cap), sizeof *c->cols);
	c->work = mem_aligned((size_t)cap, sizeof *c->work);
	for (int k = 0; k < n; k++)
		chol_col(c, k)[HEAD] = sqrt(diag);
}

void
chol_fini(struct chol *c)
{
	free(c->cols);
	free(c->work);
}

double *
chol_col(const struct chol *c, int k)
{
	return c->cols + offset(c->cap, k);
}

/* The same factor with twice the room. */
static void
grow(struct chol *c)
{
	struct chol big;

	assert(c->cap < CHOL_MAX);
	chol_init(&big, 0, c->cap < CHOL_MAX / 2 ? 2 * c->cap : CHOL_MAX, 1);
	big.n = c->n;
	for (int k = 0; k < c->n; k++)
		memcpy(chol_col(&big, k), chol_col(c, k),
		    column_size(c, k) * sizeof *c->cols);
	memcpy(big.work, c->work, (size_t)c->n * sizeof *c->work);
	chol_fini(c);
	*c = big;
}

bool
chol_moderate(const double *x, int n)
{
	for (int i = 0; i < n; i++)
		if (!(fabs(x[i]) <= CHOL_LARGEST))
			return false;
	return true;
}

struct sums {
	double yy, yz, yu;
};

/* Solves the triangle where columns k to k + width cross their own rows. */
EXACT_INLINE void
solve_triangle(const struct chol *c, int k, int width, double *y,
    struct sums *sum)
{
	for (int j = 0; j < width; j++) {
		const double *col = chol_col(c, k + j), *l = col + HEAD;
		double yj = y[k + j] / l[0];

		y[k + j] = yj;
		for (int i = 1; i < width - j; i++)
			y[k + j + i] -= yj * l[i];
		sum->yy += yj * yj;
		sum->yz += yj * col[0];
		sum->yu += yj * col[1];
	}
}

/* Forward substitution down the columns, four at a time. */
EXACT_CLONES static void
solve(const struct chol *c, double *y, struct sums *sum)
{
	int k;

	for (k = 0; k + BLOCK <= c->n; k += BLOCK) {
		const double *below[BLOCK];
		double minus[BLOCK];

		solve_triangle(c, k, BLOCK, y, sum);
		for (int j = 0; j < BLOCK; j++) {
			below[j] = chol_col(c, k + j) + HEAD + BLOCK - j;
			minus[j] = -y[k + j];
		}
		exact_axpy4(y + k + BLOCK, below, minus, c->n - k - BLOCK);
	}
	solve_triangle(c, k, c->n - k, y, sum);
}

double
chol_solve(const struct chol *c, const double *x, double *y, double *yz,
    double *yu)
{
	struct sums sum = { 0 };

	if (y != x)
		memcpy(y, x, (size_t)c->n * sizeof *y);
	solve(c, y, &sum);
	*yz = sum.yz;
	*yu = sum.yu;
	return sum.yy;
}

/* Turns each pair (col[i], w[i]) by the angle with these cos and sin. */
EXACT_INLINE void
rotate(double *col, double *w, int n, double cos, double sin)
{
#pragma omp simd
	for (int i = 0; i < n; i++) {
		double l = col[i], x = w[i];

		col[i] = cos * l + sin * x;
		w[i] = cos * x - sin * l;
	}
}

/*
 * A += w w' from row first on, with extra[] the b and s of the observation:
 * [L w] is turned column by column until nothing of w is left.  Returns the
 * product of the cosines.
 */
EXACT_CLONES static double
absorb(struct chol *c, int first, double *w, double extra[HEAD])
{
	double turned = 1;

	for (int k = first; k < c->n; k++) {
		double *col = chol_col(c, k), l = col[HEAD];
		double r = sqrt(l * l + w[k] * w[k]);
		double cos = l / r, sin = w[k] / r;

		rotate(col, extra, HEAD, cos, sin);
		rotate(col + HEAD, w + k, c->n - k, cos, sin);
		turned *= cos;
	}
	return turned;
}

/*
 * The way back, from the last column to the first: w = L^-1 x says the
 * angles, rest = sqrt(1 - w'w) closes the triangle, and w fills with x.
 */
EXACT_CLONES static void
release(struct chol *c, double *w, double extra[HEAD], double rest)
{
	for (int k = c->n - 1; k >= 0; k--) {
		double *col = chol_col(c, k);
		double r = sqrt(rest * rest + w[k] * w[k]);
		double cos = rest / r, sin = -w[k] / r;

		rest = r;
		w[k] = 0;
		rotate(col, extra, HEAD, cos, sin);
		rotate(col + HEAD, w + k, c->n - k, cos, sin);
	}
}

enum err
chol_learn(struct chol *c, const double *x, double bx, double sx,
    struct chol_gain *g)
{
	double extra[HEAD] = { bx, sx };

	if (!chol_moderate(x, c->n) || !chol_moderate(extra, HEAD))
		return ERR_NUMERIC;
	memcpy(c->work, x, (size_t)c->n * sizeof *x);
	g->turned = absorb(c, 0, c->work, extra);
	g->b = extra[0];
	g->s = extra[1];
	return ERR_NONE;
}

enum err
chol_update(struct chol *c, const double *x, double bx, double sx, int sign)
{
	struct chol_gain gain;
	double extra[HEAD] = { bx, sx }, yz, yu, left, rest;

	assert(sign == 1 || sign == -1);
	if (sign > 0)
		return chol_learn(c, x, bx, sx, &gain);
	if (!chol_moderate(x, c->n) || !chol_moderate(extra, HEAD))
		return ERR_NUMERIC;
	left = 1 - chol_solve(c, x, c->work, &yz, &yu);
	if (!(left > TINY))
		return ERR_NUMERIC;
	rest = sqrt(left);
	extra[0] = (bx - yz) / rest;
	extra[1] = (sx - yu) / rest;
	release(c, c->work, extra, rest);
	return ERR_NONE;
}

void
chol_raise(struct chol *c, int j, double by, double b, double s)
{
	double root = sqrt(by), extra[HEAD] = { root * b, root * s };

	assert(0 <= j && j < c->n && by >= 0);
	memset(c->work + j, 0, (size_t)(c->n - j) * sizeof *c->work);
	c->work[j] = root;
	absorb(c, j, c->work, extra);
}

enum err
chol_append(struct chol *c, const double *col, double diag, double b, double s)
{
	const double numbers[] = { diag, b, s };
	double yz, yu, left, *last;

	if (!chol_moderate(col, c->n) || !chol_moderate(numbers, 3))
		return ERR_NUMERIC;
	left = diag - chol_solve(c, col, c->work, &yz, &yu);
	if (!(left > TINY * diag))
		return ERR_NUMERIC;
	if (c->n == c->cap)
		grow(c);
	for (int k = 0; k < c->n; k++)
		chol_col(c, k)[column_size(c, k)] = c->work[k];
	last = chol_col(c, c->n++);
	last[HEAD] = sqrt(left);
	last[0] = (b - yz) / last[HEAD];
	last[1] = (s - yu) / last[HEAD];
	return ERR_NONE;
}

/* What row 0 explained of the others comes back to them as an observation. */
void
chol_delete_first(struct chol *c)
{
	double *first = chol_col(c, 0);

	assert(c->n > 0);
	memcpy(c->work, first + HEAD, (size_t)c->n * sizeof *first);
	absorb(c, 1, c->work, first);
	c->n--;
	for (int k = 0; k < c->n; k++)
		memcpy(chol_col(c, k), chol_col(c, k + 1),
		    column_size(c, k) * sizeof *first);
}

EXACT_CLONES static void
multiply_row(const struct chol *c, int i, double *row, double *b, double *s)
{
	*b = *s = 0;
	memset(row, 0, (size_t)(i + 1) * sizeof *row);
	for (int k = 0; k <= i; k++) {
		const double *col = chol_col(c, k), *l = col + HEAD;

		*b += l[i - k] * col[0];
		*s += l[i - k] * col[1];
		exact_axpy(row + k, l, l[i - k], i - k + 1);
	}
}

void
chol_row(const struct chol *c, int i, double *row, double *b, double *s)
{
	multiply_row(c, i, row, b, s);
}

enum err
chol_shift(struct chol *c, const double *by, const double *b_by,
    const double *s_by)
{
	struct chol old = *c;
	double *row = mem_alloc((size_t)c->cap, sizeof *row), b, s;
	enum err e = ERR_NONE;

	chol_init(c, 0, old.cap, 1);
	for (int i = 0; e == ERR_NONE && i < old.n; i++) {
		chol_row(&old, i, row, &b, &s);
		if (b_by != NULL) {
			b += by[i] * b_by[i];
			s += by[i] * s_by[i];
		}
		e = chol_append(c, row, row[i] + by[i], b, s);
	}
	chol_fini(e == ERR_NONE ? &old : c);
	if (e != ERR_NONE)
		*c = old;
	free(row);
	return e;
}

void
chol_scale(struct chol *c, double power)
{
	for (int k = 0; k < c->n; k++) {
		double *col = chol_col(c, k);

		for (size_t i = 0; i < column_size(c, k); i++)
			col[i] *= power;
	}
}

/* Back substitution up the columns; both right-hand sides read L once. */
EXACT_CLONES static void
solve_back(const struct chol *c, double *fit, double *unit)
{
	for (int k = c->n - 1; k >= 0; k--) {
		const double *col = chol_col(c, k), *l = col + HEAD;
		int below = c->n - k - 1;

		fit[k] = (col[0] - exact_dot(l + 1, fit + k + 1, below)) / l[0];
		unit[k] =
		    (col[1] - exact_dot(l + 1, unit + k + 1, below)) / l[0];
	}
}

void
chol_weights(const struct chol *c, double *fit, double *unit)
{
	solve_back(c, fit, unit);
}
