/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/direct.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/hold.h"
#include "bandit/model.h"
#include "bandit/settings.h"
#include "base/mem.h"
#include "features/bandwidth.h"
#include "features/context.h"
#include "features/map.h"

struct direct {
	const struct direct_log *log;
	int folds;
	struct router_settings settings;
	struct map *map;
	double *x, *phi; /* of one round */
	struct model *
	    *model;         /* [folds][arms]; NULL: the fold has not shown it */
	double *sum;        /* [folds], of rewards */
	long *count;        /* [folds] */
	double *fit, *unit; /* [arms][out], what other folds have learnt */
};

static int
fold_of(const struct direct *d, long round)
{
	return (int)(round * d->folds / d->log->n);
}

static struct model **
model_of(const struct direct *d, int fold, int arm)
{
	return &d->model[(size_t)fold * (size_t)d->log->arms + (size_t)arm];
}

static enum err
context_take(struct direct *d, long round, double *x, struct fault *f)
{
	const struct direct_log *l = d->log;
	struct fault why;
	enum err e = context_check(l->x + (size_t)round * (size_t)l->dimension,
	    l->dimension, d->settings.normalize, x, &why);

	return e == ERR_NONE
	    ? e
	    : fault_set(f, e, "round %ld: %s", round + 1, why.text);
}

static enum err
phi_fill(struct direct *d, long round, struct fault *f)
{
	enum err e = context_take(d, round, d->x, f);

	if (e == ERR_NONE)
		map_fill(d->map, d->x, d->phi);
	return e;
}

/* As a router chooses it; 1 where the first contexts are all alike. */
static enum err
bandwidth_choose(struct direct *d, double *out, struct fault *f)
{
	size_t dim = (size_t)d->log->dimension;
	int n = d->log->n < HOLD_CONTEXTS ? (int)d->log->n : HOLD_CONTEXTS;
	double *x = mem_alloc((size_t)n * dim, sizeof *x);
	enum err e = ERR_NONE;

	for (int i = 0; i < n && e == ERR_NONE; i++)
		e = context_take(d, i, x + (size_t)i * dim, f);
	if (e == ERR_NONE)
		*out = bandwidth_median(x, n, d->log->dimension);
	if (e == ERR_NONE && *out == 0)
		*out = 1;
	free(x);
	return e;
}

static enum err
map_make(struct direct *d, struct fault *f)
{
	struct map_params p = { .in = d->log->dimension,
		.out = (int)d->settings.rff_dimension,
		.frequencies = (enum frequencies)d->settings.frequencies,
		.seed = (uint64_t)d->settings.seed };
	enum err e = bandwidth_choose(d, &p.bandwidth, f);

	if (e != ERR_NONE)
		return e;
	d->map = map_new(&map_rff, &p);
	d->phi = mem_alloc((size_t)p.out, sizeof *d->phi);
	d->fit =
	    mem_alloc((size_t)d->log->arms * (size_t)p.out, sizeof *d->fit);
	d->unit =
	    mem_alloc((size_t)d->log->arms * (size_t)p.out, sizeof *d->unit);
	return ERR_NONE;
}

static enum err
round_learn(struct direct *d, long round, struct fault *f)
{
	struct model_params p = { .in = d->map->out,
		.alpha = d->settings.regularization };
	struct model **m = model_of(d, fold_of(d, round), d->log->arm[round]);
	enum err e = phi_fill(d, round, f);

	if (e != ERR_NONE)
		return e;
	if (*m == NULL)
		*m = model_new(&model_ridge, &p);
	d->sum[fold_of(d, round)] += d->log->reward[round];
	d->count[fold_of(d, round)]++;
	if (model_learn(*m, d->phi, d->log->reward[round], 1) == ERR_NONE)
		return ERR_NONE;
	return fault_set(f, ERR_NUMERIC,
	    "round %ld: a reward of %g is too "
	    "large to be learnt",
	    round + 1, d->log->reward[round]);
}

/* What all folds but one have learnt of an arm is one ridge again. */
static enum err
arm_pool(struct direct *d, int fold, int arm, struct fault *f)
{
	size_t out = (size_t)d->map->out, at = (size_t)arm * out;
	struct model **others = mem_alloc((size_t)d->folds, sizeof *others);
	int n = 0;
	bool pooled;

	for (int i = 0; i < d->folds; i++)
		if (i != fold && *model_of(d, i, arm) != NULL)
			others[n++] = *model_of(d, i, arm);
	memset(d->fit + at, 0, out * sizeof *d->fit);
	memset(d->unit + at, 0, out * sizeof *d->unit);
	pooled = n == 0 ||
	    model_pool(others, n, d->settings.regularization, d->fit + at,
		d->unit + at);
	free(others);
	return pooled ? ERR_NONE
		      : fault_set(f, ERR_NUMERIC,
			    "the regression of an arm cannot be solved");
}

static double
mean_without(const struct direct *d, int fold)
{
	double sum = 0;
	long count = 0;

	for (int i = 0; i < d->folds; i++)
		if (i != fold) {
			sum += d->sum[i];
			count += d->count[i];
		}
	return count > 0 ? sum / (double)count : 0;
}

static double
dot(const double *a, const double *b, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static enum err
round_predict(struct direct *d, long round, double mean, double *out,
    struct fault *f)
{
	int n = d->map->out;
	enum err e = phi_fill(d, round, f);

	for (int arm = 0; e == ERR_NONE && arm < d->log->arms; arm++) {
		size_t at = (size_t)arm * (size_t)n;

		out[arm] = dot(d->phi, d->fit + at, n) +
		    mean * (1 - dot(d->phi, d->unit + at, n));
	}
	return e;
}

static enum err
fold_predict(struct direct *d, int fold, double *model, struct fault *f)
{
	double mean = mean_without(d, fold);
	enum err e = ERR_NONE;

	for (int arm = 0; e == ERR_NONE && arm < d->log->arms; arm++)
		e = arm_pool(d, fold, arm, f);
	for (long i = 0; e == ERR_NONE && i < d->log->n; i++)
		if (fold_of(d, i) == fold)
			e = round_predict(d, i, mean,
			    model + (size_t)i * (size_t)d->log->arms, f);
	return e;
}

static void
direct_fini(struct direct *d)
{
	for (int i = 0; i < d->folds * d->log->arms; i++)
		model_free(d->model[i]);
	map_free(d->map);
	free(d->x);
	free(d->phi);
	free(d->model);
	free(d->sum);
	free(d->count);
	free(d->fit);
	free(d->unit);
}

enum err
direct_fit(const struct direct_log *l, int folds, double *model,
    struct fault *f)
{
	struct direct d = { .log = l,
		.folds = l->n < folds ? (int)l->n : folds };
	enum err e;

	settings_default(router_settings, &d.settings);
	d.x = mem_alloc((size_t)l->dimension, sizeof *d.x);
	d.model =
	    mem_zalloc((size_t)d.folds * (size_t)l->arms, sizeof(*d.model));
	d.sum = mem_zalloc((size_t)d.folds, sizeof *d.sum);
	d.count = mem_zalloc((size_t)d.folds, sizeof *d.count);
	e = map_make(&d, f);
	for (long i = 0; e == ERR_NONE && i < l->n; i++)
		if (l->teaches == NULL || l->teaches[i])
			e = round_learn(&d, i, f);
	for (int fold = 0; e == ERR_NONE && fold < d.folds; fold++)
		e = fold_predict(&d, fold, model, f);
	direct_fini(&d);
	return e;
}
