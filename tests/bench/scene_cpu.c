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
#define WARM_CYCLES 5
#define REAL_REWARDS 1000
#define REAL_REQUESTS 4000

static void
print_depth(const char *policy, const struct part *p,
    const struct figures *many, const struct figures *one)
{
	char name[80];

	snprintf(name, sizeof name, "%s at depth 16", policy);
	figures_print(many, name, p->name);
	snprintf(name, sizeof name, "%s at depth 1", policy);
	figures_print(one, name, p->name);
}

/* Sixteen requests under way, and one. */
static void
depth_of(struct stage *t, const char *policy, const struct part *p, double bar)
{
	struct stream many = part_stream(p, &t->prompts, DEPTH);
	struct stream one = part_stream(p, &t->prompts, 1);
	struct figures of_many, of_one;
	struct samples ratio;
	char name[80];

	figures_duel(t, &many, &of_many, &one, &of_one);
	print_depth(policy, p, &of_many, &of_one);
	ratio = samples_over(&of_many.rate, &of_one.rate);
	snprintf(name, sizeof name, "%s, depth 16 against depth 1", policy);
	bench_bar(name, p->name, &ratio, "x", AT_LEAST, bar);
	ratio = samples_over(&of_one.cpu, &of_many.cpu);
	snprintf(name, sizeof name, "%s, CPU at depth 1 against 16", policy);
	bench_row(name, p->name, &ratio, "x", NULL);
}

/* All scores for every decision, and only those that matter. */
void
scene_depth(struct stage *t)
{
	depth_of(t, "thompson", quiet_part(QUIET_DRAWN), 4);
	depth_of(t, "pak-ucb", quiet_part(QUIET_LARGE), 4);
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

/* What the router has seen of the prompts: rewards of all arms, then those of
 * its own choices, as in service. */
static void
learn_prompts(struct stage *t, const struct part *p, const struct prompts *real)
{
	struct stream s = part_stream(p, real, DEPTH);
	struct memory m;
	struct load *load;

	part_teach(p, real, &t->quiet, bench_count(REAL_REWARDS));
	memory_init(&m);
	s.memory = &m;
	s.feedback = 0.5;
	s.durability = "memory";
	load = load_new(t->quiet.socket, &s, 1);
	load_run(load,
	    (struct load_span){
		.requests = (uint64_t)bench_count(REAL_REQUESTS) });
	load_free(load);
	memory_fini(&m);
	part_settle(&t->quiet);
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
	learn_prompts(t, p, &real);
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

/* Decisions, then as many rewards for them. */
struct cycle {
	struct memory memory;
	struct stream decide, reward;
	struct load *deciding, *rewarding;
	struct figures decided, rewarded;
};

static void
cycle_init(struct cycle *c, struct stage *t, const struct part *p)
{
	memory_init(&c->memory);
	c->decide = part_stream(p, &t->prompts, DEPTH);
	c->decide.memory = &c->memory;
	c->reward = c->decide;
	c->reward.ask = ASK_FEEDBACK;
	c->reward.feedback = 1;
	c->deciding = load_new(t->quiet.socket, &c->decide, 1);
	c->rewarding = load_new(t->quiet.socket, &c->reward, 1);
}

static void
cycle_fini(struct cycle *c)
{
	load_free(c->deciding);
	load_free(c->rewarding);
	memory_fini(&c->memory);
}

static void
cycle_round(struct cycle *c, int round, struct stage *t, int n)
{
	struct load_span span = { .requests = (uint64_t)n };

	figures_take(&c->decided, round, &t->quiet, c->deciding, &c->decide, 1,
	    span);
	figures_take(&c->rewarded, round, &t->quiet, c->rewarding, &c->reward,
	    1, span);
}

/* Longer cycles first: what waits for the writer is in a pool, which grows as
 * far as the writer was ever behind. */
void
scene_allocations(struct stage *t)
{
	const struct part *p = quiet_part(QUIET_SMALL);
	static struct cycle c; /* large */
	int n = bench_count(CYCLE);

	if (t->quiet.tally == NULL)
		return;
	cycle_init(&c, t, p);
	for (int i = 0; i < WARM_CYCLES; i++)
		cycle_round(&c, 0, t, WARM_CYCLES * n);
	for (int r = 0; r < BENCH_ROUNDS; r++)
		cycle_round(&c, r, t, n);
	print_allocations("decision", &c.decided, p->name);
	print_allocations("reward", &c.rewarded, p->name);
	cycle_fini(&c);
}
