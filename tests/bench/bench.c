/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ENOUGH 0.01 /* seconds per side and round */
#define ENOUGH_QUICK 1e-4

bool bench_quick;

static double
now(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double
bench_wall(void)
{
	return now(CLOCK_MONOTONIC);
}

double
bench_cpu(void)
{
	return now(CLOCK_THREAD_CPUTIME_ID);
}

void
bench_begin(void)
{
	gsl_set_error_handler_off();
	puts("name\tcase\tvalue\tunit\tmin\tmax\tratio\tbar\tmet");
}

int
bench_count(int n)
{
	return !bench_quick ? n : n > 100 ? n / 100 : 1;
}

/* Seconds of one operation; the clock is read now and then only. */
static double
measure(const struct side *s)
{
	double enough = bench_quick ? ENOUGH_QUICK : ENOUGH;
	double start = bench_cpu(), passed = 0;
	long done = 0, turn = 1;

	while (passed < enough && (s->most == 0 || done < s->most)) {
		if (s->most > 0 && turn > s->most - done)
			turn = s->most - done;
		for (long i = 0; i < turn; i++)
			s->run(s->arg);
		done += turn;
		turn = done; /* doubles it */
		passed = bench_cpu() - start;
	}
	return passed / (double)done;
}

void
bench_sides(struct side *s, int n)
{
	for (int i = 0; i < n; i++) /* warm */
		s[i].run(s[i].arg);
	for (int r = 0; r < BENCH_ROUNDS; r++)
		for (int i = 0; i < n; i++)
			s[i].seconds.v[r] = measure(&s[i]);
}

struct samples
samples_over(const struct samples *a, const struct samples *b)
{
	struct samples s;

	for (int i = 0; i < BENCH_ROUNDS; i++)
		s.v[i] = a->v[i] / b->v[i];
	return s;
}

struct samples
samples_times(const struct samples *a, double factor)
{
	struct samples s;

	for (int i = 0; i < BENCH_ROUNDS; i++)
		s.v[i] = a->v[i] * factor;
	return s;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct samples
sorted(const struct samples *a)
{
	struct samples s = *a;

	qsort(s.v, BENCH_ROUNDS, sizeof *s.v, compare);
	return s;
}

double
samples_median(const struct samples *a)
{
	return sorted(a).v[BENCH_ROUNDS / 2];
}

static void
print_value(const char *name, const char *case_, const struct samples *a,
    const char *unit)
{
	struct samples s = sorted(a);

	printf("%s\t%s\t%.4g\t%s\t%.4g\t%.4g\t", name, case_,
	    s.v[BENCH_ROUNDS / 2], unit, s.v[0], s.v[BENCH_ROUNDS - 1]);
}

void
bench_row(const char *name, const char *case_, const struct samples *a,
    const char *unit, const struct samples *ratio)
{
	print_value(name, case_, a, unit);
	if (ratio != NULL)
		printf("%.4g\t-\t-\n", samples_median(ratio));
	else
		puts("-\t-\t-");
	fflush(stdout);
}

void
bench_bar(const char *name, const char *case_, const struct samples *a,
    const char *unit, enum bar_kind kind, double bar)
{
	double median = samples_median(a);
	bool met = kind == AT_MOST ? median <= bar : median >= bar;

	print_value(name, case_, a, unit);
	printf("%.4g\t%s%g\t%s\n", median, kind == AT_MOST ? "<=" : ">=", bar,
	    met ? "yes" : "no");
	fflush(stdout);
}

uint64_t
bench_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

double
bench_uniform(uint64_t *state)
{
	return (double)(bench_random(state) >> 11) * 0x1p-53;
}
