/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each kind of event changes a router; a row per kind. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/model.h"
#include "bandit/router.h"
#include "features/context.h"

typedef enum err fold_fn(struct router *, const struct event *, struct fault *);

/* Whether the router itself, or the arm, has yet to see the event. */
static bool
fresh(const struct router *r, const struct event *ev)
{
	return ev->seq > r->seq;
}

static void
arm_alpha(struct arm *a, const struct event *ev)
{
	const struct router_settings *s = &ev->settings;

	if (a->seq >= ev->seq || a->model == NULL)
		return;
	if (a->model->params.alpha != s->regularization &&
	    model_set_alpha(a->model, s->regularization) != ERR_NONE)
		a->numeric_errors++;
	model_set_max_points(a->model, (int)s->max_points);
	a->seq = ev->seq;
}

static enum err
fold_settings(struct router *r, const struct event *ev, struct fault *f)
{
	(void)f;
	for (int i = 0; i < r->arms; i++)
		arm_alpha(r->arm[i], ev);
	if (fresh(r, ev))
		r->settings = ev->settings;
	return ERR_NONE;
}

/* Where all that was missing is known now, every arm has just learnt what was
 * held. */
static void
settle(struct router *r, const struct event *ev)
{
	router_settle(r);
	for (int i = 0; r->map != NULL && i < r->arms; i++)
		r->arm[i]->seq = ev->seq;
}

static enum err
fold_dimension(struct router *r, const struct event *ev, struct fault *f)
{
	if (!fresh(r, ev))
		return ERR_NONE;
	if (r->dimension != (r->dimension_taken ? ev->dimension : 0))
		return fault_set(f, ERR_DATA,
		    "a dimension of %d for router \"%s\" that has %d",
		    ev->dimension, r->name, r->dimension);
	r->dimension = ev->dimension;
	r->dimension_taken = false;
	settle(r, ev);
	return ERR_NONE;
}

static enum err
fold_bandwidth(struct router *r, const struct event *ev, struct fault *f)
{
	if (!fresh(r, ev))
		return ERR_NONE;
	if (!(ev->bandwidth > 0 && isfinite(ev->bandwidth)) ||
	    r->bandwidth != (r->bandwidth_taken ? ev->bandwidth : 0))
		return fault_set(f, ERR_DATA,
		    "a bandwidth of %g for router \"%s\" that has %g",
		    ev->bandwidth, r->name, r->bandwidth);
	r->bandwidth = ev->bandwidth;
	r->bandwidth_taken = false;
	settle(r, ev);
	return ERR_NONE;
}

static void
arm_describe(struct arm *a, const struct event *ev)
{
	if (!isnan(ev->cost))
		a->cost = ev->cost;
	if (ev->enabled_said)
		a->enabled = ev->enabled;
	if (ev->group_said)
		memcpy(a->group, ev->group, sizeof a->group);
}

static enum err
fold_arm_add(struct router *r, const struct event *ev, struct fault *f)
{
	struct arm *a;

	if (!fresh(r, ev))
		return ERR_NONE;
	if (router_arm_find(r, ev->name, strlen(ev->name)) != NULL)
		return fault_set(f, ERR_CONFLICT,
		    "router \"%s\" has an arm \"%s\" already", r->name,
		    ev->name);
	a = router_arm_new(r, r->next_uid++, ev->name);
	a->enabled = true;
	arm_describe(a, ev);
	a->added = a->seq = ev->seq;
	return ERR_NONE;
}

static enum err
arm_gone(const struct router *r, struct fault *f)
{
	return fault_set(f, ERR_UNKNOWN_ARM,
	    "the arm has been removed from router \"%s\"", r->name);
}

static enum err
fold_arm_set(struct router *r, const struct event *ev, struct fault *f)
{
	struct arm *a = router_arm_of(r, ev->arm);

	if (!fresh(r, ev))
		return ERR_NONE;
	if (a == NULL)
		return arm_gone(r, f);
	arm_describe(a, ev);
	return ERR_NONE;
}

static enum err
fold_arm_remove(struct router *r, const struct event *ev, struct fault *f)
{
	if (!fresh(r, ev))
		return ERR_NONE;
	for (int i = 0; i < r->arms; i++)
		if (r->arm[i]->uid == ev->arm) {
			r->pending -= r->arm[i]->pending;
			arm_free(r->arm[i]);
			r->arms--;
			memmove(r->arm + i, r->arm + i + 1,
			    (size_t)(r->arms - i) * sizeof *r->arm);
			return ERR_NONE;
		}
	return arm_gone(r, f);
}

static void
arm_count_reward(struct arm *a, const struct event *ev)
{
	double off = ev->reward - a->mean;

	a->rewards++;
	a->mean += off / (double)a->rewards;
	a->m2 += off * (ev->reward - a->mean);
	a->reward_time = ev->time;
	if (ev->decision.id[0] != '\0') {
		a->decided++;
		a->decided_time = ev->decision.time;
	}
	if (!isnan(ev->cost)) {
		a->costs++;
		a->cost_mean += (ev->cost - a->cost_mean) / (double)a->costs;
	}
}

static void
arm_learn(struct router *r, struct arm *a, const struct event *ev)
{
	arm_count_reward(a, ev);
	a->seq = ev->seq;
	if (a->model == NULL)
		return;
	map_fill(r->map, r->x, r->phi);
	if (model_learn(a->model, r->phi, ev->reward, 1) != ERR_NONE)
		a->numeric_errors++;
}

static void
count_number(struct router *r, const struct event *ev)
{
	if (fresh(r, ev) && ev->decision.number > r->numbered)
		r->numbered = ev->decision.number;
}

static enum err
fold_reward(struct router *r, const struct event *ev, struct fault *f)
{
	struct arm *a = router_arm_of(r, ev->arm);

	count_number(r, ev);
	if (a == NULL)
		return arm_gone(r, f);
	if (router_context(r, ev->decision.x, ev->decision.d, f) != ERR_NONE)
		return ERR_DATA;
	if (a->seq < ev->seq)
		arm_learn(r, a, ev);
	if (fresh(r, ev)) {
		r->rewards++;
		r->reward_sum += ev->reward;
		if (r->map == NULL || router_provisional(r))
			hold_reward(&r->hold,
			    &(struct held){ a->uid, ev->reward, ev->time },
			    r->x);
	}
	return ERR_NONE;
}

static enum err
fold_expire(struct router *r, const struct event *ev, struct fault *f)
{
	struct arm *a = router_arm_of(r, ev->arm);

	count_number(r, ev);
	if (a == NULL)
		return arm_gone(r, f);
	if (a->seq < ev->seq) {
		a->expired++;
		a->seq = ev->seq;
	}
	return ERR_NONE;
}

static enum err
fold_birth(struct router *r, const struct event *ev, struct fault *f)
{
	(void)r, (void)ev, (void)f;
	return ERR_NONE;
}

static fold_fn *const folds[EVENT_KINDS] = {
	[EVENT_ROUTER] = fold_birth,
	[EVENT_SETTINGS] = fold_settings,
	[EVENT_DIMENSION] = fold_dimension,
	[EVENT_BANDWIDTH] = fold_bandwidth,
	[EVENT_ARM_ADD] = fold_arm_add,
	[EVENT_ARM_SET] = fold_arm_set,
	[EVENT_ARM_REMOVE] = fold_arm_remove,
	[EVENT_REWARD] = fold_reward,
	[EVENT_EXPIRE] = fold_expire,
};

enum err
router_fold(struct router *r, const struct event *ev, struct fault *f)
{
	enum err e;

	if (ev->kind < EVENT_ROUTER || ev->kind >= EVENT_KINDS)
		return fault_set(f, ERR_DATA, "an event of kind %d",
		    (int)ev->kind);
	e = folds[ev->kind](r, ev, f);
	if (e == ERR_DATA)
		return e;
	if (fresh(r, ev))
		r->seq = ev->seq;
	return e;
}
