/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a ridge forgets: A <- keep (A - prior) + prior, with the prior anywhere
 * between alpha and slack * alpha on each coordinate; ridge.h says how.
 */
#include <assert.h>
#include <math.h>

#include "bandit/ridge.h"

/* More than this is not forgotten at once, so that no square comes near to
 * underflow. */
#define STEP 0x1p-32

static double
slack_of(const struct ridge *m)
{
	double slack = m->model.params.slack;

	return slack > 0 ? slack : MODEL_SLACK;
}

/* The first of those that are raised together goes all the way, the last
 * hardly above alpha: the next time, each comes by itself. */
static double
height(const struct ridge *m, int raised)
{
	double n = m->chol.n;

	return m->model.params.alpha *
	    (1 + (slack_of(m) - 1) * ((n - raised) / n));
}

void
ridge_stagger(struct ridge *m)
{
	m->levelled = true;
	for (int j = 0; j < m->chol.n; j++)
		m->level[j] = height(m, m->chol.n - 1 - j);
}

static void
rescale(struct ridge *m)
{
	ridge_changed(m);
	chol_scale(&m->chol, STEP);
	m->scale /= STEP * STEP;
	for (int j = 0; j < m->chol.n; j++)
		m->level[j] *= STEP * STEP;
}

static void
raise(struct ridge *m, int j, double level)
{
	bool heir = m->prior_fit != NULL;

	ridge_changed(m);
	chol_raise(&m->chol, j, level - m->level[j], heir ? m->prior_fit[j] : 0,
	    heir ? m->prior_unit[j] : 0);
	m->level[j] = level;
}

static void
decay(struct ridge *m, double keep)
{
	double alpha = m->model.params.alpha;
	int raised = 0;

	m->scale *= keep;
	if (m->scale < RIDGE_SMALLEST_SCALE)
		rescale(m);
	for (int j = 0; j < m->chol.n; j++)
		if (m->scale * m->level[j] < alpha)
			raise(m, j, height(m, raised++) / m->scale);
}

void
ridge_decay(struct model *model, double keep)
{
	struct ridge *m = (struct ridge *)model;

	ridge_bound_fade(m, keep);
	if (!m->levelled)
		for (int j = 0; j < m->chol.n; j++)
			m->level[j] = model->params.alpha;
	m->levelled = true;
	for (; keep < STEP; keep /= STEP)
		decay(m, STEP);
	decay(m, keep);
}
