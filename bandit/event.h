/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h: whatever changes learnt state.
 *
 * The log is a list of these; a router's state is a function of the list and
 * of nothing else: no clock, no random numbers but those its seed fixes.
 */
#ifndef BANDIT_EVENT_H
#define BANDIT_EVENT_H

#include <stdint.h>

#include "bandit/settings.h"
#include "base/name.h"

/* The numbers are on disk; never reuse one. */
enum event_kind {
	EVENT_ROUTER = 1,  /* a router is born: name, settings */
	EVENT_SETTINGS,    /* its settings from now on: settings */
	EVENT_DIMENSION,   /* the first vector's length: dimension */
	EVENT_BANDWIDTH,   /* the one chosen for "auto": bandwidth, points */
	EVENT_ARM_ADD,     /* name; cost, group, enabled where said */
	EVENT_ARM_SET,     /* arm; cost, group, enabled where said */
	EVENT_ARM_REMOVE,  /* arm */
	EVENT_REWARD,      /* arm, x, d, reward, cost; decision or key */
	EVENT_EXPIRE,      /* arm, decision: unrewarded in its time */
	EVENT_KINDS
};

/* What is known of a decision when it is made. */
struct decision {
	char id[NAME_SIZE]; /* "" where there was none (observe) */
	uint64_t number;    /* of its router, from 1 */
	uint32_t router, arm;
	double time; /* wall, seconds */
	double propensity;
	uint64_t state_seq; /* the last event folded into the router */
	int policy;         /* index in policies[] */
	const float *x;     /* [d], as it came; NULL where not at hand */
	int d;
};

struct event {
	enum event_kind kind;
	uint64_t seq; /* from 1, without gaps */
	double time;  /* wall, seconds */
	uint32_t router, arm;
	char name[NAME_SIZE], group[NAME_SIZE];
	double cost; /* NaN: not said */
	bool group_said, enabled_said, enabled;
	struct router_settings settings;
	int dimension;
	double bandwidth;
	int points;
	double reward;
	struct decision decision; /* its x and d also where there is no id */
	char key[NAME_SIZE];
};

#endif
