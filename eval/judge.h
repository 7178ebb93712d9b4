/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge.h: players judged on a log, or on a part of it.
 *
 * A player learns from the start of the log, and so does the direct model; the
 * rounds from `from` to before `to` are what is judged.  What a player gains is
 * its estimate less what was logged in the same rounds, round by round, so that
 * what both have in common is no error.
 *
 * Importance weights say nothing of an arm that had no chance.  A log whose
 * propensities are all 1 is one of those: nothing can be learnt from it but by
 * a model, and that is refused.
 */
#ifndef EVAL_JUDGE_H
#define EVAL_JUDGE_H

#include "eval/holdout.h"
#include "eval/ope.h"
#include "eval/rounds.h"

struct judge {
	const struct rounds *rounds;
	long from, to; /* from < to */
	double clip;
	struct ope_estimate logged; /* what was earned */
	int *arm;                   /* [n], as the next two, of all rounds */
	double *propensity, *reward;
	double *model;         /* [n][arms]; NULL: not asked for */
	double *target;        /* [n][arms], of the player at hand */
	double *term;          /* [n] */
	struct holdout *guard; /* the caller's; NULL: none */
};

struct verdict {
	const char *spec;
	const struct ope_estimator *estimator;
	double reward;             /* per round */
	double gain;               /* that, less what was logged */
	double within;             /* of the true gain, at 95 % */
	double reward_se, gain_se; /* NaN with a guard */
	double effective;          /* rounds of equal weight; NaN: no weights */
	/* The share of its choices that fell on arms that had no chance in the
	 * log, so that only a model speaks of them. */
	double blind;
	bool held; /* a guard's answer from the holdout */
};

/*
 * needs: of the estimators that will be asked for (OPE_PROPENSITY, OPE_MODEL).
 * ERR_DATA: there are less than two rounds, a propensity is missing (names file
 * and line), or none but the arm shown ever had a chance.  Else as
 * direct_fit().  After an error there is nothing to free.
 */
enum err judge_init(struct judge *, const struct rounds *, long from, long to,
    unsigned needs, double clip, struct holdout *, struct fault *);
void judge_fini(struct judge *);

/* Walks the player over the log; as walk(). */
enum err judge_player(struct judge *, const char *spec, uint64_t seed,
    struct fault *);

/* Of the player that walked last.  As holdout_ask() where there is a guard, and
 * ERR_DATA where one half of the log is then too short. */
enum err judge_verdict(struct judge *, const struct ope_estimator *,
    const char *spec, struct verdict *, struct fault *);

/* Its parts: the rounds that are judged; what a policy gains in those of a
 * view, and the reward that it is said to earn there, term[n] being scratch;
 * and the same as the guard says it. */
struct ope_log judge_view(const struct judge *);
struct ope_estimate judge_gain(const struct ope_estimator *,
    const struct ope_log *, double *term, struct ope_estimate *reward);
enum err judge_ask(struct judge *, const struct ope_estimator *,
    struct verdict *, struct fault *);

#endif
