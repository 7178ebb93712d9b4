/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * subject.h: a router to measure, without a daemon around it.
 *
 * It is made and taught by events, as the fold of a log would.  Contexts are
 * random, of length 1 and from a seed, and come in turn; so do the arms that
 * learn.
 */
#ifndef TESTS_BENCH_SUBJECT_H
#define TESTS_BENCH_SUBJECT_H

#include "bandit/model.h"
#include "bandit/router.h"

#define SUBJECT_CONTEXTS 64

struct subject {
	int d, D, K;
	struct router *r;
	float *x;    /* [SUBJECT_CONTEXTS][d] */
	double *phi; /* [SUBJECT_CONTEXTS][D], of these */
	int at;      /* the next context, */
	int arm;     /* and the next arm to learn */
	uint64_t random, decisions;
	enum why *why; /* [K] */
};

/* K arms of pak-ucb, none of which has learnt anything; never NULL. */
struct subject *subject_new(int d, int D, int K);
void subject_free(struct subject *);

/* Teaches n rewards. */
void subject_teach(struct subject *, int n);

/* One operation of a struct subject: the next reward for the next arm, and
 * the decision for the next context, with the scores of all arms. */
void subject_fold(void *);
void subject_decide(void *);

/* The next context's features, the next arm. */
const double *subject_phi(struct subject *);
int subject_arm(struct subject *);

#endif
