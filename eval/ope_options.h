/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ope_options.h: the command line of bandit-eval ope.
 */
#ifndef EVAL_OPE_OPTIONS_H
#define EVAL_OPE_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "eval/ope.h"
#include "eval/rounds.h"

struct ope_options {
	bool json;
	const char *log, *router, *guard; /* NULL: not said */
	const char *since, *until;
	double clip;
	long seed, budget; /* 0: not said */
	const char **spec; /* [specs] */
	long specs;
	const struct ope_estimator **estimator; /* [estimators] */
	long estimators;
};

extern const char ope_usage[];

/* Strings stay those of argv.  ERR_USAGE: the sentence, which may be ope_usage.
 * Free with ope_options_fini(), also after an error. */
enum err ope_options_read(struct ope_options *, int argc, char **argv,
    struct fault *);
void ope_options_fini(struct ope_options *);

/*
 * The rounds that --since and --until ask for: from <= i < to.  ERR_USAGE: it
 * is no time; ERR_DATA: a round has none.
 */
enum err ope_options_window(const struct ope_options *, const struct rounds *,
    long *from, long *to, struct fault *);

#endif
