/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * router.h: one independent bandit: its arms, feature map, models, policy.
 *
 * Its learnt state changes through router_fold() alone.  router_consider()
 * reads it and answers a decision.  Neither knows a clock, a disk or a
 * socket.
 */
#ifndef BANDIT_ROUTER_H
#define BANDIT_ROUTER_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

#include "bandit/arm.h"
#include "bandit/event.h"
#include "bandit/hold.h"
#include "bandit/policy.h"
#include "bandit/settings.h"
#include "base/err.h"
#include "features/map.h"

/* Why an arm may not be chosen; why_words[] says it. */
enum why { WHY_ELIGIBLE, WHY_DISABLED, WHY_TOO_DEAR, WHY_NOT_ASKED,
	WHY_EXCLUDED };
extern const char *const why_words[];

/* What one decision knows of one arm. */
struct view {
	enum why why;
	bool untried; /* neither a reward nor a pending decision */
	double mean, sigma, score;
	double probability; /* 0 where not eligible */
};

struct router {
	char name[NAME_SIZE];
	uint32_t id;
	struct router_settings settings;
	int dimension;    /* 0: not known yet */
	double bandwidth; /* 0: not known yet, or not needed */

	/* Folded up to seq. */
	uint64_t seq;
	uint32_t next_uid;
	uint64_t numbered; /* highest decision number in the log */
	uint64_t rewards;
	double reward_sum;
	int arms;
	struct arm **arm; /* [arms], in the order they were added */
	struct map *map;  /* NULL until ready */
	struct hold hold; /* in use until ready, and while provisional */

	/* Not learnt. */
	bool served; /* the configuration has it */
	bool dimension_taken, bandwidth_taken; /* and not yet in the log */
	uint64_t decisions; /* number of the last decision */
	uint64_t pending;

	/* Scratch of router_consider() and router_fold(). */
	int scratch_arms;
	double *x, *phi; /* [dimension], [map->out] */
	double *column;  /* the arrays of struct candidates */
	uint64_t *count;
	int *index;
	struct view *view; /* [arms], of the last router_consider() */
	gsl_rng *rng;
};

/* Made by bandit_fold() from an EVENT_ROUTER; never NULL. */
struct router *router_new(const struct event *);
void router_free(struct router *);

struct arm *router_arm_find(const struct router *, const char *name,
    size_t len);
struct arm *router_arm_of(const struct router *, uint32_t uid);

/* Whether dimension and bandwidth are known, so that contexts count. */
bool router_ready(const struct router *);

/* The prior mean in force: the setting, the running mean reward, or before
 * any reward the middle of the reward range. */
double router_prior(const struct router *);

/*
 * Checks a context and prepares it: dimension, finite, not zero.
 * ERR_DIMENSION_MISMATCH, ERR_NOT_FINITE, ERR_OUT_OF_RANGE.
 */
enum err router_context(struct router *, const float *x, int d,
    struct fault *);

/*
 * Finds out which arms may be chosen, in r->view, and returns how many.
 * why[arms] says what the caller already knows; max_cost is NaN or a limit.
 */
int router_eligible(struct router *, const enum why *why, double max_cost);

/*
 * Views every arm for the context of the last router_context(), chooses among
 * the eligible as decision `number` would, and returns the chosen index, or
 * -1 where there is none.  The rest of the answer is in r->view until the
 * next call.
 */
int router_consider(struct router *, uint64_t number);

/*
 * The dimension of the first vector, and the bandwidth that is due, of a
 * router that takes them from what it sees.  They are in force at once, so
 * that the next decision does not depend on how fast the disk is, but what
 * rests on them is provisional: it is made anew, from the rewards held, when
 * EVENT_DIMENSION and EVENT_BANDWIDTH, which the caller sends to the log, are
 * folded.  So the state stays a function of the log.
 */
void router_take_dimension(struct router *, int d);
void router_take_bandwidth(struct router *, double h);

/* Whether one of the two is not yet in the log. */
bool router_provisional(const struct router *);

/* For the bandwidth: the context of the last router_context() was seen. */
void router_sample(struct router *, double now);

/* The bandwidth that EVENT_BANDWIDTH should say, or 0: not due. */
double router_bandwidth_due(const struct router *, double now);

/* A decision was made, or is no longer waiting. */
void router_pend(struct router *, struct arm *, double time);
void router_unpend(struct router *, struct arm *);

/*
 * Folds one event.  What was folded before (by seq, for the router and for
 * each arm on its own) is left out, so that cells of different age catch up
 * to the same state.
 * ERR_UNKNOWN_ARM, ERR_CONFLICT: the arm is gone, or there already; the event
 * changes nothing, now and whenever the log is folded again.
 * ERR_DATA: the event does not fit the state, the log is damaged.
 */
enum err router_fold(struct router *, const struct event *, struct fault *);

/* What router.c, fold.c and cell.c share: make anew what follows from
 * dimension and bandwidth; add an arm. */
void router_settle(struct router *);
struct arm *router_arm_new(struct router *, uint32_t uid, const char *name);
void arm_free(struct arm *);
struct model *arm_model_new(const struct router *, double alpha,
    long max_points);

#endif
