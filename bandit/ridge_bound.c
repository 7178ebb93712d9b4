/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the score of a ridge can be, from its sketch. */
#include <math.h>
#include <stdlib.h>

#include "bandit/ridge.h"
#include "base/mem.h"

/* A look is due after so many observations, and a share of those there were,
 * but not more than so many a coordinate. */
#define LOOK_LEAST 16
#define LOOK_SHARE 4
#define LOOK_MOST 4

/* To weigh an arm takes as long as to score it so often; doc/speed.md. */
#define ASKED_LEAST 6

/* What scaling has rounded of the prior; and each rotation of a cosine. */
#define ROUNDING 1e-6
#define ROUNDING_COS 1e-15

static double
floor_of(const struct ridge *m)
{
	return m->model.params.alpha * (1 - ROUNDING);
}

static void
sketch_make(struct ridge *m)
{
	m->sketch = mem_alloc(1, sizeof *m->sketch);
	sketch_init(m->sketch, m->chol.n);
	m->sketch->floor = floor_of(m);
	m->seen = false;
}

void
ridge_bound_drop(struct ridge *m)
{
	if (m->sketch != NULL)
		sketch_fini(m->sketch);
	free(m->sketch);
	m->sketch = NULL;
}

/*
 * A - P becomes keep times that, where the prior P is between alpha and slack
 * times alpha, before and after.  With A >= f + S at the last look, so A - P
 * >= S - (slack - 1) alpha, the bound is that of keep S over (2 - slack) alpha.
 */
void
ridge_bound_fade(struct ridge *m, double keep)
{
	double slack = m->model.params.slack;
	double floor;

	if (m->sketch == NULL || keep == 1)
		return;
	floor = floor_of(m) * (2 - (slack > 0 ? slack : MODEL_SLACK));
	if (floor > 0)
		sketch_fade(m->sketch, keep, floor);
	else
		ridge_bound_drop(m);
}

static void
weigh(struct ridge *m)
{
	sketch_weigh(m->sketch, &m->chol);
	m->weighed = true;
	m->drift_fit = m->drift_unit = 0;
}

/*
 * An observation x moves the weights by A^-1 x e, e what it was off by and A
 * with it.  Of that phi sees, by Cauchy and Schwarz, no more than sigma of phi
 * times that of x times |e|, and sigma only falls later.  In terms of the gain
 * sigma of x is sqrt(1 - turned^2), and e is b / turned.
 */
void
ridge_learnt(struct ridge *m, const struct chol_gain *g)
{
	double rounding = ROUNDING_COS * m->chol.n;
	double sigma = sqrt(fmax(1 - g->turned * g->turned, 0) + rounding);

	m->fresh = false;
	m->asked = 0;
	m->drift_fit += sigma * fabs(g->b) / g->turned;
	m->drift_unit += sigma * fabs(g->s) / g->turned;
}

/* New weights are for nothing if the arm soon learns again; until it was asked
 * so often that they would have paid, those that it has must do, or it is
 * scored. */
static bool
weights(struct ridge *m, int contexts)
{
	bool exact = m->weighed && m->drift_fit + m->drift_unit == 0;

	if (!exact && m->asked >= ASKED_LEAST)
		weigh(m);
	if (!m->weighed)
		m->asked += contexts;
	return m->weighed;
}

static void
widen(const struct ridge *m, struct model_bound *b)
{
	double sigma = sqrt(m->scale) * b->sigma * (1 + ROUNDING);

	b->fit_error += m->drift_fit * sigma;
	b->unit_error += m->drift_unit * sigma;
}

static bool
all_finite(const struct model_bound *b)
{
	return isfinite(
	    b->fit + b->unit + b->sigma + b->fit_error + b->unit_error);
}

bool
ridge_bound(struct model *model, const float *phi, const double *square, int n,
    struct model_bound *out)
{
	bool good = true;
	struct ridge *m = (struct ridge *)model;

	if (m->sketch == NULL)
		sketch_make(m);
	if (!weights(m, n))
		return false;
	sketch_bound(m->sketch, phi, square, n, out);
	for (int i = 0; i < n; i++) {
		widen(m, &out[i]);
		good = good && all_finite(&out[i]);
	}
	return good;
}

static bool
due(const struct ridge *m)
{
	uint64_t since = m->learnt - m->looked, n = (uint64_t)m->chol.n;
	uint64_t after = LOOK_LEAST + m->looked / LOOK_SHARE;

	if (m->sketch == NULL || !m->seen)
		return true;
	return since >= (after < LOOK_MOST * n ? after : LOOK_MOST * n);
}

bool
ridge_look(struct model *model)
{
	struct ridge *m = (struct ridge *)model;

	if (!due(m))
		return false;
	if (m->sketch == NULL)
		sketch_make(m);
	sketch_look(m->sketch, &m->chol, m->scale, floor_of(m));
	weigh(m); /* a drift is of sigmas before it */
	m->seen = true;
	m->looked = m->learnt;
	return true;
}
