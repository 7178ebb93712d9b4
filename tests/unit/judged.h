/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judged.h: a log in memory whose truth is known, in place of a file's, and
 * players to judge on it, in place of banditd's.
 *
 * An arm earns 0 or 1; arms 0 and 1 are good or bad by the sign of x[0], arm 2
 * is the same everywhere.  The log took any arm alike.  The players:
 *     even    any arm alike
 *     best    the better of arms 0 and 1
 *     third   always that one
 *     mean    the best mean so far, of those that are enabled
 *     oracle  none that a log can judge
 */
#ifndef TESTS_UNIT_JUDGED_H
#define TESTS_UNIT_JUDGED_H

#include "tests/unit/numbers.h"

#include "eval/rounds.h"

enum { ROUNDS = 3000, ARMS = 3, D = 2 };

/* "made.jsonl", of router "made"; times 0, 1, .. and lines 1, 2, .. */
extern struct rounds judged;
extern struct round judged_round[ROUNDS];
extern float judged_x[ROUNDS][D];
extern bool judged_eligible[ROUNDS][ARMS];

/* Anew, with test_seed(). */
void judged_fill(void);

/* The same, one log after the other. */
void judged_fill_more(uint64_t *random);

/* That an arm earns 1. */
double judged_chance(const float *x, int arm);

#endif
