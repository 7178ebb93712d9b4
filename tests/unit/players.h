/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * players.h: a small set, and players on it, for the tests of baselines.
 */
#ifndef TESTS_UNIT_PLAYERS_H
#define TESTS_UNIT_PLAYERS_H

#include "tests/unit/numbers.h"

#include "eval/player.h"

enum { ROWS = 60, DIMENSION = 5, ARMS = 4 };

/* Contexts are of length 1, rewards linear in them, with a slope that is each
 * arm's own. */
extern struct set set;
extern uint64_t seed; /* that it is from, printed */

/* Fixtures of a group of tests. */
int make_set(void **state);
int free_set(void **state);

float *x_of(int row);

/* On the set; the test fails where there is none. */
struct player *player(const char *spec);

/* Mean reward of so many steps, over the rows in their order, each choice
 * taught. */
double play(struct player *, int steps);

#endif
