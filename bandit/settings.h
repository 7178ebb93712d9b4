/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings.h: what an operator may set of a router.
 *
 * All of it is part of the log: a changed value is an event, so that the log
 * alone says how every decision was made and every reward was learnt.
 */
#ifndef BANDIT_SETTINGS_H
#define BANDIT_SETTINGS_H

#include "base/setting.h"

/* Flags of a row. */
#define SETTING_FIXED 1u /* fixes the learnt state: only rebuild changes it */

enum features { FEATURES_RFF, FEATURES_EXACT };
enum input { INPUT_VECTOR, INPUT_TEXT };
enum pending_mode { PENDING_COUNT, PENDING_HALLUCINATE };
enum slate_order { SLATE_SEQUENTIAL, SLATE_RANK_MAJOR };
enum reward_model { REWARD_GAUSSIAN, REWARD_CHOICE };

struct router_settings {
	long dimension; /* 0: taken from the first vector */
	int policy;     /* index in policies[] */
	int kernel;     /* enum kernel */
	int features;   /* enum features */
	long rff_dimension;
	int frequencies;       /* enum frequencies */
	double bandwidth;      /* NaN: from the first contexts */
	double regularization; /* alpha */
	double exploration;    /* NaN: the policy's own */
	double prior_mean;     /* NaN: the running mean reward */
	bool normalize;
	long seed;
	double reward_range[2];
	double explore_floor;
	double half_life; /* NaN: never; > 0: rewards; < 0: -seconds */
	double cost_weight;
	int pending;           /* enum pending_mode */
	double default_reward; /* NaN: none */
	double decision_ttl;   /* seconds */
	int slate_order;       /* enum slate_order */
	int reward_model;      /* enum reward_model */
	double group_spread;
	long max_points;
	double keep_age;   /* seconds; NaN: forever */
	double keep_bytes; /* NaN: all */
	double bandwidth_scale; /* of "auto" */
	double history_weight;  /* of what is observed */
	int input;              /* enum input */
};

/* The rows, in the order of the manual; the last has no name. */
extern const struct setting router_settings[];

/* What no single row can say; ERR_CONFIG. */
enum err router_settings_check(const struct router_settings *, struct fault *);

#endif
