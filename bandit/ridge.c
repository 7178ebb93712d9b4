/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ridge regression that is linear in phi, the size of its matrix fixed. */
#include "bandit/ridge.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

double
ridge_level(const struct ridge *m, int j)
{
	return m->levelled ? m->level[j] : m->model.params.alpha;
}

void
ridge_heir(struct ridge *m, bool heir)
{
	size_t n = (size_t)m->model.params.in;

	if (heir != (m->prior_fit != NULL)) {
		free(m->prior_fit);
		m->prior_fit = heir ? mem_zalloc(2 * n, sizeof(double)) : NULL;
		m->prior_unit = heir ? m->prior_fit + n : NULL;
	}
	m->model.params.prior_fit = m->prior_fit;
	m->model.params.prior_unit = m->prior_unit;
}

/* NULL and all zeros are the same to inherit: nothing. */
static bool
empty(const double *x, int n)
{
	assert(x == NULL || chol_moderate(x, n));
	while (x != NULL && n > 0 && x[n - 1] == 0)
		n--;
	return x == NULL || n == 0;
}

static void
inherit(struct ridge *m, const double *fit, const double *unit)
{
	int n = m->model.params.in;
	bool no_fit = empty(fit, n), no_unit = empty(unit, n);

	ridge_heir(m, !no_fit || !no_unit);
	if (!no_fit)
		memcpy(m->prior_fit, fit, (size_t)n * sizeof *fit);
	if (!no_unit)
		memcpy(m->prior_unit, unit, (size_t)n * sizeof *unit);
}

/* Nothing but the prior. */
static void
start(struct ridge *m)
{
	for (int j = 0; j < m->chol.n; j++) {
		double *col = chol_col(&m->chol, j);

		col[CHOL_HEAD] = sqrt(ridge_level(m, j));
		if (m->prior_fit != NULL) {
			col[0] = col[CHOL_HEAD] * m->prior_fit[j];
			col[1] = col[CHOL_HEAD] * m->prior_unit[j];
		}
	}
}

static struct model *
ridge_new(const struct model_params *p)
{
	struct ridge *m = mem_zalloc(1, sizeof *m);

	assert(p->slack == 0 || (p->slack >= 1 && p->slack <= MODEL_SLACK_MAX));
	m->model = (struct model){ &model_ridge, *p };
	chol_init(&m->chol, p->in, p->in, p->alpha);
	m->scale = 1;
	m->level = mem_zalloc((size_t)p->in, sizeof *m->level);
	m->y = mem_aligned((size_t)p->in, sizeof *m->y);
	inherit(m, p->prior_fit, p->prior_unit);
	if (p->slack > 0)
		ridge_stagger(m);
	start(m);
	return &m->model;
}

static void
ridge_free(struct model *model)
{
	struct ridge *m = (struct ridge *)model;

	chol_fini(&m->chol);
	free(m->level);
	free(m->prior_fit);
	free(m->y);
	ridge_fast_free(m);
	ridge_bound_drop(m);
	free(m);
}

void
ridge_score(struct model *model, const double *phi, int n,
    struct model_score *out)
{
	struct ridge *m = (struct ridge *)model;

	for (; n > 0; n--, out++, phi += model->params.in) {
		double yy =
		    chol_solve(&m->chol, phi, m->y, &out->fit, &out->unit);

		out->sigma = sqrt(yy / m->scale);
	}
}

/* m->y = phi as an observation of that weight counts; returns by what. */
static double
observe(struct ridge *m, const double *phi, double weight)
{
	double root = sqrt(weight / m->scale);

	m->learnt++;
	for (int i = 0; i < m->chol.n; i++)
		m->y[i] = root * phi[i];
	return root;
}

static enum err
ridge_learn(struct model *model, const double *phi, double reward,
    double weight)
{
	struct ridge *m = (struct ridge *)model;
	struct chol_gain gain;
	double root;
	enum err e;

	if (!(weight > 0))
		return ERR_NUMERIC;
	root = observe(m, phi, weight);
	e = chol_learn(&m->chol, m->y, root * reward, root, &gain);
	if (e == ERR_NONE)
		ridge_learnt(m, &gain);
	return e;
}

static enum err
ridge_shade(struct model *model, const double *phi, double weight, int sign)
{
	struct ridge *m = (struct ridge *)model;
	double fit, unit, root;

	if (!(weight > 0))
		return ERR_NUMERIC;
	ridge_changed(m);
	chol_solve(&m->chol, phi, m->y, &fit, &unit);
	root = observe(m, phi, weight);
	return chol_update(&m->chol, m->y, root * fit, root * unit, sign);
}

/* Each level as far above the new alpha as it was above the old. */
static enum err
ridge_set_alpha(struct model *model, double alpha)
{
	struct ridge *m = (struct ridge *)model;
	double old = model->params.alpha, ratio = alpha / old;
	enum err e;

	ridge_changed(m);
	ridge_bound_drop(m);
	for (int j = 0; j < m->chol.n; j++)
		m->y[j] = m->levelled ? m->level[j] * ratio - m->level[j]
				      : alpha - old;
	e = chol_shift(&m->chol, m->y, m->prior_fit, m->prior_unit);
	for (int j = 0; e == ERR_NONE && j < m->chol.n; j++)
		m->level[j] *= ratio;
	return e;
}

static void
ridge_set_max_points(struct model *model, int max_points)
{
	(void)model;
	(void)max_points;
}

static bool
ridge_weights(struct model *model, double *fit, double *unit)
{
	chol_weights(&((struct ridge *)model)->chol, fit, unit);
	return true;
}

const struct model_type model_ridge = {
	.name = "ridge",
	.new = ridge_new,
	.free = ridge_free,
	.score = ridge_score,
	.score_fast = ridge_score_fast,
	.bound = ridge_bound,
	.look = ridge_look,
	.learn = ridge_learn,
	.decay = ridge_decay,
	.set_alpha = ridge_set_alpha,
	.set_max_points = ridge_set_max_points,
	.weights = ridge_weights,
	.shade = ridge_shade,
	.assign = ridge_assign,
	.encode = ridge_encode,
	.decode = ridge_decode,
};
