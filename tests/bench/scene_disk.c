/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenes in which rewards go to a disk, or stay in memory. */
#include "tests/bench/quiet.h"
#include "tests/bench/scene.h"
#include "tests/bench/size.h"

#include <stdio.h>
#include <string.h>

#define LEARN_DEPTH 64
#define LEARN_CYCLE 3000 /* decisions, and then as many rewards */
#define WARM 300         /* rewards before */

/* One daemon, with what it is asked to decide and to learn. */
struct learner {
	struct served served;
	struct memory memory;
	struct stream decide, reward;
	struct load *deciding, *rewarding;
	struct figures figures; /* of the rewards */
};

static void
learner_init(struct learner *l, struct stage *t, const struct part *p,
    const char *durability)
{
	memset(l, 0, sizeof *l);
	part_start(p, &l->served, &t->disk, durability);
	part_teach(p, &t->prompts, &l->served, bench_count(WARM));
	memory_init(&l->memory);
	l->decide = part_stream(p, &t->prompts, LEARN_DEPTH);
	l->decide.memory = &l->memory;
	l->reward = l->decide;
	l->reward.ask = ASK_FEEDBACK;
	l->reward.feedback = 1;
	l->deciding = load_new(l->served.socket, &l->decide, 1);
	l->rewarding = load_new(l->served.socket, &l->reward, 1);
}

static void
learner_fini(struct learner *l)
{
	load_free(l->deciding);
	load_free(l->rewarding);
	memory_fini(&l->memory);
	served_stop(&l->served);
}

static void
learner_round(struct learner *l, int round)
{
	struct load_span span = { .requests =
				      (uint64_t)bench_count(LEARN_CYCLE) };

	load_run(l->deciding, span);
	figures_take(&l->figures, round, &l->served, l->rewarding, &l->reward,
	    1, span);
}

/* Rewards of decisions per second, answered when they are on disk, and
 * before. */
void
scene_durability(struct stage *t)
{
	struct part p = part_of("default", "pak-ucb", SCENE_D, 256, 10);
	static struct learner disk, memory; /* large */
	struct samples ratio;

	learner_init(&disk, t, &p, "disk");
	learner_init(&memory, t, &p, "memory");
	for (int r = 0; r < BENCH_ROUNDS; r++) {
		learner_round(&disk, r);
		learner_round(&memory, r);
	}
	figures_print(&disk.figures, "rewards on disk at depth 64", p.name);
	figures_print(&memory.figures, "rewards in memory at depth 64", p.name);
	ratio = samples_over(&disk.figures.rate, &memory.figures.rate);
	bench_bar("learning rate on disk, against in memory", p.name, &ratio,
	    "x", AT_LEAST, 0.8);
	learner_fini(&disk);
	learner_fini(&memory);
}

/* Decisions one at a time, alone and next to as many rewards as go to disk. */
void
scene_tail(struct stage *t)
{
	struct part p = part_of("default", "pak-ucb", SCENE_D, 256, 10);
	struct stream alone = part_stream(&p, &t->prompts, 1);
	struct stream both[2] = { alone, part_stream(&p, &t->prompts, 64) };
	struct figures quiet, busy;
	struct load *one, *two;
	struct samples ratio;
	struct served s;

	both[1].ask = ASK_OBSERVE;
	part_start(&p, &s, &t->disk, "disk");
	part_teach(&p, &t->prompts, &s, bench_count(WARM));
	one = load_new(s.socket, &alone, 1);
	two = load_new(s.socket, both, 2);
	for (int r = 0; r < BENCH_ROUNDS; r++) {
		figures_take(&quiet, r, &s, one, &alone, 1, scene_span());
		figures_take(&busy, r, &s, two, both, 2, scene_span());
	}
	figures_print(&quiet, "decisions without rewards", p.name);
	figures_print(&busy, "decisions next to rewards on disk", p.name);
	ratio = samples_over(&busy.p99, &quiet.p99);
	bench_bar("p99 of a decision with rewards, against without", p.name,
	    &ratio, "x", AT_MOST, 1.5);
	load_free(one);
	load_free(two);
	served_stop(&s);
}

/* Bytes of the models, their copies and the map of a router. */
static double
arrays(const struct part *p)
{
	return p->K * size_factor(p->D) * (LEARN_BYTES + SCORE_BYTES) +
	    size_map(p->d, p->D) * MAP_BYTES;
}

/* Every arm has learnt and decided before each look. */
void
scene_memory(struct stage *t)
{
	struct part p = part_of("default", "pak-ucb", SCENE_D, 512, 50);
	struct stream stream = part_stream(&p, &t->prompts, 16);
	struct samples resident, anonymous, ratio;
	struct load *load;
	struct usage u;
	struct served s;

	part_start(&p, &s, &t->memory, "disk");
	load = load_new(s.socket, &stream, 1);
	for (int r = 0; r < BENCH_ROUNDS; r++) {
		part_teach(&p, &t->prompts, &s, p.K);
		load_run(load, (struct load_span){ .requests = (uint64_t)p.K });
		u = served_usage(&s);
		resident.v[r] = u.rss * 0x1p-20;
		anonymous.v[r] = u.anonymous * 0x1p-20;
		ratio.v[r] = u.rss / arrays(&p);
	}
	bench_row("resident memory", p.name, &resident, "MiB", NULL);
	bench_row("resident memory that is of no file", p.name, &anonymous,
	    "MiB", NULL);
	bench_bar("resident memory, times the arrays", p.name, &ratio, "x",
	    AT_MOST, 1.3);
	load_free(load);
	served_stop(&s);
}

/* clang-format off */
static const struct mix {
	int connections, depth;
	bool open; /* at half of what the row before has reached */
	double feedback;
} mixes[] = {
	{ 1, 1, false, 0.5 }, { 1, 16, false, 0.5 }, { 16, 1, false, 0.5 },
	{ 16, 4, false, 0.1 }, { 16, 4, false, 0.5 }, { 16, 4, true, 0.5 },
	{ 0 }
};
/* clang-format on */

/* All kinds of request together; returns the rate. */
static double
mix(const struct mix *m, const struct part *p, struct stage *t,
    const struct served *served, double rate)
{
	struct stream s = part_stream(p, &t->prompts, m->depth);
	struct figures f;
	struct memory memory;
	struct load *load;
	char name[64];

	memory_init(&memory);
	s.connections = m->connections;
	s.feedback = m->feedback;
	s.memory = &memory;
	s.rate = m->open ? rate / 2 : 0;
	load = load_new(served->socket, &s, 1);
	for (int r = 0; r < BENCH_ROUNDS; r++)
		figures_take(&f, r, served, load, &s, 1, scene_span());
	snprintf(name, sizeof name, "%s loop, %d x depth %d, %g rewards",
	    m->open ? "open" : "closed", m->connections, m->depth, m->feedback);
	figures_print(&f, name, p->name);
	load_free(load);
	memory_fini(&memory);
	return samples_median(&f.rate);
}

/* The latencies are those of decisions. */
void
scene_mix(struct stage *t)
{
	struct part p = part_of("default", "pak-ucb", SCENE_D, 256, 10);
	struct served s;
	double rate = 0;

	part_start(&p, &s, &t->disk, "disk");
	part_teach(&p, &t->prompts, &s, bench_count(WARM));
	for (const struct mix *m = mixes; m->connections > 0; m++)
		rate = mix(m, &p, t, &s, rate);
	served_stop(&s);
}

static void
ratio_row(const char *name, const struct part *p, const struct samples *a,
    const struct samples *b)
{
	struct samples ratio = samples_over(a, b);

	bench_row(name, p->name, &ratio, "x", NULL);
}

/* A router that has learnt much, and one that has learnt little. */
void
scene_rewards(struct stage *t)
{
	const struct part *few = quiet_part(QUIET_FEW);
	const struct part *many = quiet_part(QUIET_MANY);
	struct stream a = part_stream(many, &t->prompts, 16);
	struct stream b = part_stream(few, &t->prompts, 16);
	struct figures of_a, of_b;

	part_teach(few, &t->prompts, &t->quiet, bench_count(1000));
	part_teach(many, &t->prompts, &t->quiet, bench_count(100000));
	figures_duel(t, &a, &of_a, &b, &of_b);
	ratio_row("CPU of a decision after 10^5 rewards, against 10^3", few,
	    &of_a.cpu, &of_b.cpu);
}
