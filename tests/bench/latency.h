/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * latency.h: how long requests took, to within 2 %.
 *
 * Nanoseconds are counted in 64 steps to each power of two, so that a
 * percentile is exact to a step however long the tail is.  A zeroed one is
 * empty.
 */
#ifndef TESTS_BENCH_LATENCY_H
#define TESTS_BENCH_LATENCY_H

#include <stdint.h>

#define LATENCY_STEPS 64
#define LATENCY_BUCKETS (LATENCY_STEPS * 40) /* up to an hour */

struct latency {
	uint64_t n, bucket[LATENCY_BUCKETS];
};

void latency_add(struct latency *, double seconds);

/* The seconds within which a share of all, 0 < share <= 1, were done: the
 * upper end of the step; 0 where there are none. */
double latency_within(const struct latency *, double share);

#endif
