/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * thresholdout.h: a holdout that may be asked often.
 *
 * Who compares many policies on one log and believes the best has chosen the
 * luckiest as well.  So half of the rounds are held out.  A question is
 * answered from the other half as long as that flatters the policy by no more
 * than a threshold with noise; else it is answered from the holdout, with noise
 * too, and that is one less of the budget.  What was answered so says little of
 * the holdout, however the next question was chosen.
 * Source: Dwork, Feldman, Hardt, Pitassi, Reingold, Roth 2015, "The reusable
 * holdout", Science 349.
 *
 * Two things are ours.  Threshold and noise are in standard errors of the
 * difference of the halves, as importance weights have no range of their own.
 * And a half that makes a policy look worse is believed: one looks for the
 * best. It protects from answers that are too high, not from those that are too
 * low.
 */
#ifndef EVAL_THRESHOLDOUT_H
#define EVAL_THRESHOLDOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "eval/ope.h"

/*
 * Of 500 policies that differ by chance alone, taken one after the other, six
 * cost budget, and what most of those would do that looked good is not
 * believed. With 2 it is, one time in five; with 1 always: each answer then
 * says where the holdout lies, and that adds up.
 */
#define THRESHOLDOUT_GAP 2.5
#define THRESHOLDOUT_NOISE 0.1

struct thresholdout {
	uint64_t seed;
	long budget; /* how often the holdout may answer */
	long spent;
	long asked; /* questions so far */
};

/* What one half says. */
struct half {
	struct ope_estimate e;
	long n; /* rounds, >= 2 */
};

struct answer {
	double value;
	double within; /* of the truth, at 95 % */
	bool held;     /* it came from the holdout */
};

/* Whether a round of the log is held out: a fair coin, fixed by the seed. */
bool thresholdout_held(uint64_t seed, long round);

/* False: the budget is spent; nothing has changed.  The standard error of the
 * half that is not held out must be finite. */
bool thresholdout_ask(struct thresholdout *, struct half open, struct half held,
    struct answer *);

#endif
