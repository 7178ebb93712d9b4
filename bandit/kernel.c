/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact kernel ridge regression: PAK-UCB as published, with a cap.
 * State: the contexts x_1 .. x_n, oldest first, their weights w_1 .. w_n, and
 * the Cholesky factor of K + alpha diag(1/w), K_ij = k(x_i, x_j), with b the
 * rewards and s all ones.
 * Encoded: n as 64 bits, the contexts row by row, then chol_encode(), then the
 * weights where one of them is not 1.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "bandit/chol.h"
#include "bandit/model.h"
#include "base/mem.h"
#include "features/exact.h"
#include "features/fmath.h"

#define FIRST_POINTS 16

struct kernel_ridge {
	struct model model;
	struct chol chol;
	double *x;      /* [chol.cap][in] */
	double *weight; /* [chol.cap], > 0 */
	double *k; /* [chol.cap + 1]: k(x_i, x) for the x in hand, k(x, x) */
};

/* A kernel compares two contexts; what it makes of a comparison comes after,
 * for many at once. */
struct kernel_fn {
	double (*compare)(const struct model_params *, const double *x,
	    const double *y);
	void (*finish)(const double *compared, int n, double *k);
};

EXACT_CLONES static double
scaled_distance(const struct model_params *p, const double *x, const double *y)
{
	return -exact_distance2(x, y, p->in) /
	    (2 * p->bandwidth * p->bandwidth);
}

EXACT_CLONES static double
product(const struct model_params *p, const double *x, const double *y)
{
	return exact_dot(x, y, p->in);
}

static void
cube(const double *compared, int n, double *k)
{
	for (int i = 0; i < n; i++) {
		double t = compared[i] + 1;

		k[i] = t * t * t;
	}
}

static void
keep(const double *compared, int n, double *k)
{
	memmove(k, compared, (size_t)n * sizeof *k);
}

static const struct kernel_fn kernels[] = {
	[KERNEL_RBF] = { scaled_distance, fmath_exp },
	[KERNEL_POLY] = { product, cube },
	[KERNEL_LINEAR] = { product, keep },
};

/* Fills m->k for x; returns k(x, x). */
static double
compare_all(struct kernel_ridge *m, const double *x)
{
	const struct model_params *p = &m->model.params;
	const struct kernel_fn *fn = &kernels[p->kernel];
	int n = m->chol.n;

	for (int i = 0; i < n; i++)
		m->k[i] = fn->compare(p, m->x + (size_t)i * p->in, x);
	m->k[n] = fn->compare(p, x, x);
	fn->finish(m->k, n + 1, m->k);
	return m->k[n];
}

/* Follows the capacity of the factor. */
static void
make_room(struct kernel_ridge *m)
{
	size_t cap = (size_t)m->chol.cap, d = (size_t)m->model.params.in;

	m->x = mem_realloc(m->x, cap * d, sizeof *m->x);
	m->weight = mem_realloc(m->weight, cap, sizeof *m->weight);
	m->k = mem_realloc(m->k, cap + 1, sizeof *m->k);
}

static struct model *
kernel_new(const struct model_params *p)
{
	struct kernel_ridge *m = mem_zalloc(1, sizeof *m);

	assert(p->max_points >= 1 && p->max_points < CHOL_MAX);
	assert(p->kernel != KERNEL_RBF || p->bandwidth > 0);
	m->model = (struct model){ &model_kernel, *p };
	m->model.params.prior_fit = m->model.params.prior_unit = NULL;
	chol_init(&m->chol, 0, FIRST_POINTS, 1);
	make_room(m);
	return &m->model;
}

static void
kernel_free(struct model *model)
{
	struct kernel_ridge *m = (struct kernel_ridge *)model;

	chol_fini(&m->chol);
	free(m->x);
	free(m->weight);
	free(m->k);
	free(m);
}

static void
kernel_score(struct model *model, const double *x, int n,
    struct model_score *out)
{
	struct kernel_ridge *m = (struct kernel_ridge *)model;

	for (; n > 0; n--, out++, x += model->params.in) {
		double kxx = compare_all(m, x);
		double yy =
		    chol_solve(&m->chol, m->k, m->k, &out->fit, &out->unit);

		out->sigma = sqrt(fmax(0, kxx - yy) / model->params.alpha);
	}
}

static void
kernel_set_max_points(struct model *model, int max_points)
{
	struct kernel_ridge *m = (struct kernel_ridge *)model;
	size_t d = (size_t)model->params.in;

	while (m->chol.n > max_points) {
		size_t n = (size_t)m->chol.n - 1;

		chol_delete_first(&m->chol);
		memmove(m->x, m->x + d, n * d * sizeof *m->x);
		memmove(m->weight, m->weight + 1, n * sizeof *m->weight);
	}
}

/* The oldest point leaves after the new one is in, so that a failure finds
 * the model as it was. */
static enum err
kernel_learn(struct model *model, const double *x, double reward, double weight)
{
	struct kernel_ridge *m = (struct kernel_ridge *)model;
	size_t d = (size_t)model->params.in;
	double diag = compare_all(m, x) + model->params.alpha / weight;
	enum err e;
	int cap = m->chol.cap;

	if (!(weight > 0 && weight <= CHOL_LARGEST))
		return ERR_NUMERIC;
	e = chol_append(&m->chol, m->k, diag, reward, 1);
	if (e != ERR_NONE)
		return e;
	if (m->chol.cap != cap)
		make_room(m);
	memcpy(m->x + (size_t)(m->chol.n - 1) * d, x, d * sizeof *x);
	m->weight[m->chol.n - 1] = weight;
	kernel_set_max_points(model, model->params.max_points);
	return ERR_NONE;
}

static enum err
kernel_set_alpha(struct model *model, double alpha)
{
	struct kernel_ridge *m = (struct kernel_ridge *)model;

	for (int i = 0; i < m->chol.n; i++)
		m->k[i] = (alpha - model->params.alpha) / m->weight[i];
	return chol_shift(&m->chol, m->k, NULL, NULL);
}

static void
kernel_decay(struct model *model, double keep)
{
	(void)model;
	(void)keep;
}

static bool
kernel_weights(struct model *model, double *fit, double *unit)
{
	(void)model, (void)fit, (void)unit;
	return false;
}

static bool
all_one(const double *weight, int n)
{
	while (n > 0 && weight[n - 1] == 1)
		n--;
	return n == 0;
}

static void
kernel_encode(const struct model *model, struct buf *out)
{
	const struct kernel_ridge *m = (const struct kernel_ridge *)model;
	uint64_t n = (uint64_t)m->chol.n;

	buf_put(out, &n, sizeof n);
	buf_put(out, m->x, n * (size_t)model->params.in * sizeof *m->x);
	chol_encode(&m->chol, out);
	if (!all_one(m->weight, m->chol.n))
		buf_put(out, m->weight, n * sizeof *m->weight);
}

static bool
all_finite(const double *x, size_t n)
{
	while (n > 0 && isfinite(x[n - 1]))
		n--;
	return n == 0;
}

/* The weights, which are there or all 1. */
static bool
decode_weights(struct kernel_ridge *m, const char *from, size_t len)
{
	size_t n = (size_t)m->chol.n;

	for (size_t i = 0; i < n; i++)
		m->weight[i] = 1;
	if (len == 0)
		return true;
	if (len != n * sizeof *m->weight)
		return false;
	memcpy(m->weight, from, len);
	for (size_t i = 0; i < n; i++)
		if (!(m->weight[i] > 0 && m->weight[i] <= CHOL_LARGEST))
			return false;
	return !all_one(m->weight, (int)n);
}

static bool
kernel_decode(struct model *model, const void *data, size_t len)
{
	struct kernel_ridge *m = (struct kernel_ridge *)model;
	size_t row = (size_t)model->params.in * sizeof *m->x, factor;
	const char *from = data;
	uint64_t n;

	if (len < sizeof n)
		return false;
	memcpy(&n, from, sizeof n);
	from += sizeof n;
	len -= sizeof n;
	if (n > (uint64_t)model->params.max_points || len / row < n)
		return false;
	len -= n * row;
	factor = chol_size((int)n);
	if (len < factor || !chol_decode(&m->chol, from + n * row, factor))
		return false;
	make_room(m);
	memcpy(m->x, from, n * row);
	return all_finite(m->x, n * (size_t)model->params.in) &&
	    decode_weights(m, from + n * row + factor, len - factor);
}

static void
kernel_assign(struct model *to, const struct model *from)
{
	struct buf bytes = { 0 };
	bool ok;

	to->params.alpha = from->params.alpha;
	to->params.max_points = from->params.max_points;
	kernel_encode(from, &bytes);
	ok = kernel_decode(to, bytes.data, bytes.len);
	assert(ok);
	(void)ok;
	buf_free(&bytes);
}

const struct model_type model_kernel = {
	.name = "kernel",
	.new = kernel_new,
	.free = kernel_free,
	.score = kernel_score,
	.score_fast = kernel_score,
	.learn = kernel_learn,
	.decay = kernel_decay,
	.set_alpha = kernel_set_alpha,
	.set_max_points = kernel_set_max_points,
	.weights = kernel_weights,
	.assign = kernel_assign,
	.encode = kernel_encode,
	.decode = kernel_decode,
};
