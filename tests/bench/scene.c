/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/scene.h"

#include <err.h>
#include <stdio.h>
#include <sysexits.h>

#include "client/banditd.h"

#define SECONDS 0.4    /* of a round */
#define DEPTH 64       /* while teaching */
#define PATIENCE 60000 /* ms, for all snapshots to be written */
#define SMALL_D 16
#define SMALL_K 3

struct part
part_of(const char *router, const char *policy, int d, int D, int K)
{
	struct part p = { router, policy, d, D, K, "" };

	if (bench_quick) {
		p.D = D < SMALL_D ? D : SMALL_D;
		p.K = K < SMALL_K ? K : SMALL_K;
	}
	snprintf(p.name, sizeof p.name, "D=%d K=%d", p.D, p.K);
	return p;
}

void
part_config(const struct part *p, struct buf *out)
{
	buf_printf(out,
	    "router \"%s\" {\n  policy = \"%s\"  dimension = %d\n"
	    "  rff_dimension = %d  bandwidth = 1\n",
	    p->router, p->policy, p->d, p->D);
	for (int i = 0; i < p->K; i++)
		buf_printf(out, "  arm \"a%d\" { }\n", i);
	buf_puts(out, "}\n");
}

void
part_start(const struct part *p, struct served *s, const struct served_how *how,
    const char *durability)
{
	struct buf config = { 0 };

	buf_printf(&config, "durability = \"%s\"\n", durability);
	part_config(p, &config);
	buf_put(&config, "", 1);
	served_start(s, how, (const char *)config.data);
	buf_free(&config);
}

struct stream
part_stream(const struct part *p, const struct prompts *prompts, int depth)
{
	return (struct stream){ .router = p->router,
		.arms = p->K,
		.prompts = prompts,
		.connections = 1,
		.depth = depth,
		.ask = ASK_DECIDE };
}

void
part_settle(const struct served *served)
{
	struct banditd *b = banditd_new(served->socket);

	if (b == NULL)
		errx(EX_OSERR, "no memory");
	banditd_set_timeout(b, PATIENCE);
	banditd_begin(b, "checkpoint");
	if (banditd_call(b) != 0)
		errx(EX_UNAVAILABLE, "%s", banditd_message(b));
	banditd_free(b);
}

void
part_teach(const struct part *p, const struct prompts *prompts,
    const struct served *served, int n)
{
	struct stream s = part_stream(p, prompts, DEPTH);
	struct load *load;

	s.ask = ASK_OBSERVE;
	s.durability = "memory";
	load = load_new(served->socket, &s, 1);
	load_run(load, (struct load_span){ .requests = (uint64_t)n });
	load_free(load);
	part_settle(served);
}

static double
requests(const struct stream *s, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += (double)s[i].answered;
	return sum;
}

static void
percentiles(struct figures *f, int round, const struct stream *s)
{
	const struct latency *h = &s->latency[s->ask];

	f->p50.v[round] = latency_within(h, 0.5);
	f->p99.v[round] = latency_within(h, 0.99);
	f->p999.v[round] = latency_within(h, 0.999);
}

void
figures_take(struct figures *f, int round, const struct served *served,
    struct load *load, struct stream *s, int n, struct load_span span)
{
	struct usage before = served_usage(served), after;
	double all;

	load_run(load, span);
	after = served_usage(served);
	all = requests(s, n);
	f->rate.v[round] = (double)s->answered / s->seconds;
	f->cpu.v[round] = (after.cpu - before.cpu) / all;
	f->loop.v[round] = (after.loop - before.loop) / all;
	f->allocations.v[round] =
	    (double)(after.tally.loop - before.tally.loop) / all;
	f->others.v[round] =
	    (double)(after.tally.others - before.tally.others) / all;
	percentiles(f, round, s);
}

struct load_span
scene_span(void)
{
	return (struct load_span){ .seconds = bench_quick ? 0 : SECONDS,
		.requests = bench_quick ? 20 : 0 };
}

static void
print_us(const char *name, const char *what, const char *case_,
    const struct samples *seconds)
{
	struct samples us = samples_times(seconds, 1e6);
	char whole[96];

	snprintf(whole, sizeof whole, "%s, %s", name, what);
	bench_row(whole, case_, &us, "us", NULL);
}

void
figures_print(const struct figures *f, const char *name, const char *case_)
{
	bench_row(name, case_, &f->rate, "1/s", NULL);
	print_us(name, "p50", case_, &f->p50);
	print_us(name, "p99", case_, &f->p99);
	print_us(name, "p99.9", case_, &f->p999);
	print_us(name, "CPU", case_, &f->cpu);
}

void
figures_duel(struct stage *t, struct stream *a, struct figures *of_a,
    struct stream *b, struct figures *of_b)
{
	struct load *la = load_new(t->quiet.socket, a, 1);
	struct load *lb = load_new(t->quiet.socket, b, 1);

	load_run(la, (struct load_span){ .requests = 64 }); /* warm */
	load_run(lb, (struct load_span){ .requests = 64 });
	for (int r = 0; r < BENCH_ROUNDS; r++) {
		figures_take(of_a, r, &t->quiet, la, a, 1, scene_span());
		figures_take(of_b, r, &t->quiet, lb, b, 1, scene_span());
	}
	load_free(la);
	load_free(lb);
}
