/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work.h: the kernels as bench_kernels measures them, a row each.
 *
 * To add one: its operation, what it needs at least, and its row in work.c.
 */
#ifndef TESTS_BENCH_WORK_H
#define TESTS_BENCH_WORK_H

#include "tests/bench/gsl_build.h"
#include "tests/bench/machine.h"
#include "tests/bench/subject.h"

#define BATCH 16 /* contexts in one pass */

/* What is measured: the subject, and the straightforward build of its size. */
struct bench {
	struct subject *s;
	struct gsl_build *g;
	double *x;             /* [d] */
	double *out;           /* [D] */
	double *mean, *sd, *p; /* [K] */
	struct race *race;
	struct model_score score[BATCH];
};

/* What one operation needs at least. */
struct need {
	double read, change; /* bytes that are only read; and written back */
	double set; /* bytes that several operations go over in turn, if more */
	double madds;
	enum limit peak; /* of them: LIMIT_F32 or LIMIT_F64 */
};

/* What a row says of the limit: how often it is exceeded, or which share of
 * the peak is reached.  Zero: the kernel has no limit that can be counted. */
enum measure { NO_LIMIT, TIMES, SHARE };

struct work {
	const char *name;
	void (*run)(void *);
	void (*straightforward)(void *); /* or NULL */
	void (*need)(const struct subject *, struct need *);
	enum measure measure;
	double bar; /* of a working set out of L2; 0: none */
};

/* The last has no name. */
extern const struct work works[];

#endif
