/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * machine.h: what this machine can do at best, to hold the kernels against.
 *
 * Compiled with fused multiply-add and for the widest vectors there are; the
 * instruction set is chosen when the program starts.
 */
#ifndef TESTS_BENCH_MACHINE_H
#define TESTS_BENCH_MACHINE_H

#include <stddef.h>

#include "tests/bench/bench.h"

/* Memory to go over; size is a multiple of MACHINE_GRAIN. */
#define MACHINE_GRAIN 4096
struct block {
	double *data;
	size_t size; /* bytes */
};

/* As many bytes or a few more; free with block_fini(). */
void block_init(struct block *, size_t bytes);
void block_fini(struct block *);

/* What is measured to know a limit: seconds of one operation of each. */
enum limit {
	LIMIT_READ,   /* a pass over a block, in several streams */
	LIMIT_CHANGE, /* the same, and every number is written back */
	LIMIT_F32,    /* MACHINE_MADDS multiply-adds */
	LIMIT_F64,
	LIMITS
};
#define MACHINE_MADDS 65536

/* Fills in s[LIMITS], sides for bench_sides(), with the block to go over. */
void machine_sides(struct side *s, struct block *);

/* Of s[LIMITS] that were measured: seconds per byte, or per multiply-add. */
struct samples machine_limit(const struct side *s, enum limit);

/* Bytes of a cache, 1 to 3; a usual size where the system does not say. */
size_t machine_cache(int level);

#endif
