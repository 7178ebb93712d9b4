/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How each kind of event changes a router; a row per kind. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/choice.h"
#include "bandit/model.h"
#include "bandit/router.h"
#include "features/context.h"

typedef enum err fold_fn(struct router *, const struct event *, struct fault *);

/* Whether the router itself has yet to see the event. */
static bool
fresh(const struct router *r, const struct event *ev)
{
	return ev->seq > r->seq;
}

static void
arm_alpha(struct arm *a, double alpha)
{
	if (a->model->params.alpha == alpha)
		return;
	if (model_set_alpha(a->model, alpha) != ERR_NONE)
		a->numeric_errors++;
	ahead_set_alpha(&a->ahead, alpha);
}

static void
arm_settings(struct arm *a, const struct router_settings *s, uint64_t seq)
{
	if (a->seq >= seq)
		return;
	arm_habits(a, s);
	a->seq = seq;
	if (a->model == NULL)
		return;
	arm_alpha(a, s->regularization * a->firmness);
	model_set_max_points(a->model, (int)s->max_points);
}

/* Decisions that wait by now weigh on no arm. */
static void
drop_shadows(struct router *r, uint64_t seq)
{
	for (int i = 0; i < r->arms; i++)
		ahead_reset(&r->arm[i]->ahead);
	r->shadows_from = seq;
}

static void
put_in_force(struct router *r, const struct router_settings *set, uint64_t seq)
{
	for (int i = 0; i < r->arms; i++)
		arm_settings(r->arm[i], set, seq);
	if (seq <= r->seq)
		return;
	if (set->pending != r->settings.pending)
		drop_shadows(r, seq);
	r->settings = *set;
}

/* Only a rebuild changes what is fixed. */
static enum err
fold_settings(struct router *r, const struct event *ev, struct fault *f)
{
	struct router_settings set = ev->settings;
	const struct setting *row;

	(void)f;
	overlay_settings(&r->overlay, ev->seq, &set);
	for (row = router_settings; row->name != NULL; row++)
		if ((row->flags & SETTING_FIXED) != 0)
			setting_copy(row, &set, &r->settings);
	put_in_force(r, &set, ev->seq);
	return ERR_NONE;
}

/* Where all that was missing is known now, every arm has just learnt what was
 * held. */
static void
settle(struct router *r, const struct event *ev)
{
	router_settle(r);
	drop_shadows(r, ev->seq);
	for (int i = 0; r->map != NULL && i < r->arms; i++)
		r->arm[i]->seq = ev->seq;
}

/* Who learns anew knows both from the start. */
static enum err
fold_dimension(struct router *r, const struct event *ev, struct fault *f)
{
	if (!fresh(r, ev) || overlay_holds(&r->overlay, ev->seq))
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
	if (!fresh(r, ev) || overlay_holds(&r->overlay, ev->seq))
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
	router_inherit(r, a, ev);
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

	if (a == NULL)
		return fresh(r, ev) ? arm_gone(r, f) : ERR_NONE;
	if (fresh(r, ev))
		arm_describe(a, ev);
	if (ev->prior != NULL && a->seq < ev->seq && a->rewards == 0) {
		router_inherit(r, a, ev);
		a->seq = ev->seq;
	}
	return ERR_NONE;
}

static enum err
fold_arm_remove(struct router *r, const struct event *ev, struct fault *f)
{
	if (!fresh(r, ev))
		return ERR_NONE;
	for (int i = 0; i < r->arms; i++)
		if (r->arm[i]->uid == ev->arm) {
			arm_free(r->arm[i]);
			r->arms--;
			memmove(r->arm + i, r->arm + i + 1,
			    (size_t)(r->arms - i) * sizeof *r->arm);
			return ERR_NONE;
		}
	return arm_gone(r, f);
}

static void
count_reward(struct arm *a, double reward, double time)
{
	double off = reward - a->mean;

	a->rewards++;
	a->mean += off / (double)a->rewards;
	a->m2 += off * (reward - a->mean);
	a->reward_time = time;
}

static void
count_decided(struct arm *a, const struct event *ev)
{
	if (ev->kind == EVENT_EXPIRE) {
		a->expired++;
		return;
	}
	if (ev->decision.id[0] != '\0') {
		a->decided++;
		a->decided_time = ev->decision.time;
	}
	if (ev->kind == EVENT_REWARD && !isnan(ev->cost)) {
		a->costs++;
		a->cost_mean += (ev->cost - a->cost_mean) / (double)a->costs;
	}
}

static void
count_number(struct router *r, const struct event *ev)
{
	if (fresh(r, ev) && !event_imported(ev) &&
	    ev->decision.number > r->numbered)
		r->numbered = ev->decision.number;
}

/* Teaches the arm, and counts for the router, what either has not seen; the
 * context is in r->x, and in r->phi where there is a map.  Where the arm is
 * gone (NULL) nothing is to be learnt. */
static void
teach(struct router *r, struct arm *a, const struct event *ev,
    const struct lesson *l)
{
	if (a == NULL)
		return;
	if (a->seq < ev->seq) {
		count_reward(a, l->reward, l->time);
		if (a->model != NULL)
			arm_take_in(a, l, r->phi);
	}
	if (!fresh(r, ev))
		return;
	r->rewards++;
	r->reward_sum += l->reward;
	if (r->map == NULL || router_provisional(r))
		hold_lesson(&r->hold, &(struct held){ a->uid, *l }, r->x);
}

static void
seen(struct arm *a, const struct event *ev)
{
	if (a == NULL || a->seq >= ev->seq)
		return;
	count_decided(a, ev);
	a->seq = ev->seq;
}

static enum err
context_ready(struct router *r, const struct event *ev, struct fault *f)
{
	const struct decision *d = &ev->decision;

	if (d->x == NULL || router_context(r, d->x, d->d, f) != ERR_NONE)
		return fault_set(f, ERR_DATA, "its context does not fit");
	if (r->map != NULL)
		router_features(r);
	return ERR_NONE;
}

static enum err
fold_reward(struct router *r, const struct event *ev, struct fault *f)
{
	struct arm *a = router_arm_of(r, ev->arm);
	struct lesson l = { .reward = ev->reward, .time = ev->time };

	l.observed = ev->decision.id[0] == '\0';
	count_number(r, ev);
	if (a == NULL)
		return arm_gone(r, f);
	if (context_ready(r, ev, f) != ERR_NONE)
		return ERR_DATA;
	teach(r, a, ev, &l);
	seen(a, ev);
	return ERR_NONE;
}

/* What a position was chosen against; of -1, not clicking was. */
static void
choose_rest(const struct decision *d, int without, struct lesson *l)
{
	double utility[ARMS_MAX], sigma[ARMS_MAX];

	for (int i = 0; i < d->k; i++) {
		utility[i] = d->shown[i].mean;
		sigma[i] = d->shown[i].sigma;
	}
	l->rest = choice_rest(utility, sigma, d->k, without,
	    without < 0 ? -INFINITY : d->no_click, d->no_click_sigma,
	    &l->rest_variance);
}

static enum err
fold_click(struct router *r, const struct event *ev, struct fault *f)
{
	const struct decision *d = &ev->decision;
	struct lesson l = { .time = ev->time,
		.choice = r->settings.reward_model == REWARD_CHOICE };

	count_number(r, ev);
	if (context_ready(r, ev, f) != ERR_NONE)
		return ERR_DATA;
	for (int i = 0; i < d->k; i++) {
		struct arm *a = router_arm_of(r, d->shown[i].arm);

		l.reward = d->shown[i].arm == ev->arm;
		if (l.choice)
			choose_rest(d, i, &l);
		teach(r, a, ev, &l);
		seen(a, ev);
	}
	if (!l.choice || !fresh(r, ev))
		return ERR_NONE;
	choose_rest(d, -1, &l);
	l.reward = ev->arm == 0;
	no_click_take_in(&r->no_click, r->settings.half_life, &l);
	return ERR_NONE;
}

/* The two-arm case of a choice, without the option of none. */
static enum err
fold_prefer(struct router *r, const struct event *ev, struct fault *f)
{
	const struct decision *d = &ev->decision;
	const uint32_t uid[] = { ev->arm, ev->loser };

	count_number(r, ev);
	if (context_ready(r, ev, f) != ERR_NONE)
		return ERR_DATA;
	for (int i = 0; i < d->k; i++) {
		const struct shown *s = &d->shown[i];
		int won = s->arm == ev->arm,
		    other = decision_position(d, uid[won]);
		struct lesson l = { .reward = won,
			.time = ev->time,
			.choice = r->settings.reward_model == REWARD_CHOICE };
		struct arm *a = router_arm_of(r, s->arm);

		if (other < 0)
			return fault_set(f, ERR_DATA, "an arm was not shown");
		l.rest = d->shown[other].mean;
		l.rest_variance = d->shown[other].sigma * d->shown[other].sigma;
		if (s->arm == ev->arm || s->arm == ev->loser)
			teach(r, a, ev, &l);
		seen(a, ev);
	}
	return ERR_NONE;
}

/* Without a default reward nothing is learnt, and the context is not needed. */
static enum err
fold_expire(struct router *r, const struct event *ev, struct fault *f)
{
	const struct decision *d = &ev->decision;
	struct lesson l = { .time = ev->time };

	count_number(r, ev);
	if (d->x != NULL && context_ready(r, ev, f) != ERR_NONE)
		return ERR_DATA;
	for (int i = 0; i < d->k; i++) {
		struct arm *a = router_arm_of(r, d->shown[i].arm);

		if (d->shown[i].ended || a == NULL)
			continue;
		l.reward = a->seq < ev->seq ? a->habits.default_reward
					    : r->settings.default_reward;
		if (!ev->early && !isnan(l.reward) && d->x != NULL)
			teach(r, a, ev, &l);
		seen(a, ev);
	}
	return ERR_NONE;
}

static enum err
fold_age(struct router *r, const struct event *ev, struct fault *f)
{
	struct arm *a = router_arm_of(r, ev->arm);

	(void)f;
	if (a == NULL || a->seq >= ev->seq)
		return ERR_NONE;
	arm_age(a, ev->time);
	a->seq = ev->seq;
	return ERR_NONE;
}

/*
 * Who folds it has learnt what was before it under its settings; one that a
 * later one replaces only changes those that have a history.  Settings that it
 * does not name are those in force, whatever they were when it was asked for.
 */
static enum err
fold_rebuild(struct router *r, const struct event *ev, struct fault *f)
{
	struct router_settings set = r->settings;
	struct overlay named = { .until = UINT64_MAX,
		.named = ev->named,
		.settings = ev->settings };

	if (r->era >= ev->seq)
		return ERR_NONE;
	overlay_settings(&named, ev->seq, &set);
	if (overlay_holds(&r->overlay, ev->seq))
		overlay_settings(&r->overlay, ev->seq, &set);
	else if (r->overlay.until != ev->seq)
		return fault_set(f, ERR_DATA,
		    "router \"%s\" was not learnt anew for it", r->name);
	else {
		r->era = ev->seq;
		drop_shadows(r, ev->seq);
	}
	put_in_force(r, &set, ev->seq);
	return ERR_NONE;
}

static enum err
fold_nothing(struct router *r, const struct event *ev, struct fault *f)
{
	(void)r, (void)ev, (void)f;
	return ERR_NONE;
}

static fold_fn *const folds[EVENT_KINDS] = {
	[EVENT_ROUTER] = fold_nothing,
	[EVENT_SETTINGS] = fold_settings,
	[EVENT_DIMENSION] = fold_dimension,
	[EVENT_BANDWIDTH] = fold_bandwidth,
	[EVENT_ARM_ADD] = fold_arm_add,
	[EVENT_ARM_SET] = fold_arm_set,
	[EVENT_ARM_REMOVE] = fold_arm_remove,
	[EVENT_REWARD] = fold_reward,
	[EVENT_EXPIRE] = fold_expire,
	[EVENT_CLICK] = fold_click,
	[EVENT_PREFER] = fold_prefer,
	[EVENT_AGE] = fold_age,
	[EVENT_REBUILD] = fold_rebuild,
	[EVENT_DROPPED] = fold_nothing, /* bandit_fold() has its rule */
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
