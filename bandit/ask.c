/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/ask.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/consider.h"
#include "base/mem.h"

void
ask_fini(struct ask *a)
{
	free(a->score);
	free(a->bound);
	free(a->scored);
	free(a->bounded);
	free(a->single);
	free(a->some);
}

static void
room_for_arms(struct ask *a, int arms)
{
	size_t n = (size_t)arms * MODEL_FAST;

	if (arms <= a->arms)
		return;
	a->arms = arms;
	a->score = mem_realloc(a->score, n, sizeof *a->score);
	a->bound = mem_realloc(a->bound, n, sizeof *a->bound);
	a->scored = mem_realloc(a->scored, n, sizeof *a->scored);
	a->bounded = mem_realloc(a->bounded, (size_t)arms, sizeof *a->bounded);
}

static void
room_for_features(struct ask *a, int out)
{
	size_t n = (size_t)out * MODEL_FAST;

	if (out <= a->features)
		return;
	a->features = out;
	free(a->single);
	free(a->some);
	a->single = mem_aligned(n, sizeof *a->single);
	a->some = mem_aligned(n, sizeof *a->some);
}

void
router_ask(struct router *r, const double *phi, int n)
{
	struct ask *a = &r->ask;

	assert(1 <= n && n <= MODEL_FAST);
	room_for_arms(a, r->arms);
	a->n = n;
	a->phi = phi;
	a->all = a->bounds = false;
	memset(a->scored, 0, (size_t)r->arms * (size_t)n * sizeof *a->scored);
}

const struct model_score *
ask_score(struct router *r, int arm, int i)
{
	struct ask *a = &r->ask;
	size_t at = (size_t)arm * (size_t)a->n + (size_t)i;
	size_t out = r->map != NULL ? (size_t)r->map->out : 0;

	if (!a->scored[at])
		router_score(r, r->arm[arm],
		    out > 0 ? a->phi + (size_t)i * out : NULL, 1,
		    &a->score[at]);
	a->scored[at] = true;
	return &a->score[at];
}

void
ask_all(struct router *r)
{
	struct ask *a = &r->ask;
	size_t n = (size_t)a->n;

	if (a->all)
		return;
	for (int arm = 0; arm < r->arms; arm++)
		router_score(r, r->arm[arm], a->phi, a->n,
		    a->score + (size_t)arm * n);
	memset(a->scored, true, (size_t)r->arms * n * sizeof *a->scored);
	a->all = true;
}

/* One arm in a decision looks anew, so that none takes long. */
static void
look(struct router *r)
{
	for (int i = 0; i < r->arms; i++)
		if (r->arm[i]->model != NULL && model_look(r->arm[i]->model))
			return;
}

static void
phi_take(struct ask *a, int out)
{
	const double *phi = a->phi;
	float *single;

	room_for_features(a, out);
	single = a->single;
	for (int i = 0; i < a->n; i++) {
		a->square[i] = 0;
		for (int j = 0; j < out; j++, phi++) {
			a->square[i] += *phi * *phi;
			*single++ = (float)*phi;
		}
	}
}

/* The arm with the highest bound for context i, -1 where it is scored already:
 * who waits and what was asked for beside it may make it another. */
static int
first_to_score(struct router *r, const struct wish *w, int i)
{
	struct ask *a = &r->ask;
	double *centre = r->column + 6 * (size_t)r->arms; /* as in prune.c */
	struct candidates c;
	int best = 0;

	for (int arm = 0; arm < r->arms; arm++)
		r->score[arm] = a->bounded[arm]
		    ? bound_as_score(&a->bound[arm * a->n + i])
		    : *ask_score(r, arm, i);
	view_arms(r);
	gather(r, w, &c);
	policies[r->settings.policy].score(&c, centre, centre + r->arms);
	for (int k = 1; k < c.n; k++)
		if (centre[k] > centre[best])
			best = k;
	return a->bounded[r->index[best]] ? r->index[best] : -1;
}

/* The arm for those of the contexts that want it, in one pass. */
static void
score_for(struct router *r, int arm, const int *want)
{
	size_t out = (size_t)r->map->out, n = (size_t)r->ask.n;
	struct model_score score[MODEL_FAST];
	struct ask *a = &r->ask;
	int some = 0;

	for (size_t i = 0; i < n; i++)
		if (want[i] == arm)
			memcpy(a->some + (size_t)some++ * out, a->phi + i * out,
			    out * sizeof *a->some);
	if (some == 0)
		return;
	router_score(r, r->arm[arm], a->some, some, score);
	for (size_t i = n; i-- > 0;)
		if (want[i] == arm) {
			a->score[(size_t)arm * n + i] = score[--some];
			a->scored[(size_t)arm * n + i] = true;
		}
}

/* The arm for all contexts; without a bound it is scored. */
static void
bound(struct router *r, int arm)
{
	struct ask *a = &r->ask;
	struct model *m = r->arm[arm]->model;
	size_t n = (size_t)a->n, at = (size_t)arm * n;

	a->bounded[arm] = m != NULL &&
	    model_bound(m, a->single, a->square, a->n, a->bound + at);
	if (a->bounded[arm])
		return;
	router_score(r, r->arm[arm], a->phi, a->n, a->score + at);
	memset(a->scored + at, true, n * sizeof *a->scored);
}

void
ask_bounds(struct router *r, const struct wish *w)
{
	struct ask *a = &r->ask;
	int want[MODEL_FAST];

	if (a->bounds)
		return;
	a->bounds = true;
	look(r);
	phi_take(a, r->map->out);
	for (int arm = 0; arm < r->arms; arm++)
		bound(r, arm);
	for (int i = 0; a->n > 1 && i < a->n; i++)
		want[i] = first_to_score(r, w, i);
	for (int arm = 0; a->n > 1 && arm < r->arms; arm++)
		score_for(r, arm, want);
}
