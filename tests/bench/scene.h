/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene.h: what the scenes of bench_daemon share.
 *
 * A scene has a daemon, one or more loads on it that take turns, and prints
 * rows.  Most have the same daemon, whose state is in memory, so that the disk
 * is not measured where it is not meant to be.
 */
#ifndef TESTS_BENCH_SCENE_H
#define TESTS_BENCH_SCENE_H

#include "base/buf.h"
#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/served.h"

#define SCENE_D 384

struct stage {
	struct served_how memory, disk; /* where a state directory is */
	const char *set;                /* a replay set */
	struct served quiet;            /* the daemon that most share */
	struct prompts prompts;         /* random, of SCENE_D numbers */
};

typedef void scene(struct stage *);
scene scene_depth, scene_prune, scene_gsl, scene_overhead, scene_allocations,
    scene_durability, scene_tail, scene_memory, scene_mix, scene_rewards;

/* A router of a scene: its size, and the name of that in a row; with -q it is
 * small. */
struct part {
	const char *router, *policy;
	int d, D, K;
	char name[48];
};
struct part part_of(const char *router, const char *policy, int d, int D,
    int K);

/* The lines of a configuration for it. */
void part_config(const struct part *, struct buf *);

/* A daemon with one router, its durability "disk" or "memory". */
void part_start(const struct part *, struct served *, const struct served_how *,
    const char *durability);

/* A closed stream of decisions for it. */
struct stream part_stream(const struct part *, const struct prompts *,
    int depth);

/* Writes all snapshots now, so that none is written while it is measured. */
void part_settle(const struct served *);

/* n rewards, to all arms in turn; then settles. */
void part_teach(const struct part *, const struct prompts *,
    const struct served *, int n);

/* What was measured in each round, of the requests of the first stream; CPU
 * and allocations are of the daemon, per request of all streams. */
struct figures {
	struct samples rate;           /* per second */
	struct samples cpu, loop;      /* seconds: all threads, event loop */
	struct samples p50, p99, p999; /* seconds */
	struct samples allocations, others; /* of the event loop, the others */
};

void figures_take(struct figures *, int round, const struct served *,
    struct load *, struct stream *, int n, struct load_span);

/* The usual span of a round. */
struct load_span scene_span(void);

/* Rate, percentiles and CPU of all threads, as rows. */
void figures_print(const struct figures *, const char *name, const char *case_);

/* Two loads that take turns, on one daemon, one stream each. */
void figures_duel(struct stage *, struct stream *a, struct figures *of_a,
    struct stream *b, struct figures *of_b);

#endif
