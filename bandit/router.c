/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/router.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/choice.h"
#include "bandit/model.h"
#include "base/mem.h"
#include "features/context.h"
#include "features/rng.h"

struct router *
router_new(const struct event *ev, const struct overlay *overlay)
{
	struct router *r = mem_zalloc(1, sizeof *r);

	if (overlay != NULL)
		r->overlay = *overlay;

	memcpy(r->name, ev->name, sizeof r->name);
	r->id = ev->router;
	r->settings = ev->settings;
	overlay_settings(&r->overlay, ev->seq, &r->settings);
	r->seq = ev->seq;
	r->next_uid = 1;
	r->no_click.precision = NO_CLICK_PRECISION;
	r->rng = mem_got(gsl_rng_alloc(rng_splitmix64));
	r->race = race_new();
	r->dimension = (int)r->settings.dimension;
	if (!isnan(r->settings.bandwidth))
		r->bandwidth = r->settings.bandwidth;
	router_settle(r);
	return r;
}

void
arm_free(struct arm *a)
{
	model_free(a->model);
	ahead_reset(&a->ahead);
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
	free(r->phi_of);
	free(r->column);
	free(r->count);
	free(r->index);
	free(r->flag);
	free(r->view);
	free(r->score);
	free(r->at_most);
	free(r->margin);
	ask_fini(&r->ask);
	race_free(r->race);
	gsl_rng_free(r->rng);
	free(r);
}

struct arm *
router_arm_find(const struct router *r, const char *name, size_t len)
{
	for (int i = 0; i < r->arms; i++)
		if (word_is(r->arm[i]->name, name, len))
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
arm_model_new(const struct router *r, const struct arm *a, const double *prior)
{
	const struct router_settings *s = &r->settings;
	bool linear = s->features == FEATURES_RFF;

	return model_new(linear ? &model_ridge : &model_kernel,
	    &(struct model_params){ .in = r->map->out,
		.alpha = a->habits.regularization * a->firmness,
		.kernel = (enum kernel)s->kernel,
		.bandwidth = r->bandwidth,
		.max_points = (int)a->habits.max_points,
		.slack = isnan(a->habits.half_life) ? 0 : MODEL_SLACK,
		.prior_fit = prior,
		.prior_unit = prior != NULL ? prior + r->map->out : NULL });
}

void
arm_habits(struct arm *a, const struct router_settings *s)
{
	a->habits = (struct habits){ .regularization = s->regularization,
		.half_life = s->half_life,
		.default_reward = s->default_reward,
		.group_spread = s->group_spread,
		.prior_mean = isnan(s->prior_mean) ? 0 : s->prior_mean,
		.history_weight = s->history_weight,
		.max_points = s->max_points };
}

struct arm *
router_arm_new(struct router *r, uint32_t uid, const char *name)
{
	struct arm *a = mem_zalloc(1, sizeof *a);

	a->uid = uid;
	memcpy(a->name, name, strlen(name) + 1);
	a->firmness = 1;
	arm_habits(a, &r->settings);
	r->arm = mem_realloc(r->arm, (size_t)r->arms + 1, sizeof *r->arm);
	r->arm[r->arms++] = a;
	if (r->map != NULL)
		a->model = arm_model_new(r, a, NULL);
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
	const struct hold *h = &r->hold;

	for (int i = 0; i < h->lessons; i++) {
		struct arm *a = router_arm_of(r, h->lesson[i].arm);

		if (a == NULL)
			continue;
		map_fill(r->map, h->lesson_x + (size_t)i * (size_t)h->d,
		    r->phi);
		arm_take_in(a, &h->lesson[i].lesson, r->phi);
	}
	r->phi_made = false;
}

bool
router_provisional(const struct router *r)
{
	return r->dimension_taken || r->bandwidth_taken;
}

static void
models_make(struct router *r)
{
	for (int i = 0; i < r->arms; i++) {
		struct arm *a = r->arm[i];

		model_free(a->model);
		ahead_reset(&a->ahead);
		a->model = arm_model_new(r, a, NULL);
		a->aged = a->faded = 0;
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
	r->phi_of = mem_aligned((size_t)r->dimension, sizeof *r->phi_of);
}

bool
router_settled(const struct router_settings *s, int dimension, double bandwidth)
{
	return dimension > 0 && (!needs_bandwidth(s) || bandwidth > 0);
}

void
router_settle(struct router *r)
{
	if (r->dimension > 0 && r->x == NULL) {
		r->x = mem_aligned((size_t)r->dimension, sizeof *r->x);
		hold_init(&r->hold, r->dimension);
	}
	if (!router_settled(&r->settings, r->dimension, r->bandwidth))
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
	if (s->reward_model == REWARD_CHOICE)
		return 0;
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

const double *
router_features(struct router *r)
{
	size_t size = (size_t)r->dimension * sizeof *r->x;

	if (r->phi_made && memcmp(r->x, r->phi_of, size) == 0)
		return r->phi;
	map_fill(r->map, r->x, r->phi);
	memcpy(r->phi_of, r->x, size);
	r->phi_made = true;
	return r->phi;
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
	return r->settings.bandwidth_scale * hold_bandwidth(&r->hold, now);
}

/* Whether a decision made in that state weighs on the arm while it waits. */
static bool
hallucinates(const struct router *r, const struct arm *a,
    const struct decision *d)
{
	return r->settings.pending == PENDING_HALLUCINATE && a->model != NULL &&
	    !router_provisional(r) && d->state_seq >= r->shadows_from;
}

void
router_pend(struct router *r, struct arm *a, const struct decision *d, int i,
    struct mark *m)
{
	bool choice = r->settings.reward_model == REWARD_CHOICE;

	*m = (struct mark){ .weight = choice ? CHOICE_WEIGHT : 1,
		.faded = d->shown[i].faded };
	a->pending++;
	if (d->time > a->pull_time)
		a->pull_time = d->time;
	if (!hallucinates(r, a, d))
		return;
	ahead_add(&a->ahead, a->model, router_features(r), a->faded, m);
}

void
router_unpend(struct router *r, struct arm *a, const float *x, int d,
    const struct mark *m)
{
	assert(a->pending > 0);
	a->pending--;
	if (m->round == 0 || x == NULL || r->map == NULL ||
	    router_context(r, x, d, NULL) != ERR_NONE)
		return;
	ahead_take_back(&a->ahead, router_features(r), a->faded, m);
}
