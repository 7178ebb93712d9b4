/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.h: two policies of a replay, on the same prompts.
 *
 * What is compared is the reward of each step of each run: all runs' first
 * steps, then all runs' second ones, and so on, each given those before.  The
 * interval is that of a confidence sequence (confseq.h): it may be looked at
 * after every step, and of steps that were looked at the best may be chosen,
 * without finding differences that are none.  How many runs there are is to be
 * said before.
 */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include "eval/replay.h"

struct comparison {
	double difference; /* mean of a step, of the policy less the other's */
	double low, high;  /* of its expectation */
	long since; /* the first step from which on 0 was never within; 0: it
		       is now */
};

/*
 * Over all steps of the replay, which has more than one policy; and, where at
 * is not NULL, up to each mark: at[marks].
 *
 * The replay's alpha is shared evenly: with probability 1 - alpha the
 * intervals of all problems, and of all policies against one other, hold at
 * all steps at once.
 */
struct comparison compare(const struct tally *, int problem, int policy,
    int other, struct comparison *at);

#endif
