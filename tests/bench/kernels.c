/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_kernels [-q]: each kernel against the limit of the machine, and
 * against the straightforward build of the same formulas.
 *
 * The limit is the longer of two times: to move the bytes that the kernel
 * cannot do without, at the bandwidth of a working set of that size, and to do
 * its multiply-adds at the peak.  All sides take turns in every round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/bench/work.h"

#define WARM 20 /* rewards of each arm before */

/* clang-format off */
static const struct size {
	const char *name;
	int d, D, K;
	bool bars;
} sizes[] = {
	{ "D=128 K=2", 384, 128, 2, false },   /* in most L2 caches */
	{ "D=512 K=10", 384, 512, 10, true },  /* out of it */
	{ 0 }
};
/* clang-format on */

static void
bench_init(struct bench *b, const struct size *z)
{
	size_t K = (size_t)z->K;

	b->s = subject_new(z->d, z->D, z->K);
	subject_teach(b->s, bench_count(WARM * z->K));
	b->g =
	    gsl_build_new(z->d, z->D, z->K, b->s->r->settings.regularization);
	b->out = mem_aligned((size_t)z->D, sizeof *b->out);
	b->x = mem_zalloc((size_t)z->d, sizeof *b->x);
	b->mean = mem_zalloc(3 * K, sizeof *b->mean);
	b->sd = b->mean + K;
	b->p = b->sd + K;
	b->race = race_new();
	for (int j = 0; j < z->d; j++)
		b->x[j] = b->s->x[j];
	for (int i = 0; i < z->K; i++) {
		b->mean[i] = 0.5 + 0.01 * i;
		b->sd[i] = 0.1 + 0.01 * i;
	}
}

static void
bench_fini(struct bench *b)
{
	subject_free(b->s);
	gsl_build_free(b->g);
	race_free(b->race);
	free(b->out);
	free(b->x);
	free(b->mean);
}

/* The limit in seconds, round by round. */
static struct samples
limit_of(const struct need *n, const struct side *limits)
{
	struct samples read = machine_limit(limits, LIMIT_READ);
	struct samples change = machine_limit(limits, LIMIT_CHANGE);
	struct samples peak = machine_limit(limits, n->peak), s;

	for (int i = 0; i < BENCH_ROUNDS; i++) {
		double bytes = n->read * read.v[i] + n->change * change.v[i];
		double madds = n->madds * peak.v[i];

		s.v[i] = bytes > madds ? bytes : madds;
	}
	return s;
}

static void
print_limit(const struct work *w, const struct size *z, struct samples t,
    const struct samples *limit)
{
	struct samples ratio = w->measure == TIMES ? samples_over(&t, limit)
						   : samples_over(limit, &t);
	char name[80];

	t = samples_times(&t, 1e6);
	bench_row(w->name, z->name, &t, "us", &ratio);
	if (!z->bars || w->bar == 0)
		return;
	snprintf(name, sizeof name, "%s, %s", w->name,
	    w->measure == TIMES ? "times its limit" : "share of the peak");
	bench_bar(name, z->name, &ratio, "x",
	    w->measure == TIMES ? AT_MOST : AT_LEAST, w->bar);
}

/* The kernel, the straightforward build, and the limits. */
static void
run(const struct work *w, const struct size *z, struct bench *b)
{
	struct need need = { .peak = LIMIT_F64 };
	struct side side[2 + LIMITS];
	struct samples limit, ratio;
	struct block block;
	double set;
	char name[80];

	if (w->need != NULL)
		w->need(b->s, &need);
	set = need.read + need.change;
	block_init(&block, (size_t)(need.set > set ? need.set : set) + 1);
	machine_sides(side, &block);
	side[LIMITS] = (struct side){ .run = w->run, .arg = b };
	side[LIMITS + 1] = (struct side){ .run = w->straightforward, .arg = b };
	bench_sides(side, LIMITS + 1 + (w->straightforward != NULL));
	if (w->measure != NO_LIMIT) {
		limit = limit_of(&need, side);
		print_limit(w, z, side[LIMITS].seconds, &limit);
	}
	if (w->straightforward != NULL) {
		ratio = samples_over(&side[LIMITS + 1].seconds,
		    &side[LIMITS].seconds);
		snprintf(name, sizeof name, "%s, against GSL", w->name);
		bench_row(name, z->name, &ratio, "x", NULL);
	}
	block_fini(&block);
}

int
main(int argc, char **argv)
{
	struct bench b;
	int c;

	while ((c = getopt(argc, argv, "q")) != -1) {
		if (c != 'q')
			return EX_USAGE;
		bench_quick = true;
	}
	bench_begin();
	for (const struct size *z = sizes; z->name != NULL; z++) {
		bench_init(&b, z);
		for (const struct work *w = works; w->name != NULL; w++)
			run(w, z, &b);
		bench_fini(&b);
	}
	return EX_OK;
}
