/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.h: from what is known of the arms to a slate and its propensities.
 *
 * Everything a policy needs is a mean and a sigma per arm, costs and counts; a
 * policy is one small function that turns them into scores, each a normal
 * distribution: its centre, and a spread that is 0 where nothing is left to
 * chance.  policy_choose() does the rest for all of them: untried arms, the
 * arm of the session, draws, ties broken uniformly at random, slates, the
 * exploration floor, and the probability of it all.
 * To add one: a file with its score function, and its row in policy.c.
 */
#ifndef BANDIT_POLICY_H
#define BANDIT_POLICY_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

struct contest;
struct race;

/* The eligible arms of one decision, as parallel arrays in arm order. */
struct candidates {
	int n; /* >= 1 */
	const double *mean, *sigma, *cost;
	const uint64_t *rewards; /* learnt so far */
	const uint64_t *pending; /* decided and not yet rewarded */
	const bool *untried; /* nothing is known of it and nothing under way */
	double exploration;  /* the setting; NaN: the policy's own */
	double alpha;        /* regularization */
	bool choice;         /* mean and sigma are of a utility, not a reward */
	double cost_weight;
	double reward_width; /* high - low of the reward range */
	bool rank_major;     /* the order in which draws fill a slate */
	int prefer;          /* the arm that the session has; -1: none */
	double switch_cost;  /* what another's score must be higher by */
};

/* How draws fill a slate: of one set of draws the highest, or of a fresh set
 * for every position.  All spreads of the contest are positive. */
struct slate_rule {
	/* Draws order[k], different indices; value[n] is the set of draws
	 * that the first position was taken from. */
	void (*fill)(const struct contest *, int k, gsl_rng *, double *value,
	    int *order);
	/* given[j], j < k: the probability that position j shows order[j],
	 * given those before it; 0 where those cannot be. */
	void (*given)(const struct contest *, int k, const int *order,
	    double *given);
	int rank_major_most; /* longest slate in that order; 0: any */
};

struct policy {
	const char *name;
	const char *help;   /* one sentence */
	bool contextual;    /* reads the kernel model, else the arm's counts */
	bool untried_first; /* an arm of which nothing is known goes first; not
			       for a policy whose scores have a spread */
	void (
	    *score)(const struct candidates *, double *centre, double *spread);
	const struct slate_rule *rule;
	bool bounded; /* a larger sigma never lowers a score, and scores have no
			 spread: an arm whose bound is lower is not scored */
};

/* Ends in a row without a name. */
extern const struct policy policies[];

/* The scores of one decision, as its slate is drawn from them. */
struct contest {
	int n;
	const double *centre, *spread;
	int prefer;
	bool rank_major;
	struct race *race;
	double *work; /* [2 n] */
	bool *placed; /* [n] */
};

/* One draw of every score. */
void contest_draw(const struct contest *, gsl_rng *, double *value);

/* The highest value that is not placed, and how many have it; of several one
 * at random, but the arm of the session where it is among them. */
int contest_best(const struct contest *, const double *value, gsl_rng *);
double contest_share(const struct contest *, const double *value, int arm);

/* scores of no spread; one set of draws; a fresh set per position */
extern const struct slate_rule rule_ranked, rule_one_draw, rule_in_slate;

/* What was chosen; the caller's arrays. */
struct choice {
	int k;
	int *slate;          /* [n], the first k are the slate */
	double *propensity;  /* [n], of each position given those before it */
	double *score;       /* [n], as drawn */
	double *probability; /* [n], of being first; they sum to 1 */
	double *work;        /* [5 n] */
	bool *placed;        /* [n] */
};

/*
 * Chooses a slate of k, 1 <= k <= n, different candidates.  floor in [0, 1]
 * is the share of slates that are drawn uniformly, whole.  The same r gives
 * the same slate.  A score that is not finite becomes the lowest there is,
 * and a spread below RACE_SPREAD times the largest becomes that, so that its
 * probability can be computed.
 */
void policy_choose(const struct policy *, const struct candidates *,
    double floor, int k, struct race *, gsl_rng *, struct choice *out);

/* The factor of sigma in force: the setting, or where it is "auto" ratio times
 * sqrt(alpha) times the width of the rewards; a choice model's sigma is in
 * units of its own, and counts 1. */
double policy_exploration(const struct candidates *, double ratio);

/* One function per policy, each in its own file. */
void score_fixed(const struct candidates *, double *centre, double *spread);
void score_greedy(const struct candidates *, double *centre, double *spread);
void score_pak_ucb(const struct candidates *, double *centre, double *spread);
void score_thompson(const struct candidates *, double *centre, double *spread);
void score_ucb1(const struct candidates *, double *centre, double *spread);
void score_uniform(const struct candidates *, double *centre, double *spread);

#endif
