/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim.h: a router in a made-up world, under a fake clock.
 *
 * A world says which prompts come and what each arm is worth for them; a
 * gateway asks for an arm every second and reports what came of it, later or
 * never; a run is one router between the two, and what it cost not to know.
 * It does to the router what the daemon does.
 *
 * What is left to chance follows from the seed and the step alone: all
 * policies meet the same prompts, and an arm earns the same at some step
 * whoever chose it.
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include "tests/test.h"

#include "bandit/bandit.h"

#define SIM_D 12    /* of a context */
#define SIM_TYPES 8 /* of prompts */
#define SIM_ARMS 8
#define SIM_SLATE 3

/*
 * Prompts of each type lie around a centre on the sphere.  The value is the
 * expected reward of the arm for prompts of the type, at that step; of a
 * choice router its utility, and then no_click is that of choosing none.
 */
struct world {
	int types, arms; /* arms at the beginning */
	double spread;   /* of the prompts of a type around its centre */
	double noise;    /* of a reward */
	double no_click;
	double (*value)(int step, int type, int arm);
	const char *group[SIM_ARMS]; /* of arms; NULL: none */
};

enum reports { REPORT_REWARD, REPORT_CLICK, REPORT_PREFER };

/* A zeroed one reports every reward before the next decision is made. */
struct gateway {
	enum reports reports;
	int k;                 /* asks for slates of so many; 0: for one arm */
	int flight;            /* decisions under way whenever one is made */
	double lost[SIM_ARMS]; /* share of the arm's rewards never reported */
	double poisoned;       /* share replaced by the opposite extreme */
};

/* One decision, and what came of it. */
struct step {
	int type;
	float x[SIM_D];
	struct decision decision;
	struct shown shown[SIM_SLATE];
	uint32_t eligible[SIM_ARMS];
	struct mark mark[SIM_SLATE];
	int arm[SIM_SLATE]; /* index in the world of what was shown */
	double reward;      /* of the first */
	int clicked;        /* position, -1: none */
	double regret; /* value of the best arm there is less the first's */
	bool ended;
};

struct run {
	const struct world *world;
	struct gateway gateway;
	uint64_t seed;
	struct bandit bandit;
	struct router *router;
	float centre[SIM_TYPES][SIM_D];
	int arms; /* by now; arm i of the world has uid i + 1 */
	int steps, oldest;
	struct step *step; /* [steps], those before now have happened */
	int now;           /* also the time, after SIM_START */
	double *prior;
};

#define SIM_START 1e9

/*
 * A router of these settings ("policy=greedy half_life=200"; features are
 * shorter than by default, to be quick) that lives for so many steps.
 */
void run_init(struct run *, const struct world *, const struct gateway *,
    const char *settings, int steps, uint64_t seed);
void run_fini(struct run *);

/* Decides, and reports, until that step is the next. */
void run_until(struct run *, int step);

/* Nobody asks until then; decisions expire. */
void run_skip(struct run *, int step);

/* Another arm of the world, in the group and like an arm ("arm0"), or NULL. */
void run_arm_add(struct run *, const char *group, const char *from);

/* What the arm earned at that step, or would have. */
double run_reward(const struct run *, int step, int arm);

/* What the steps from..to - 1 lost. */
double run_regret(const struct run *, int from, int to);

/* How often the arm was first in the steps from..to - 1, as a share. */
double run_share(const struct run *, int arm, int from, int to);

/* A context of the type goes into the router, for router_view(). */
void run_look(struct run *, int type);

/* Random numbers of a step, for a purpose of their own. */
uint64_t sim_random(uint64_t seed, int step, int purpose);
double sim_uniform(uint64_t *random);
double sim_gauss(uint64_t *random);

/* A mean over runs, and its standard error. */
struct mean {
	int n;
	double mean, m2;
};
void mean_add(struct mean *, double);
double mean_error(const struct mean *);

/* n means, their errors and what they are of, as a comment of TAP. */
void mean_print(const char *title, const struct mean *, int n);

/*
 * The regret of so many runs with the policy and the settings, in the steps
 * from at[i] to at[i + 1] - 1, i < n; printed as well.
 */
struct trial {
	const struct world *world;
	struct gateway gateway;
	uint64_t seed;
	int runs;
	int n;
	const int *at; /* [n + 1] */
};
void sim_regret(const struct trial *, const char *policy, const char *settings,
    struct mean *);

/* The seed of that run, 0 <= i < 1000, of a test. */
uint64_t sim_seed(uint64_t seed, int i);

/* Bars. */
#define assert_at_most(got, bar)                                            \
	do {                                                                \
		if (!((got) <= (bar)))                                      \
			fail_msg("%s is %g, above %g", #got, (got), (bar)); \
	} while (0)
#define assert_at_least(got, bar)                                           \
	do {                                                                \
		if (!((got) >= (bar)))                                      \
			fail_msg("%s is %g, below %g", #got, (got), (bar)); \
	} while (0)

#endif
