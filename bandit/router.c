/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/router.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/model.h"
#include "base/mem.h"
#include "features/context.h"
#include "features/rng.h"

struct router *
router_new(const struct event *ev)
{
	struct router *r = mem_zalloc(1, sizeof *r);

	memcpy(r->name, ev->name, sizeof r->name);
	r->id = ev->router;
	r->settings = ev->settings;
	r->seq = ev->seq;
	r->next_uid = 1;
	r->rng = gsl_rng_alloc(rng_splitmix64);
	r->dimension = (int)ev->settings.dimension;
	if (!isnan(ev->settings.bandwidth))
		r->bandwidth = ev->settings.bandwidth;
	router_settle(r);
	return r;
}

void
arm_free(struct arm *a)
{
	model_free(a->model);
	free(a);
}

void
router_free(struct router *r)
{
	if (r == NULL)
		return;
	for (int i = 0; i < r->arms; i++)
		arm_free(r->arm[i]);
	free(r->arm);
	map_free(r->map);
	hold_fini(&r->hold);
	free(r->x);
	free(r->phi);
	free(r->column);
	free(r->count);
	free(r->index);
	free(r->view);
	gsl_rng_free(r->rng);
	free(r);
}

struct arm *
router_arm_find(const struct router *r, const char *name, size_t len)
{
	for (int i = 0; i < r->arms; i++)
		if (strlen(r->arm[i]->name) == len &&
		    memcmp(r->arm[i]->name, name, len) == 0)
			return r->arm[i];
	return NULL;
}

struct arm *
router_arm_of(const struct router *r, uint32_t uid)
{
	for (int i = 0; i < r->arms; i++)
		if (r->arm[i]->uid == uid)
			return r->arm[i];
	return NULL;
}

struct model *
arm_model_new(const struct router *r, double alpha, long max_points)
{
	const struct router_settings *s = &r->settings;

	return model_new(s->features == FEATURES_RFF ? &model_ridge
						     : &model_kernel,
	    &(struct model_params){ .in = r->map->out,
		.alpha = alpha,
		.kernel = (enum kernel)s->kernel,
		.bandwidth = r->bandwidth,
		.max_points = (int)max_points });
}

struct arm *
router_arm_new(struct router *r, uint32_t uid, const char *name)
{
	struct arm *a = mem_zalloc(1, sizeof *a);

	a->uid = uid;
	memcpy(a->name, name, strlen(name) + 1);
	r->arm = mem_realloc(r->arm, (size_t)r->arms + 1, sizeof *r->arm);
	r->arm[r->arms++] = a;
	if (r->map != NULL)
		a->model = arm_model_new(r, r->settings.regularization,
		    r->settings.max_points);
	return a;
}

static bool
needs_bandwidth(const struct router_settings *s)
{
	return s->kernel == KERNEL_RBF;
}

bool
router_ready(const struct router *r)
{
	return r->map != NULL;
}

static void
learn_held(struct router *r)
{
	for (int i = 0; i < r->hold.rewards; i++) {
		struct arm *a = router_arm_of(r, r->hold.reward[i].arm);
		const double *x =
		    r->hold.reward_x + (size_t)i * (size_t)r->dimension;

		if (a == NULL)
			continue;
		map_fill(r->map, x, r->phi);
		if (model_learn(a->model, r->phi, r->hold.reward[i].reward, 1))
			a->numeric_errors++;
	}
}

bool
router_provisional(const struct router *r)
{
	return r->dimension_taken || r->bandwidth_taken;
}

static void
models_make(struct router *r)
{
	const struct router_settings *s = &r->settings;

	for (int i = 0; i < r->arms; i++) {
		model_free(r->arm[i]->model);
		r->arm[i]->model =
		    arm_model_new(r, s->regularization, s->max_points);
	}
	learn_held(r);
	if (!router_provisional(r))
		hold_fini(&r->hold);
}

static void
map_make(struct router *r)
{
	const struct router_settings *s = &r->settings;
	struct map_params params = { .in = r->dimension,
		.out = (int)s->rff_dimension,
		.frequencies = (enum frequencies)s->frequencies,
		.bandwidth = r->bandwidth,
		.seed = (uint64_t)s->seed };

	r->map = map_new(s->features == FEATURES_RFF ? &map_rff : &map_exact,
	    &params);
	r->phi = mem_aligned((size_t)r->map->out, sizeof *r->phi);
}

void
router_settle(struct router *r)
{
	if (r->dimension > 0 && r->x == NULL) {
		r->x = mem_aligned((size_t)r->dimension, sizeof *r->x);
		hold_init(&r->hold, r->dimension);
	}
	if (r->dimension == 0 ||
	    (needs_bandwidth(&r->settings) && r->bandwidth <= 0))
		return;
	if (r->map == NULL)
		map_make(r);
	models_make(r);
}

double
router_prior(const struct router *r)
{
	const struct router_settings *s = &r->settings;

	if (!isnan(s->prior_mean))
		return s->prior_mean;
	if (r->rewards > 0)
		return r->reward_sum / (double)r->rewards;
	return 0.5 * (s->reward_range[0] + s->reward_range[1]);
}

enum err
router_context(struct router *r, const float *x, int d, struct fault *f)
{
	if (d != r->dimension)
		return fault_set(f, ERR_DIMENSION_MISMATCH,
		    "the vector has %d numbers, router \"%s\" takes %d", d,
		    r->name, r->dimension);
	return context_check(x, d, r->settings.normalize, r->x, f);
}

void
router_take_dimension(struct router *r, int d)
{
	assert(r->dimension == 0 && d > 0);
	r->dimension = d;
	r->dimension_taken = true;
	router_settle(r);
}

void
router_take_bandwidth(struct router *r, double h)
{
	assert(r->map == NULL && h > 0);
	r->bandwidth = h;
	r->bandwidth_taken = true;
	router_settle(r);
}

void
router_sample(struct router *r, double now)
{
	if (r->map == NULL)
		hold_context(&r->hold, r->x, now);
}

double
router_bandwidth_due(const struct router *r, double now)
{
	if (r->map != NULL || r->dimension == 0)
		return 0;
	return hold_bandwidth(&r->hold, now);
}

void
router_pend(struct router *r, struct arm *a, double time)
{
	a->pending++;
	r->pending++;
	if (time > a->pull_time)
		a->pull_time = time;
}

void
router_unpend(struct router *r, struct arm *a)
{
	assert(a->pending > 0 && r->pending > 0);
	a->pending--;
	r->pending--;
}
