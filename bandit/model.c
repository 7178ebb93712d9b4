/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/model.h"

#include <assert.h>

#include "bandit/ridge.h"

struct model *
model_new(const struct model_type *type, const struct model_params *params)
{
	assert(params->in >= 1 && params->alpha > 0);
	return type->new (params);
}

void
model_free(struct model *m)
{
	if (m != NULL)
		m->type->free(m);
}

void
model_score(struct model *m, const double *phi, int n, struct model_score *out)
{
	m->type->score(m, phi, n, out);
}

void
model_score_fast(struct model *m, const double *phi, int n,
    struct model_score *out)
{
	m->type->score_fast(m, phi, n, out);
}

bool
model_bound(struct model *m, const float *phi, const double *square, int n,
    struct model_bound *out)
{
	return m->type->bound != NULL && m->type->bound(m, phi, square, n, out);
}

bool
model_look(struct model *m)
{
	return m->type->look != NULL && m->type->look(m);
}

enum err
model_learn(struct model *m, const double *phi, double reward, double weight)
{
	return m->type->learn(m, phi, reward, weight);
}

void
model_decay(struct model *m, double keep)
{
	assert(keep > 0 && keep <= 1);
	if (keep < 1)
		m->type->decay(m, keep);
}

enum err
model_set_alpha(struct model *m, double alpha)
{
	enum err e = m->type->set_alpha(m, alpha);

	if (e == ERR_NONE)
		m->params.alpha = alpha;
	return e;
}

void
model_set_max_points(struct model *m, int max_points)
{
	assert(max_points >= 1);
	m->params.max_points = max_points;
	m->type->set_max_points(m, max_points);
}

bool
model_weights(struct model *m, double *fit, double *unit)
{
	return m->type->weights(m, fit, unit);
}

bool
model_pool(struct model *const *models, int n, double alpha, double *fit,
    double *unit)
{
	for (int i = 0; i < n; i++) {
		if (models[i]->type != &model_ridge)
			return false;
		assert(models[i]->params.in == models[0]->params.in);
	}
	return n > 0 && ridge_pool(models, n, alpha, fit, unit);
}

struct model *
model_copy(const struct model *m)
{
	struct model *copy = model_new(m->type, &m->params);

	model_assign(copy, m);
	return copy;
}

void
model_assign(struct model *to, const struct model *from)
{
	assert(to->type == from->type && to->params.in == from->params.in);
	to->type->assign(to, from);
}

enum err
model_shade(struct model *m, const double *phi, double weight, int sign)
{
	assert(m->type == &model_ridge);
	return m->type->shade(m, phi, weight, sign);
}

void
model_encode(const struct model *m, struct buf *out)
{
	m->type->encode(m, out);
}

bool
model_decode(struct model *m, const void *data, size_t len)
{
	return m->type->decode(m, data, len);
}
