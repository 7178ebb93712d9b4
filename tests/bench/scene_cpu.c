/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenes of what the daemon's CPU goes into; all on the quiet daemon. */
#include "tests/bench/gsl_build.h"
#include "tests/bench/quiet.h"
#include "tests/bench/scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define DEPTH 16
#define GSL_DECISIONS 5 /* a round */
#define CYCLE 2000      /* decisions and as many rewards */
#define WARM_CYCLES 3

/* Sixteen requests under way, and one. */
void
scene_depth(struct stage *t)
{
	const struct part *p = quiet_part(QUIET_LARGE);
	struct stream many = part_stream(p, &t->prompts, DEPTH);
	struct stream one = part_stream(p, &t->prompts, 1);
	struct figures of_many, of_one;
	struct samples ratio;

	figures_duel(t, &many, &of_many, &one, &of_one);
	figures_print(&of_many, "decisions at depth 16", p->name);
	figures_print(&of_one, "decisions at depth 1", p->name);
	ratio = samples_over(&of_many.rate, &of_one.rate);
	bench_bar("daemon at depth 16, against depth 1", p->name, &ratio, "x",
	    AT_LEAST, 4);
	ratio = samples_over(&of_one.cpu, &of_many.cpu);
	bench_row("CPU at depth 1, against depth 16", p->name, &ratio, "x",
	    NULL);
}

/* CPU of a decision with and without explain. */
static void
explained(struct stage *t, const struct part *p, const struct prompts *prompts,
    struct figures *with, struct figures *without)
{
	struct stream all = part_stream(p, prompts, 1);
	struct stream plain = all;

	all.explain = true;
	figures_duel(t, &all, with, &plain, without);
}

/*
 * A decision that is to be explained must score every arm.  What the longer
 * answer costs is known from a router that scores none, and is taken off.
 */
void
scene_prune(struct stage *t)
{
	const struct part *p = quiet_part(QUIET_PROMPTS);
	struct figures all, pruned, long_answer, short_answer;
	struct samples ratio;
	struct prompts real;

	if (t->set == NULL)
		prompts_random(&real, p->d, 1);
	else
		prompts_read(&real, t->set);
	part_teach(p, &real, &t->quiet, bench_count(3000));
	explained(t, p, &real, &all, &pruned);
	explained(t, quiet_part(QUIET_BARE_TEN), &t->prompts, &long_answer,
	    &short_answer);
	for (int r = 0; r < BENCH_ROUNDS; r++)
		ratio.v[r] =
		    (all.cpu.v[r] -
			(long_answer.cpu.v[r] - short_answer.cpu.v[r])) /
		    pruned.cpu.v[r];
	figures_print(&pruned, "decisions on real prompts, pruned", p->name);
	figures_print(&all, "decisions on real prompts, all scores", p->name);
	bench_bar("CPU without pruning, against with", p->name, &ratio, "x",
	    AT_LEAST, 4);
	prompts_fini(&real);
}

/* Seconds of one decision of the straightforward build. */
static double
gsl_seconds(struct gsl_build *g, const double *x)
{
	int n = bench_quick ? 1 : GSL_DECISIONS;
	double start = bench_cpu();

	for (int i = 0; i < n; i++)
		gsl_build_decide(g, x, 1);
	return (bench_cpu() - start) / n;
}

/* The straightforward build has neither socket nor log to pay for. */
void
scene_gsl(struct stage *t)
{
	const struct part *p = quiet_part(QUIET_LARGE);
	struct stream s = part_stream(p, &t->prompts, DEPTH);
	struct load *load = load_new(t->quiet.socket, &s, 1);
	struct gsl_build *g = gsl_build_new(p->d, p->D, p->K, 1);
	double *x = mem_alloc((size_t)p->d, sizeof *x);
	struct samples gsl, ratio;
	struct figures f;

	for (int j = 0; j < p->d; j++)
		x[j] = prompts_x(&t->prompts, 0)[j];
	for (int r = 0; r < BENCH_ROUNDS; r++) {
		figures_take(&f, r, &t->quiet, load, &s, 1, scene_span());
		gsl.v[r] = gsl_seconds(g, x);
	}
	ratio = samples_over(&gsl, &f.cpu);
	gsl = samples_times(&gsl, 1e6);
	bench_row("decision of a GSL build", p->name, &gsl, "us", NULL);
	bench_bar("a GSL build, against the daemon at depth 16", p->name,
	    &ratio, "x", AT_LEAST, 20);
	free(x);
	gsl_build_free(g);
	load_free(load);
}

/* All that is not scoring: a router that scores nothing. */
void
scene_overhead(struct stage *t)
{
	const struct part *bare = quiet_part(QUIET_BARE);
	const struct part *p = quiet_part(QUIET_DEFAULT);
	struct stream nothing = part_stream(bare, &t->prompts, DEPTH);
	struct stream scored = part_stream(p, &t->prompts, DEPTH);
	struct figures of_nothing, of_scored;
	struct samples us, share;

	figures_duel(t, &nothing, &of_nothing, &scored, &of_scored);
	figures_print(&of_scored, "decisions of the default size", p->name);
	us = samples_times(&of_nothing.loop, 1e6);
	share = samples_over(&of_nothing.loop, &of_scored.loop);
	bench_bar("CPU beyond scoring, of the event loop", bare->name, &us,
	    "us", AT_MOST, 3);
	bench_bar("CPU beyond scoring, share of a decision", p->name, &share,
	    "x", AT_MOST, 0.15);
	us = samples_times(&of_nothing.cpu, 1e6);
	bench_row("CPU beyond scoring, with the writer", bare->name, &us, "us",
	    NULL);
}

static void
print_allocations(const char *what, const struct figures *f, const char *case_)
{
	char name[80];

	snprintf(name, sizeof name, "allocations per %s", what);
	bench_bar(name, case_, &f->allocations, "calls", AT_MOST, 0);
	snprintf(name, sizeof name, "allocations of the writer, per %s", what);
	bench_row(name, case_, &f->others, "calls", NULL);
}

/* As many decisions, then as many rewards for them, again and again. */
void
scene_allocations(struct stage *t)
{
	struct load_span span = { .requests = (uint64_t)bench_count(CYCLE) };
	const struct part *p = quiet_part(QUIET_SMALL);
	struct stream s[2] = { part_stream(p, &t->prompts, DEPTH) };
	struct figures decided, rewarded;
	struct load *decide, *reward;
	struct memory m;

	if (t->quiet.tally == NULL)
		return;
	memory_init(&m);
	s[0].memory = &m;
	s[1] = s[0];
	s[1].ask = ASK_FEEDBACK;
	s[1].feedback = 1;
	decide = load_new(t->quiet.socket, &s[0], 1);
	reward = load_new(t->quiet.socket, &s[1], 1);
	for (int r = -WARM_CYCLES; r < BENCH_ROUNDS; r++) {
		int to = r < 0 ? 0 : r;

		figures_take(&decided, to, &t->quiet, decide, &s[0], 1, span);
		figures_take(&rewarded, to, &t->quiet, reward, &s[1], 1, span);
	}
	print_allocations("decision", &decided, p->name);
	print_allocations("reward", &rewarded, p->name);
	load_free(decide);
	load_free(reward);
	memory_fini(&m);
}
