/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompts.h: contexts to send, and what each arm earns on them.
 *
 * Either random, of length 1 from a seed, or the rows of a replay set in the
 * order of the file.  Where there are more arms than the set has, they begin
 * again with its first.
 */
#ifndef TESTS_BENCH_PROMPTS_H
#define TESTS_BENCH_PROMPTS_H

#include "eval/brp.h"

#define PROMPTS_RANDOM 256 /* rows */

struct prompts {
	int d, rows;
	float *x;       /* [rows][d] */
	struct brp set; /* zeroed where they are random */
};

void prompts_random(struct prompts *, int d, uint64_t seed);

/* Ends the program where the file is no replay set. */
void prompts_read(struct prompts *, const char *path);
void prompts_fini(struct prompts *);

const float *prompts_x(const struct prompts *, int row);
double prompts_reward(const struct prompts *, int row, int arm);

#endif
