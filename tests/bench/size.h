/* SPDX-License-Identifier: GPL-3.0-or-later */
/* size.h: how large what a router works on is, by d, D and K. */
#ifndef TESTS_BENCH_SIZE_H
#define TESTS_BENCH_SIZE_H

/*
 * Bytes of a number: of the map; of a model as a decision reads it, which is a
 * float32 copy (bandit/packed.h); and of the model of record, which a reward
 * changes.  A multiply-add of a decision has its peak in float32 (machine.h).
 */
#define MAP_BYTES 8
#define SCORE_BYTES 4
#define LEARN_BYTES 8
#define SCORE_PEAK LIMIT_F32

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
