/* SPDX-License-Identifier: GPL-3.0-or-later */
/* size.h: how large what a router works on is, by d, D and K. */
#ifndef TESTS_BENCH_SIZE_H
#define TESTS_BENCH_SIZE_H

/* Bytes of a number that a decision reads of the models and of the map, and
 * of one that a reward changes; and of both together, where the first are a
 * copy of the second. */
#define SCORE_BYTES 8
#define LEARN_BYTES 8
#define SCORE_PEAK (SCORE_BYTES == 4 ? LIMIT_F32 : LIMIT_F64) /* machine.h */
#define MODEL_BYTES \
	(SCORE_BYTES == LEARN_BYTES ? LEARN_BYTES : SCORE_BYTES + LEARN_BYTES)

/* Numbers in the frequencies, D/2 times d. */
static inline double
size_map(int d, int D)
{
	return (double)d * D / 2;
}

/* Numbers in the factor of one arm, with its two more rows. */
static inline double
size_factor(int D)
{
	return (double)D * (D + 1) / 2 + 2.0 * D;
}

#endif
