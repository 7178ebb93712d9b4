/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.h: from what is known of the arms to a choice and its probability.
 *
 * Everything a policy needs is a mean and a sigma per arm, costs, counts and
 * random numbers; a policy is one small function that turns them into scores.
 * policy_choose() does the rest for all of them: untried arms, argmax with
 * ties broken uniformly at random, the exploration floor, and the probability
 * with which each arm would have been chosen, all that considered.
 * To add one: a file with its score function, and its row in policy.c.
 */
#ifndef BANDIT_POLICY_H
#define BANDIT_POLICY_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

/* The eligible arms of one decision, as parallel arrays in arm order. */
struct candidates {
	int n; /* >= 1 */
	const double *mean, *sigma, *cost;
	const uint64_t *rewards; /* learnt so far */
	const uint64_t *pending; /* decided and not yet rewarded */
	double exploration;      /* the setting; NaN: the policy's own */
	double alpha;            /* regularization */
	double cost_weight;
	double reward_width;     /* high - low of the reward range */
};

struct policy {
	const char *name;
	const char *help; /* one sentence */
	bool contextual;  /* reads the kernel model, else the arm's counts */
	bool untried_first; /* an arm with neither reward nor pending decision */
	void (*score)(const struct candidates *, gsl_rng *, double *score);
};

/* Ends in a row without a name; policy_words are its names, for settings. */
extern const struct policy policies[];
extern const char *const policy_words[];

/*
 * Fills in score[n] and probability[n] (they sum to 1) and returns the chosen
 * index.  floor in [0, 1] is the share drawn uniformly from the candidates.
 * The same r gives the same choice.  A score that is not finite becomes the
 * lowest there is.
 */
int policy_choose(const struct policy *, const struct candidates *,
    double floor, gsl_rng *r, double *score, double *probability);

/* One function per policy, each in its own file. */
void score_fixed(const struct candidates *, gsl_rng *, double *score);
void score_greedy(const struct candidates *, gsl_rng *, double *score);
void score_pak_ucb(const struct candidates *, gsl_rng *, double *score);
void score_ucb1(const struct candidates *, gsl_rng *, double *score);
void score_uniform(const struct candidates *, gsl_rng *, double *score);

#endif
