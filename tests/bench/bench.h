/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench.h: what the benchmarks share: two clocks, rounds, and rows.
 *
 * Everything is measured BENCH_ROUNDS times, and what is to be compared takes
 * turns within a round, so that a machine that is busy for a while slows both
 * sides of a ratio.  A row on standard output is
 *
 *     name case value unit min max ratio bar met
 *
 * with tabs between: the median of the value and its extremes; the median of
 * its ratio to a limit measured in the same rounds, or "-"; and, where the
 * issue asks for a ratio, the bar, such as "<=1.3", and "yes" or "no".  Such a
 * row has the ratio as its value.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#define BENCH_ROUNDS 7

/* -q was given: as short as it can be, for the smoke test. */
extern bool bench_quick;

/* One value per round. */
struct samples {
	double v[BENCH_ROUNDS];
};

double bench_wall(void); /* seconds, monotonic */
double bench_cpu(void);  /* seconds that this thread has had */

/* Silences GSL's handler and prints the names of the columns. */
void bench_begin(void);

/* n, or a small share of it with -q; at least 1. */
int bench_count(int n);

/* What one round measures of one side; run(arg) is one operation. */
struct side {
	void (*run)(void *);
	void *arg;
	int most;               /* operations per round; 0: as time allows */
	struct samples seconds; /* of one operation, of this thread's CPU */
};

/* All sides by turns, in every round each until enough time has passed. */
void bench_sides(struct side *, int n);

struct samples samples_over(const struct samples *a, const struct samples *b);
struct samples samples_times(const struct samples *, double factor);
double samples_median(const struct samples *);

/* A value as it is; ratio may be NULL. */
void bench_row(const char *name, const char *case_, const struct samples *,
    const char *unit, const struct samples *ratio);

/* A ratio and the bar for its median: at most, or at least, that. */
enum bar_kind { AT_MOST, AT_LEAST };
void bench_bar(const char *name, const char *case_, const struct samples *,
    const char *unit, enum bar_kind, double bar);

/* SplitMix64 and what is drawn with it, from a seed. */
uint64_t bench_random(uint64_t *state);
double bench_uniform(uint64_t *state); /* [0, 1) */

#endif
