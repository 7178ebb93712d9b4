/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forward.h: forward substitution in float32, built once per instruction set.
 *
 * The factor comes in tiles of FORWARD_TILE columns by as many rows, each
 * column of a tile in a row, block column after block column from the
 * diagonal down: one stream from the first byte to the last.  A tile on the
 * diagonal holds minus the inverse of what the factor has there, so that it
 * takes the same multiplication as any other and no chain of divisions.
 *
 * Each number of a result has one order of operations, column after column;
 * it depends neither on how many contexts are solved at once nor on the width
 * of a vector, only on whether the machine fuses multiply and add: on x86-64
 * "plain" does not, and all others do.
 */
#ifndef BANDIT_FORWARD_H
#define BANDIT_FORWARD_H

#include <stdbool.h>

#define FORWARD_TILE 16
#define FORWARD_MOST 16 /* contexts at once */

struct forward {
	const char *name;
	int group; /* divides FORWARD_MOST */
	/*
	 * y[blocks][n][FORWARD_TILE] holds n right-hand sides, n = 1 or a
	 * multiple of group up to FORWARD_MOST, and then the solutions.  All is
	 * aligned to 64 bytes.
	 */
	void (*run)(const float *tiles, int blocks, float *y, int n);
};

/* The fastest that this machine can, or what forward_force() said. */
const struct forward *forward_best(void);

/*
 * By name: "plain", "v3" or "v4", as the levels of x86-64; NULL takes the
 * fastest.  False, and nothing changed: there is none of that name, or not on
 * this machine.  For tests and measurements; not while another thread scores.
 */
bool forward_force(const char *name);

#endif
