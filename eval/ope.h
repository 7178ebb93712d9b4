/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ope.h: what a policy would have earned on rounds that another one logged.
 *
 * Pure functions over arrays.  With w = target / propensity of the arm shown,
 * DM the model's mean over the target's arms, q the model of the arm shown:
 *
 *     ips          mean of w r
 *     clipped-ips  mean of min(w, clip) r
 *     snips        sum of w r / sum of w
 *     dm           mean of DM
 *     dr           mean of DM + w (r - q)
 *     sndr         mean of DM, + sum of w (r - q) / sum of w
 *     switch-dr    as dr, with w only where w <= clip
 *     dros         as dr, with clip w / (w^2 + clip) in place of w
 *
 * Source: Horvitz, Thompson 1952; Swaminathan, Joachims 2015 (snips); Dudik,
 * Langford, Li 2011 (dr); Wang, Agarwal, Dudik 2017 (switch); Su et al. 2020
 * (dros).  ips and dr are unbiased where the log's propensities are true and
 * no arm that the target takes had none; the others trade bias for variance.
 *
 * Standard errors are those of a mean over rounds: s / sqrt(n), with n - 1 in
 * s; the self-normalised ones by the delta method; that of dm leaves out that
 * the model may be wrong, so it says little.
 */
#ifndef EVAL_OPE_H
#define EVAL_OPE_H

#include <stdbool.h>
#include <stddef.h>

/* The arrays are the caller's. */
struct ope_log {
	long n; /* >= 1 */
	int arms;
	const int *arm;           /* [n], that was shown */
	const double *propensity; /* [n], of it, > 0 */
	const double *reward;     /* [n] */
	const double *target;     /* [n][arms], of each to be chosen */
	const double *model;      /* [n][arms], rewards expected; NULL: none */
	double clip;              /* > 0 */
};

struct ope_estimate {
	double value;
	double se; /* NaN where n is 1 */
};

/* What an estimator needs. */
enum { OPE_PROPENSITY = 1, OPE_MODEL = 2 };

struct ope_estimator {
	const char *name;
	unsigned needs;
	double (*weight)(double w, double clip);
	bool normalized; /* divided by the mean of the weights */
};

/* The last has no name. */
extern const struct ope_estimator ope_estimators[];

/* NULL: there is none of that name. */
const struct ope_estimator *ope_estimator_find(const char *name);

/*
 * The log has what the estimator needs; what it does not need is not read.
 * term[n] (NULL: not wanted) is what each round adds: the estimate is their
 * mean, and its standard error that of a mean of them, so that those of two
 * policies on one log may be subtracted.  Self-normalised ones are NaN where
 * all weights are 0.
 */
struct ope_estimate ope_estimate(const struct ope_estimator *,
    const struct ope_log *, double *term);

/* The mean of term[n], and its standard error. */
struct ope_estimate ope_mean(const double *term, long n);

/* How many rounds of equal weight would say as much: (sum w)^2 / sum w^2; 0
 * where all weights are 0. */
double ope_effective(const struct ope_log *);

/* The ratio of the round's probabilities. */
double ope_weight(const struct ope_log *, long round);

#endif
