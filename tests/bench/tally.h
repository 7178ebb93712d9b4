/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally.h: how often a daemon has allocated, in a file that both have mapped.
 *
 * $BENCH_TALLY names the file; tally.c, preloaded into the daemon, counts.
 */
#ifndef TESTS_BENCH_TALLY_H
#define TESTS_BENCH_TALLY_H

#include <stdint.h>

struct tally {
	uint64_t loop;   /* by its first thread, the event loop */
	uint64_t others; /* by all others: the writer, and what it calls */
};

#endif
