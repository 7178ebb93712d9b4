/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/model.h"

#include <assert.h>

struct model *
model_new(const struct model_type *type, const struct model_params *params)
{
	assert(params->in >= 1 && params->alpha > 0);
	return type->new(params);
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

enum err
model_learn(struct model *m, const double *phi, double reward)
{
	return m->type->learn(m, phi, reward);
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
