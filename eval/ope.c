/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/ope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static double
weight_whole(double w, double clip)
{
	(void)clip;
	return w;
}

static double
weight_clipped(double w, double clip)
{
	return fmin(w, clip);
}

static double
weight_switched(double w, double clip)
{
	return w <= clip ? w : 0;
}

/* As published: it multiplies r - q, not w (r - q). */
static double
weight_shrunk(double w, double clip)
{
	return clip * w / (w * w + clip);
}

const struct ope_estimator ope_estimators[] = {
	{ "ips", OPE_PROPENSITY, weight_whole, false },
	{ "clipped-ips", OPE_PROPENSITY, weight_clipped, false },
	{ "snips", OPE_PROPENSITY, weight_whole, true },
	{ "dm", OPE_MODEL, NULL, false },
	{ "dr", OPE_PROPENSITY | OPE_MODEL, weight_whole, false },
	{ "sndr", OPE_PROPENSITY | OPE_MODEL, weight_whole, true },
	{ "switch-dr", OPE_PROPENSITY | OPE_MODEL, weight_switched, false },
	{ "dros", OPE_PROPENSITY | OPE_MODEL, weight_shrunk, false },
	{ 0 },
};

const struct ope_estimator *
ope_estimator_find(const char *name)
{
	for (const struct ope_estimator *e = ope_estimators; e->name != NULL;
	     e++)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}

static size_t
cell(const struct ope_log *l, long round, int arm)
{
	return (size_t)round * (size_t)l->arms + (size_t)arm;
}

double
ope_weight(const struct ope_log *l, long round)
{
	return l->target[cell(l, round, l->arm[round])] / l->propensity[round];
}

/* What the model says of the round under the target; 0 without one. */
static double
modelled(const struct ope_estimator *e, const struct ope_log *l, long round)
{
	double sum = 0;

	if ((e->needs & OPE_MODEL) == 0)
		return 0;
	for (int arm = 0; arm < l->arms; arm++) {
		size_t i = cell(l, round, arm);

		sum += l->target[i] * l->model[i];
	}
	return sum;
}

/* What is weighed: the reward, less what the model knew of it. */
static double
surprise(const struct ope_estimator *e, const struct ope_log *l, long round)
{
	double known = (e->needs & OPE_MODEL) == 0
	    ? 0
	    : l->model[cell(l, round, l->arm[round])];

	return l->reward[round] - known;
}

static double
weight(const struct ope_estimator *e, const struct ope_log *l, long round)
{
	return e->weight == NULL ? 0 : e->weight(ope_weight(l, round), l->clip);
}

/*
 * Every estimator is the mean of a model's part and of weighed surprises.  A
 * self-normalised one is ratio + sum of w (y - ratio) / sum of w, whose second
 * part is 0: its terms, in first order, are what a round moves it by.
 */
struct ope_estimate
ope_estimate(const struct ope_estimator *e, const struct ope_log *l,
    double *term)
{
	double *t = term != NULL ? term : mem_alloc((size_t)l->n, sizeof *t);
	double ratio = 0, scale = 1, sum_w = 0, sum_wy = 0;
	struct ope_estimate out;

	for (long i = 0; e->normalized && i < l->n; i++) {
		double w = weight(e, l, i);

		sum_w += w;
		sum_wy += w * surprise(e, l, i);
	}
	if (e->normalized) {
		ratio = sum_wy / sum_w;
		scale = (double)l->n / sum_w;
	}
	for (long i = 0; i < l->n; i++)
		t[i] = modelled(e, l, i) + ratio +
		    scale * weight(e, l, i) * (surprise(e, l, i) - ratio);
	out = ope_mean(t, l->n);
	if (term == NULL)
		free(t);
	return out;
}

struct ope_estimate
ope_mean(const double *term, long n)
{
	double sum = 0, square = 0, mean;

	for (long i = 0; i < n; i++)
		sum += term[i];
	mean = sum / (double)n;
	for (long i = 0; i < n; i++)
		square += (term[i] - mean) * (term[i] - mean);
	return (struct ope_estimate){ mean,
		sqrt(square / (double)(n - 1) / (double)n) };
}

double
ope_effective(const struct ope_log *l)
{
	double sum = 0, square = 0;

	for (long i = 0; i < l->n; i++) {
		double w = ope_weight(l, i);

		sum += w;
		square += w * w;
	}
	return square > 0 ? sum * sum / square : 0;
}
