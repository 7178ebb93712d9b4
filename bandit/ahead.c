/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/ahead.h"

#include <math.h>

#include "bandit/model.h"
#include "features/fmath.h"

void
ahead_reset(struct ahead *a)
{
	model_free(a->model);
	a->model = NULL;
	a->waiting = 0;
	a->round++;
}

static void
begin(struct ahead *a, const struct model *own)
{
	if (a->model == NULL)
		a->model = model_copy(own);
	else
		model_assign(a->model, own);
	a->round++;
}

/* What forgetting has left of the mark by now. */
static double
weight_left(const struct mark *m, double faded)
{
	double e = -LN2 * fmax(faded - m->faded, 0), left;

	fmath_exp(&e, 1, &left);
	return m->weight * left;
}

void
ahead_add(struct ahead *a, const struct model *own, const double *phi,
    double faded, struct mark *m)
{
	double weight = weight_left(m, faded);

	if (a->waiting == 0)
		begin(a, own);
	if (!(weight > 0) || model_shade(a->model, phi, weight, 1) != ERR_NONE)
		return;
	m->round = a->round;
	a->waiting++;
}

void
ahead_take_back(struct ahead *a, const double *phi, double faded,
    const struct mark *m)
{
	double weight = weight_left(m, faded);

	if (m->round == 0 || m->round != a->round || a->waiting == 0)
		return;
	if (--a->waiting > 0 && weight > 0 &&
	    model_shade(a->model, phi, weight, -1) != ERR_NONE)
		ahead_reset(a);
}

void
ahead_learn(struct ahead *a, const double *phi, double weight)
{
	if (a->waiting > 0 && model_shade(a->model, phi, weight, 1) != ERR_NONE)
		ahead_reset(a);
}

void
ahead_decay(struct ahead *a, double keep)
{
	if (a->waiting > 0)
		model_decay(a->model, keep);
}

void
ahead_set_alpha(struct ahead *a, double alpha)
{
	if (a->waiting > 0 && model_set_alpha(a->model, alpha) != ERR_NONE)
		ahead_reset(a);
}

struct model *
ahead_model(const struct ahead *a, struct model *own)
{
	return a->waiting > 0 ? a->model : own;
}
