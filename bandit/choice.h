/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * choice.h: what a slate of items makes a person choose, and what a ridge
 * learns from that.
 *
 * The multinomial logit with a no-click option: item j of utility u_j is
 * chosen with probability exp(u_j) over the sum of all, the no-click level
 * counting as one more item.  Exact in the sense of features/exact.h.
 * Sources: Eide, Leslie, Frigessi, Dynamic slate recommendation with gated
 * recurrent units and Thompson sampling, 2022 (the likelihood); MacKay, The
 * evidence framework applied to classification networks, 1992 (a logistic of
 * a normal variable).
 *
 * Utilities and levels are finite, but for a no-click level of -INFINITY:
 * then there is no such option.
 */
#ifndef BANDIT_CHOICE_H
#define BANDIT_CHOICE_H

#include <stdbool.h>

/* probability[k] of each of utility[k], k >= 1; returns that of no click. */
double choice_probabilities(const double *utility, int k, double no_click,
    double *probability);

/*
 * What the others of a slate amount to for one of them, `without`: the
 * log-sum-exp of their utilities and of the no-click level, and its variance
 * by the delta method, sum q_j^2 sigma_j^2, q_j their shares among themselves.
 * sigma[k] is finite.  Without others: -INFINITY, and variance 0.
 */
double choice_rest(const double *utility, const double *sigma, int k,
    int without, double no_click, double no_click_sigma, double *variance);

/* How the log-likelihood of one choice rises with the utility u of its item,
 * and minus its second derivative. */
struct choice_slope {
	double gradient;
	double curvature; /* >= 0 */
};

/*
 * An item of utility u was chosen, or not, against others of level
 * N(rest, rest_variance): likelihood sigmoid(kappa (u - rest)), or 1 less that,
 * kappa = 1 / sqrt(1 + pi rest_variance / 8).  A duel of x with y is this with
 * u the utility of x - y, against 0.
 */
struct choice_slope choice_slope(double u, double rest, double rest_variance,
    bool chosen);

/* The most that one choice weighs: the largest curvature. */
#define CHOICE_WEIGHT 0.25

/* A reward and what it weighs, for model_learn(). */
struct choice_step {
	double weight; /* >= 1e-6 */
	double target;
};

/*
 * One observation of one item as a weighted reward for its ridge (a Laplace
 * step): its utility was N(mean, sigma^2), and the likelihood is that of
 * choice_slope().  With u* the mode of the posterior, the weight is the
 * curvature at u*, but at least 1e-6, and the target is what moves the ridge's
 * mean at phi, with its sigma = sqrt(phi' A^-1 phi), to u* exactly.  A
 * rest of -INFINITY says nothing: the target is then the mean.
 */
struct choice_step choice_step(double mean, double sigma, double rest,
    double rest_variance, bool chosen);

#endif
