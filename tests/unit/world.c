/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/world.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "features/map.h"
#include "tests/test.h"

void
world_init(struct world *w, uint64_t seed, bool exact, bool auto_bandwidth)
{
	*w = (struct world){ .state = seed,
		.exact = exact,
		.auto_bandwidth = auto_bandwidth };
}

static double
uniform(struct world *w)
{
	return (double)(test_random(&w->state) >> 11) * 0x1p-53;
}

static void
birth(struct world *w, struct event *ev)
{
	ev->kind = EVENT_ROUTER;
	strcpy(ev->name, "world");
	settings_before(router_settings, &ev->settings);
	if (w->weighs)
		ev->settings.history_weight = 0.5;
	ev->settings.dimension = WORLD_D;
	ev->settings.rff_dimension = WORLD_PHI;
	ev->settings.reward_model = w->choice ? REWARD_CHOICE : REWARD_GAUSSIAN;
	ev->settings.max_points = 20;
	ev->settings.features = w->exact ? FEATURES_EXACT : FEATURES_RFF;
	ev->settings.bandwidth = w->auto_bandwidth ? NAN : 1;
	if (w->structured)
		ev->settings.frequencies = FREQUENCIES_STRUCTURED;
}

static void
settings(struct world *w, struct event *ev)
{
	birth(w, ev);
	ev->kind = EVENT_SETTINGS;
	ev->settings.regularization = 1 + floor(4 * uniform(w));
	ev->settings.max_points = 10 + (long)(20 * uniform(w));
	if (w->exact)
		return;
	ev->settings.half_life = uniform(w) < 0.3 ? NAN
	    : uniform(w) < 0.5                    ? 40
						  : -60;
	ev->settings.group_spread = 0.5;
	if (w->weighs)
		ev->settings.history_weight = uniform(w) < 0.5 ? 1 : 0.25;
	if (!w->choice && uniform(w) < 0.5)
		ev->settings.default_reward = 0.25;
}

static void
arm_add(struct world *w, struct event *ev)
{
	ev->kind = EVENT_ARM_ADD;
	snprintf(ev->name, sizeof ev->name, "arm%d", ++w->arms);
	ev->cost = uniform(w);
	if (w->seq < 100)
		return;
	for (int j = 0; j < 2 * WORLD_PHI; j++)
		w->prior[j] = uniform(w) - 0.5;
	ev->prior = w->prior;
	ev->prior_len = WORLD_PHI;
	strcpy(ev->prior_from, "arm1");
}

static void
context(struct world *w, struct event *ev)
{
	for (int j = 0; j < WORLD_D; j++)
		w->x[j] = (float)(2 * uniform(w) - 1);
	ev->decision.x = w->x;
	ev->decision.d = WORLD_D;
}

/* A decision that showed up to three arms. */
static void
slate(struct world *w, struct event *ev)
{
	struct decision *d = &ev->decision;

	snprintf(d->id, sizeof d->id, "d1.1.%d", (int)w->seq);
	d->number = w->seq;
	d->time = ev->time - 1;
	d->k = 1 + (int)(uniform(w) * WORLD_SLATE);
	if (d->k > w->arms)
		d->k = w->arms;
	d->asked = d->k > 1;
	d->shown = w->shown;
	d->eligible = d->k;
	d->eligible_arm = w->eligible;
	d->no_click = 0.25;
	d->no_click_sigma = 1;
	for (int i = 0; i < d->k; i++) {
		w->eligible[i] = 1 + (w->seq + (uint32_t)i) % (uint32_t)w->arms;
		w->shown[i] = (struct shown){ .arm = w->eligible[i],
			.propensity = 0.5,
			.mean = uniform(w) - 0.5,
			.sigma = uniform(w) };
	}
}

static void
click(struct world *w, struct event *ev)
{
	int chosen;

	ev->kind = EVENT_CLICK;
	context(w, ev);
	slate(w, ev);
	chosen = (int)(uniform(w) * (ev->decision.k + 1));
	ev->arm = chosen < ev->decision.k ? w->shown[chosen].arm : 0;
}

static void
prefer(struct world *w, struct event *ev)
{
	ev->kind = EVENT_PREFER;
	context(w, ev);
	slate(w, ev);
	if (ev->decision.k == 1) {
		click(w, ev);
		return;
	}
	ev->arm = w->shown[1].arm;
	ev->loser = w->shown[0].arm;
}

static void
age(struct world *w, struct event *ev)
{
	ev->kind = EVENT_AGE;
	ev->arm = 1 + (uint32_t)(uniform(w) * w->arms);
}

static void
reward(struct world *w, struct event *ev)
{
	ev->kind = EVENT_REWARD;
	ev->arm = 1 + (uint32_t)(uniform(w) * w->arms);
	context(w, ev);
	ev->reward = uniform(w);
	if (uniform(w) < 0.5) {
		slate(w, ev);
		w->shown[0].arm = ev->arm;
		ev->cost = 2;
	}
}

static void
expire(struct world *w, struct event *ev)
{
	ev->kind = EVENT_EXPIRE;
	context(w, ev);
	slate(w, ev);
	ev->early = uniform(w) < 0.3;
	ev->keep_x = uniform(w) < 0.5;
	if (!ev->keep_x) {
		ev->decision.x = NULL;
		ev->decision.d = 0;
	}
	if (ev->decision.k > 1)
		w->shown[0].ended = w->seq - 1;
}

void
world_next(struct world *w, struct event *ev)
{
	double u = uniform(w);

	*ev = (struct event){ .seq = ++w->seq, .router = 1, .cost = NAN };
	ev->time = 1e9 + (double)w->seq;
	if (w->seq == 1)
		birth(w, ev);
	else if (w->seq <= 3 || u < 0.01)
		arm_add(w, ev);
	else if (w->seq == 60 && w->auto_bandwidth) {
		ev->kind = EVENT_BANDWIDTH;
		ev->bandwidth = 1.25;
		ev->points = 30;
	} else if (u < 0.04)
		settings(w, ev);
	else if (u < 0.06)
		expire(w, ev);
	else if (u < 0.063) {
		ev->kind = EVENT_ARM_REMOVE;
		ev->arm = 1 + (uint32_t)(uniform(w) * w->arms);
	} else if (u < 0.09)
		age(w, ev);
	else if (u < 0.15)
		prefer(w, ev);
	else if (w->choice || u < 0.2)
		click(w, ev);
	else
		reward(w, ev);
	ev->decision.router = ev->router;
}
