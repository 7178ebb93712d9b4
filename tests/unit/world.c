/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/world.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
	settings_default(router_settings, &ev->settings);
	ev->settings.dimension = WORLD_D;
	ev->settings.rff_dimension = 32;
	ev->settings.max_points = 20;
	ev->settings.features = w->exact ? FEATURES_EXACT : FEATURES_RFF;
	ev->settings.bandwidth = w->auto_bandwidth ? NAN : 1;
}

static void
settings(struct world *w, struct event *ev)
{
	birth(w, ev);
	ev->kind = EVENT_SETTINGS;
	ev->settings.regularization = 1 + floor(4 * uniform(w));
	ev->settings.max_points = 10 + (long)(20 * uniform(w));
}

static void
arm_add(struct world *w, struct event *ev)
{
	ev->kind = EVENT_ARM_ADD;
	snprintf(ev->name, sizeof ev->name, "arm%d", ++w->arms);
	ev->cost = uniform(w);
}

static void
reward(struct world *w, struct event *ev)
{
	ev->kind = EVENT_REWARD;
	ev->arm = 1 + (uint32_t)(uniform(w) * w->arms);
	for (int j = 0; j < WORLD_D; j++)
		w->x[j] = (float)(2 * uniform(w) - 1);
	ev->decision.x = w->x;
	ev->decision.d = WORLD_D;
	ev->reward = uniform(w);
	if (uniform(w) < 0.5) {
		snprintf(ev->decision.id, sizeof ev->decision.id, "d1.1.%d",
		    (int)w->seq);
		ev->decision.number = w->seq;
		ev->decision.time = ev->time - 1;
		ev->decision.propensity = 1;
		ev->cost = 2;
	}
}

static void
expire(struct world *w, struct event *ev)
{
	ev->kind = EVENT_EXPIRE;
	ev->arm = 1 + (uint32_t)(uniform(w) * w->arms);
	snprintf(ev->decision.id, sizeof ev->decision.id, "d1.1.%d",
	    (int)w->seq);
	ev->decision.number = w->seq;
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
	} else
		reward(w, ev);
	ev->decision.router = ev->router;
	ev->decision.arm = ev->arm;
}
