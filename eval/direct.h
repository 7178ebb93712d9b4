/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct.h: the direct model of off-policy evaluation: the reward that each arm
 * would have brought, as a regression of the log says.
 *
 * Per arm a ridge over random features, with what banditd.conf(5) says by
 * default, and the mean reward as its prior mean.  It is cross-fitted: the log
 * is cut into folds that follow each other in time, and a round is predicted by
 * what all other folds teach, so that no reward predicts itself and neighbours
 * do not either (Chernozhukov et al. 2018).
 */
#ifndef EVAL_DIRECT_H
#define EVAL_DIRECT_H

#include <stdbool.h>

#include "base/err.h"

#define DIRECT_FOLDS 5

struct direct_log {
	long n;
	int dimension, arms;
	const float *x;       /* [n][dimension] */
	const int *arm;       /* [n], that was shown */
	const double *reward; /* [n], of it */
	const bool *teaches;  /* [n]; NULL: every round does */
};

/*
 * model[n][arms].  folds >= 2; fewer where n is.  An arm that no other fold
 * has shown is expected to bring the mean of all.  ERR_NOT_FINITE,
 * ERR_OUT_OF_RANGE: a context that banditd would refuse too; ERR_NUMERIC: a
 * reward that breaks the regression.  The sentence says the round, from 1.
 */
enum err direct_fit(const struct direct_log *, int folds, double *model,
    struct fault *);

#endif
