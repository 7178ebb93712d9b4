/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * holdout.h: the file that keeps what thresholdout.h must not forget: the seed,
 * the budget, and every answer, between one comparison and the next.
 *
 * Lines of text; the first three are its head, and each answer adds one:
 *     banditd-guard 1
 *     seed N budget N
 *     log ROUNDS CRC           of the log when the file was made
 *     answer QUESTION open|held VALUE WITHIN
 * QUESTION is a hash of what was asked.  Asked again it has the same answer,
 * which costs nothing.  The log may have grown since; another one is refused.
 * The file is locked while it is open, and flushed before an answer is given.
 */
#ifndef EVAL_HOLDOUT_H
#define EVAL_HOLDOUT_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "eval/rounds.h"
#include "eval/thresholdout.h"

#define HOLDOUT_BUDGET 20

struct holdout_answer {
	uint64_t question;
	struct answer answer;
};

struct holdout {
	char *path;
	FILE *file;
	struct thresholdout state;
	long answers;
	struct holdout_answer *answer; /* [answers] */
};

/*
 * Opens the file, or makes it: with that budget (0: HOLDOUT_BUDGET) and seed
 * (0: one that nobody knows).  ERR_STORAGE; ERR_DATA: it is no such file,
 * damaged, or of another log; ERR_USAGE: it has another budget than the one
 * asked for. After an error there is nothing to close.
 */
enum err holdout_open(struct holdout *, const char *path, const struct rounds *,
    long budget, uint64_t seed, struct fault *);
void holdout_close(struct holdout *);

/* NULL: it was not asked before. */
const struct answer *holdout_find(const struct holdout *, uint64_t question);

/* ERR_DENIED: the budget is spent; the sentence says what to do.  ERR_STORAGE:
 * the answer could not be written down, so it is not given. */
enum err holdout_ask(struct holdout *, uint64_t question, struct half open,
    struct half held, struct answer *, struct fault *);

#endif
