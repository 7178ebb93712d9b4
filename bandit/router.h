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
#include "bandit/model.h"
#include "bandit/ask.h"
#include "bandit/overlay.h"
#include "bandit/policy.h"
#include "bandit/race.h"
#include "bandit/settings.h"
#include "base/err.h"
#include "features/map.h"

/* Why an arm may not be chosen; why_words[] says it. */
enum why {
	WHY_ELIGIBLE,
	WHY_DISABLED,
	WHY_TOO_DEAR,
	WHY_NOT_ASKED,
	WHY_EXCLUDED,
	WHY_COUNT
};
extern const char *const why_words[];

/* What one decision knows of one arm. */
struct view {
	enum why why;
	bool untried; /* nothing is known of it, and nothing under way */
	double mean, sigma, score;
	double probability; /* of being first; 0 where not eligible */
	bool at_most;       /* sigma and score are bounds from above: it was
			       certain without them that it is not the arm */
};

/* What a caller may ask of a decision, beside its context. */
struct wish {
	const enum why *why; /* [arms], what the caller knows of each */
	double max_cost;     /* NaN: none */
	bool asked;          /* for a slate */
	bool all;            /* for the scores of all arms */
	int k;               /* >= 1; what is eligible, where that is less */
	uint32_t prefer;     /* uid of the session's arm; 0: none */
	double switch_cost;
};

/* The level of choosing none of those shown; of a choice model.  N(sum /
 * precision, 1 / precision), in units of utility. */
#define NO_CLICK_PRECISION 0.25 /* of its prior, around 0 */
struct no_click {
	double precision, sum;
	double time; /* of the last choice, wall; 0: none */
};

#define HALF_LIVES_MOST 30.0 /* in one step: what is left then is nothing */

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
	struct no_click no_click;
	uint64_t era;          /* seq of its last EVENT_REBUILD; 0: none */
	uint64_t shadows_from; /* decisions of an older state cast none: the
				  shadows of all were dropped (ahead.h) */
	struct overlay overlay;
	int arms;
	struct arm **arm; /* [arms], in the order they were added */
	struct map *map;  /* NULL until ready */
	struct hold hold; /* in use until ready, and while provisional */

	/* Not learnt. */
	bool served;                           /* the configuration has it */
	bool dimension_taken, bandwidth_taken; /* and not yet in the log */
	uint64_t decisions;                    /* number of the last decision */
	uint64_t pending;    /* decisions that wait; its owner counts them */
	bool dropping;       /* records are being dropped of its log, */
	uint64_t dropped_to; /* of which up to here none is left to drop */
	double imported;     /* of the last import, monotonic; 0: none */

	/* Scratch of router_consider() and router_fold(). */
	int scratch_arms;
	double *x, *phi;           /* [dimension], [map->out] */
	double *phi_of;            /* [dimension], the context of phi; */
	bool phi_made;             /* false: of none */
	struct ask ask;            /* contexts that came together */
	struct model_score *score; /* [arms], of one of them */
	bool *at_most;             /* [arms], which of them are only bounds, */
	double *margin;            /* [arms], within what error */
	uint64_t scored, spared;   /* arms, in all decisions of one context */
	double *column; /* the arrays of struct candidates and choice */
	uint64_t *count;
	int *index; /* of candidates, and of the slate */
	bool *flag;
	struct view *view;    /* [arms], of the last router_consider() */
	struct choice choice; /* its slate, by index in arm[] */
	struct race *race;
	gsl_rng *rng;
};

/* Made by bandit_fold() from an EVENT_ROUTER; never NULL.  Overlay: what it is
 * learnt anew under, or NULL. */
struct router *router_new(const struct event *, const struct overlay *);
void router_free(struct router *);

struct arm *router_arm_find(const struct router *, const char *name,
    size_t len);
struct arm *router_arm_of(const struct router *, uint32_t uid);

/* Whether dimension and bandwidth are known, so that contexts count. */
bool router_ready(const struct router *);

/* The prior mean in force: the setting, the running mean reward, or before
 * any reward the middle of the reward range; of a choice model 0. */
double router_prior(const struct router *);

/*
 * Checks a context and prepares it: dimension, finite, not zero.
 * ERR_DIMENSION_MISMATCH, ERR_NOT_FINITE, ERR_OUT_OF_RANGE.
 */
enum err router_context(struct router *, const float *x, int d, struct fault *);

/* The features [map->out] of the context in r->x, of a router with a map; good
 * until the next call, or event.  Those of the same context as before are not
 * made again: who decides and learns one at a time pays for them once. */
const double *router_features(struct router *);

/* Finds out which arms may be chosen, in r->view, and returns how many. */
int router_eligible(struct router *, const struct wish *);

/*
 * After router_eligible(), which found one or more, and router_context():
 * views every arm for that context, and chooses among the eligible as decision
 * `number` would.  The answer is in r->view and r->choice until the next call.
 */
void router_consider(struct router *, const struct wish *, uint64_t number);

/*
 * The same for n <= MODEL_FAST contexts that came together, bit for bit.  Their
 * features phi[n][map->out], where there is a map and the policy is contextual,
 * are those of map_fill_many(), each context as router_context() has left it in
 * r->x; they stay the caller's, until the last was considered.  In between the
 * router may have made decisions, but nothing may have been folded, and with
 * pending = "hallucinate" nothing pended or unpended.
 */
void router_ask(struct router *, const double *phi, int n);
void router_consider_asked(struct router *, const struct wish *,
    uint64_t number, int i);

/* Only the view of every arm, where none is eligible too. */
void router_view(struct router *);

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

/*
 * A decision for the arm was made, or is no longer waiting.  The mark is
 * filled in, and says later what to take back.  i is the position of the arm
 * in the decision, whose context is that of the last router_context(); of
 * router_unpend() it is x[d], or NULL where it is not at hand.
 */
void router_pend(struct router *, struct arm *, const struct decision *, int i,
    struct mark *);
void router_unpend(struct router *, struct arm *, const float *x, int d,
    const struct mark *);

/*
 * What an arm of that group, or from that arm where from is not "", would
 * inherit: prior[2 * router_prior_size()], as model.h has it.  False: there
 * are no relatives that learnt something.  A size of 0: nothing can be
 * inherited, now or ever.
 */
int router_prior_size(const struct router *);
bool router_relatives(const struct router *, const char *group,
    const char *from, double *prior);

/*
 * Folds one event.  What was folded before (by seq, for the router and for
 * each arm on its own) is left out, so that cells of different age catch up
 * to the same state.
 * ERR_UNKNOWN_ARM, ERR_CONFLICT: the arm is gone, or there already; the event
 * changes nothing, now and whenever the log is folded again.
 * ERR_DATA: the event does not fit the state, the log is damaged.
 */
enum err router_fold(struct router *, const struct event *, struct fault *);

/* What the files of the router share. */
bool router_settled(const struct router_settings *, int dimension,
    double bandwidth);               /* all is known that its models need */
void router_settle(struct router *); /* what dimension and bandwidth bring */
struct arm *router_arm_new(struct router *, uint32_t uid, const char *name);
void arm_free(struct arm *);
void arm_habits(struct arm *, const struct router_settings *);

/* A model for the arm with the router's settings in force; prior as above, or
 * NULL. */
struct model *arm_model_new(const struct router *, const struct arm *,
    const double *prior);
void router_inherit(struct router *, struct arm *, const struct event *);

/* Learns, first forgetting what is due; only forgets; learn.c. */
void arm_take_in(struct arm *, const struct lesson *, const double *phi);
void arm_age(struct arm *, double time);
void no_click_take_in(struct no_click *, double half_life,
    const struct lesson *);

#endif
