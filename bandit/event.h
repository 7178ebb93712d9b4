/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h: whatever changes learnt state.
 *
 * The log is a list of these; a router's state is a function of the list and
 * of nothing else: no clock, no random numbers but those its seed fixes.
 */
#ifndef BANDIT_EVENT_H
#define BANDIT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/settings.h"
#include "base/name.h"

/* The numbers are on disk; never reuse one. */
enum event_kind {
	EVENT_ROUTER = 1, /* a router is born: name, settings */
	EVENT_SETTINGS,   /* its settings from now on: settings */
	EVENT_DIMENSION,  /* the first vector's length: dimension */
	EVENT_BANDWIDTH,  /* the one chosen for "auto": bandwidth, points */
	EVENT_ARM_ADD,    /* name; cost, group, enabled, prior where said */
	EVENT_ARM_SET,    /* arm; cost, group, enabled where said */
	EVENT_ARM_REMOVE, /* arm */
	EVENT_REWARD,     /* arm, x, d, reward, cost; decision or key */
	EVENT_EXPIRE,     /* decision: unrewarded in its time */
	EVENT_CLICK,      /* decision; arm, of those shown, or 0: none */
	EVENT_PREFER,     /* decision; arm rather than loser */
	EVENT_AGE,     /* arm: what was learnt of it is as old as time says */
	EVENT_REBUILD, /* learnt anew from the log: settings, which of them */
	EVENT_DROPPED, /* no event, but those that were dropped from the log */
	EVENT_KINDS
};

/* Whether events of that kind are what is learnt from, and may be dropped from
 * the log once that is done; the others say what the router is. */
bool event_teaches(enum event_kind);

/* One position of a slate, and what was known of its arm when it was shown. */
struct shown {
	uint32_t arm;       /* uid */
	double propensity;  /* of this arm here, given those before it */
	double mean, sigma; /* of its reward or utility */
	uint64_t ended;     /* seq of the record that ended it; 0: it waits */
	double faded;       /* of the arm: arm.h */
};

#define ARMS_MAX 256 /* of a router, so also of a slate */

/* What is known of a decision when it is made.  With the settings and state
 * as of state_seq this is all that its propensities follow from. */
struct decision {
	char id[NAME_SIZE]; /* "" where there was none (observe) */
	uint64_t number;    /* of its router, from 1 */
	uint32_t router;
	double time;        /* wall, seconds */
	uint64_t state_seq; /* the last event folded into the router */
	int policy;         /* index in policies[] */
	bool asked;         /* for a slate, not for one arm */
	int k;              /* positions; 0 where there was no decision */
	const struct shown *shown; /* [k] */
	int eligible;
	const uint32_t *eligible_arm; /* [eligible], uids */
	uint32_t prefer;              /* the session's arm; 0: none */
	double switch_cost;
	double no_click, no_click_sigma; /* of a choice model, as known then */
	const float *x; /* [d], as it came; NULL where not at hand */
	int d;
};

/* The position that shows the arm, or -1. */
static inline int
decision_position(const struct decision *d, uint32_t arm)
{
	for (int i = 0; i < d->k; i++)
		if (d->shown[i].arm == arm)
			return i;
	return -1;
}

/* What was dropped of one router's events, of a run of such in the log. */
struct dropped {
	uint32_t router;
	uint64_t count, last; /* seq of the last of them */
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
	char key[NAME_SIZE];      /* of an observation, or an imported record */
	uint32_t loser;
	bool keep_x;    /* of EVENT_EXPIRE: the context goes into the log */
	bool early;     /* of the same: only to make room, it teaches nothing */
	uint64_t named; /* of EVENT_REBUILD: bits of router_settings rows */
	uint64_t after; /* of the same: seq of the last that was dropped by then
			   and could not be learnt from; 0: none */
	const struct dropped *dropped; /* [drops], of EVENT_DROPPED */
	int drops;
	uint32_t sum;        /* of the same: see persist/run.h */
	const double *prior; /* of EVENT_ARM_ADD, [2 * prior_len]: what the arm
				inherits, see model.h; NULL: nothing */
	int prior_len;
	char prior_from[NAME_SIZE]; /* the arm it was told to inherit from */
};

/* How many records of the log it stands for: 1, or what a run has dropped. */
uint64_t event_records(const struct event *);

/* The uid of the i-th arm that learns from it, or 0: there are no more. */
uint32_t event_arm(const struct event *, int i);

/* Whether it ended a decision of another log, whose number, state_seq and
 * ended are of that. */
static inline bool
event_imported(const struct event *ev)
{
	return ev->key[0] != '\0' && ev->decision.id[0] != '\0';
}

/*
 * Room for what an event points to, of any length; it grows and is kept, so
 * that nothing is allocated once it is large enough.  A zeroed one is empty.
 * Each returns at least n elements; what was there before is gone.
 */
struct room {
	float *x;
	struct shown *shown;
	uint32_t *eligible;
	double *prior;
	struct dropped *dropped;
	int x_cap, shown_cap, eligible_cap, prior_cap, dropped_cap;
};

float *room_x(struct room *, int n);
struct shown *room_shown(struct room *, int n);
uint32_t *room_eligible(struct room *, int n);
double *room_prior(struct room *, int n);
struct dropped *room_dropped(struct room *, int n);
void room_fini(struct room *);

/* Copies what the decision points to into the room, and points it there. */
void room_take(struct room *, struct decision *);

#endif
