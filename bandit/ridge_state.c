/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ridge copied, and as bytes. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "bandit/ridge.h"

#define FORGETS 1
#define INHERITS 2

/* Levels lie between alpha and MODEL_SLACK_MAX * alpha within this. */
#define ROUNDING 1e-6

void
ridge_assign(struct model *model, const struct model *from)
{
	struct ridge *m = (struct ridge *)model;
	const struct ridge *f = (const struct ridge *)from;
	size_t row = (size_t)from->params.in * sizeof *f->level;

	assert(from->params.in == model->params.in);
	ridge_changed(m);
	ridge_bound_drop(m);
	chol_assign(&m->chol, &f->chol);
	model->params.alpha = from->params.alpha;
	model->params.slack = from->params.slack;
	m->scale = f->scale;
	m->levelled = f->levelled;
	memcpy(m->level, f->level, row);
	ridge_heir(m, f->prior_fit != NULL);
	if (f->prior_fit != NULL)
		memcpy(m->prior_fit, f->prior_fit, 2 * row);
}

void
ridge_encode(const struct model *model, struct buf *out)
{
	const struct ridge *m = (const struct ridge *)model;
	size_t row = (size_t)model->params.in * sizeof *m->level;
	uint64_t flags = 0;

	chol_encode(&m->chol, out);
	if (m->levelled)
		flags |= FORGETS;
	if (m->prior_fit != NULL)
		flags |= INHERITS;
	if (flags == 0)
		return;
	buf_put(out, &flags, sizeof flags);
	if (m->levelled) {
		buf_put(out, &m->scale, sizeof m->scale);
		buf_put(out, m->level, row);
	}
	if (m->prior_fit != NULL)
		buf_put(out, m->prior_fit, 2 * row);
}

static bool
check_levels(const struct ridge *m)
{
	double alpha = m->model.params.alpha;

	if (!(m->scale >= RIDGE_SMALLEST_SCALE && m->scale <= 1))
		return false;
	for (int j = 0; j < m->chol.n; j++) {
		double share = m->scale * m->level[j] / alpha;

		if (!(share >= 1 - ROUNDING &&
			share <= MODEL_SLACK_MAX + ROUNDING))
			return false;
	}
	return true;
}

static bool
check_prior(const struct ridge *m)
{
	bool zero = true;
	int n = 2 * m->chol.n;

	for (int j = 0; j < n; j++)
		zero = zero && m->prior_fit[j] == 0;
	return !zero && chol_moderate(m->prior_fit, n);
}

/* What the flags announce has the right length. */
static bool
decode_rest(struct ridge *m, uint64_t flags, const char *from)
{
	size_t row = (size_t)m->model.params.in * sizeof *m->level;

	if (flags & FORGETS) {
		memcpy(&m->scale, from, sizeof m->scale);
		from += sizeof m->scale;
		memcpy(m->level, from, row);
		from += row;
		if (!check_levels(m))
			return false;
	}
	if (flags & INHERITS) {
		memcpy(m->prior_fit, from, 2 * row);
		return check_prior(m);
	}
	return true;
}

static size_t
rest_size(uint64_t flags, int n)
{
	size_t numbers = 0;

	if (flags & FORGETS)
		numbers += 1 + (size_t)n;
	if (flags & INHERITS)
		numbers += 2 * (size_t)n;
	return numbers * sizeof(double);
}

bool
ridge_decode(struct model *model, const void *data, size_t len)
{
	struct ridge *m = (struct ridge *)model;
	int n = model->params.in;
	const char *from = data;
	size_t factor = chol_size(n);
	uint64_t flags = 0;

	ridge_changed(m);
	ridge_bound_drop(m);
	if (len < factor || !chol_decode(&m->chol, from, factor))
		return false;
	from += factor;
	len -= factor;
	if (len > 0) {
		if (len < sizeof flags)
			return false;
		memcpy(&flags, from, sizeof flags);
		from += sizeof flags;
		len -= sizeof flags;
		if (flags == 0 || flags > (FORGETS | INHERITS))
			return false;
	}
	if (len != rest_size(flags, n))
		return false;
	m->scale = 1;
	m->levelled = flags & FORGETS;
	ridge_heir(m, flags & INHERITS);
	return decode_rest(m, flags, from);
}
