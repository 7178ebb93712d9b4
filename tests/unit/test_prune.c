/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An arm that is not scored could not have been the one: over real prompts, the
 * decision with bounds and that with all scores are the same.
 *
 * $DECISIONS says how many (100000), $SEED which prompts.
 */
#include "tests/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/forward.h"
#include "eval/brp.h"

#define ARMS_MOST 16
#define DECISIONS 100000
#define DECISIONS_VALGRIND 2000
#define TOGETHER 13

struct play {
	struct brp set;
	struct bandit bandit;
	struct router *router;
	uint64_t random;
	int row;
	float *x;
	enum why why[ARMS_MOST];
	struct wish wish;
	struct view bound[ARMS_MOST]; /* of the decision with bounds */
};

static void
fold(struct play *p, struct event ev)
{
	struct fault f = { 0 };

	ev.seq = p->bandit.seq + 1;
	ev.time = 1e9 + (double)ev.seq;
	ev.router = 1;
	if (bandit_fold(&p->bandit, &ev, &f) != ERR_NONE)
		fail_msg("%s", f.text);
}

static void
set(struct router_settings *s, const char *name, const char *value)
{
	const struct setting *row =
	    setting_find(router_settings, name, strlen(name));
	struct fault f = { 0 };

	assert_non_null(row);
	if (setting_parse(row, s, value, &f) != ERR_NONE)
		fail_msg("%s", f.text);
}

/* One router with its arms; settings are names and values by turns. */
static void
play_init(struct play *p, const char *name, const char *const *settings)
{
	struct event ev = { .kind = EVENT_ROUTER, .name = "default" };
	struct fault f = { 0 };
	char path[512];

	*p = (struct play){ .random = test_seed() };
	snprintf(path, sizeof path, "%s/data/%s.brp",
	    getenv("srcdir") != NULL ? getenv("srcdir") : ".", name);
	if (brp_read(&p->set, path, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	settings_default(router_settings, &ev.settings);
	ev.settings.dimension = p->set.dimension;
	set(&ev.settings, "rff_dimension", "128");
	set(&ev.settings, "bandwidth", "1");
	for (; *settings != NULL; settings += 2)
		set(&ev.settings, settings[0], settings[1]);
	fold(p, ev);
	p->router = bandit_of(&p->bandit, 1);
	for (int i = 0; i < p->set.arms && i < ARMS_MOST; i++) {
		ev = (struct event){ .kind = EVENT_ARM_ADD, .cost = 0.1 * i };
		snprintf(ev.name, sizeof ev.name, "arm%d", i);
		fold(p, ev);
	}
	p->x = calloc((size_t)p->set.dimension, sizeof *p->x);
}

static void
play_fini(struct play *p)
{
	bandit_fini(&p->bandit);
	brp_fini(&p->set);
	free(p->x);
}

static int
below(struct play *p, int n)
{
	return (int)(test_random(&p->random) >> 33) % n;
}

/* A prompt, some arms that may not be, and now and then a session. */
static void
ask(struct play *p, bool sessions)
{
	const struct router *r = p->router;

	p->row = below(p, p->set.rows);
	brp_context(&p->set, p->row, p->x);
	for (int i = 0; i < r->arms; i++)
		p->why[i] = below(p, 10) == 0 ? WHY_EXCLUDED : WHY_ELIGIBLE;
	p->why[below(p, r->arms)] = WHY_ELIGIBLE;
	p->wish = (struct wish){ .why = p->why, .max_cost = NAN, .k = 1 };
	if (sessions && below(p, 2) == 0) {
		p->wish.prefer = r->arm[below(p, r->arms)]->uid;
		p->wish.switch_cost = 0.05;
	}
}

static int
decide(struct play *p, bool all, uint64_t number, double *propensity)
{
	struct router *r = p->router;

	p->wish.all = all;
	assert_int_equal(router_context(r, p->x, p->set.dimension, NULL), 0);
	assert_true(router_eligible(r, &p->wish) > 0);
	router_consider(r, &p->wish, number);
	*propensity = r->choice.propensity[0];
	return r->choice.slate[0];
}

/* The arm that both say. */
static int
decide_both(struct play *p, uint64_t number)
{
	struct router *r = p->router;
	double some, all;
	int arm = decide(p, false, number, &some);

	memcpy(p->bound, r->view, (size_t)r->arms * sizeof *r->view);
	assert_int_equal(arm, decide(p, true, number, &all));
	assert_true(some == all);
	assert_false(p->bound[arm].at_most);
	for (int i = 0; i < r->arms; i++) {
		const struct view *v = &r->view[i], *b = &p->bound[i];

		assert_false(v->at_most);
		if (b->at_most)
			assert_true(b->sigma >= v->sigma * (1 - 1e-5));
		else
			assert_true(b->mean == v->mean && b->sigma == v->sigma);
		assert_true(b->probability == v->probability);
	}
	return arm;
}

/* Contexts that come together, of one wish, and each of them alone. */
static void
decide_together(struct play *p, uint64_t number)
{
	struct router *r = p->router;
	size_t d = (size_t)p->set.dimension, D = (size_t)r->map->out;
	double *x = calloc(TOGETHER * d, sizeof *x), some, all;
	double *phi = calloc(TOGETHER * D, sizeof *phi);
	int arm[TOGETHER], rows[TOGETHER];
	double propensity[TOGETHER];

	ask(p, true);
	for (size_t i = 0; i < TOGETHER; i++) {
		rows[i] = below(p, p->set.rows);
		brp_context(&p->set, rows[i], p->x);
		assert_int_equal(router_context(r, p->x, (int)d, NULL), 0);
		memcpy(x + i * d, r->x, d * sizeof *x);
	}
	map_fill_many(r->map, x, TOGETHER, phi);
	router_ask(r, phi, TOGETHER);
	p->wish.all = false;
	for (int i = 0; i < TOGETHER; i++) {
		assert_true(router_eligible(r, &p->wish) > 0);
		router_consider_asked(r, &p->wish, number + (uint64_t)i, i);
		arm[i] = r->choice.slate[0];
		propensity[i] = r->choice.propensity[0];
	}
	for (int i = 0; i < TOGETHER; i++) {
		brp_context(&p->set, rows[i], p->x);
		assert_int_equal(arm[i],
		    decide(p, false, number + (uint64_t)i, &some));
		assert_int_equal(arm[i],
		    decide(p, true, number + (uint64_t)i, &all));
		assert_true(some == propensity[i] && all == propensity[i]);
	}
	free(x);
	free(phi);
}

static void
learn(struct play *p, int arm, uint64_t number)
{
	struct router *r = p->router;
	double reward = brp_reward(&p->set, p->row, arm);
	struct shown shown = { .arm = r->arm[arm]->uid };
	struct decision d = { .number = number,
		.state_seq = r->seq,
		.k = 1,
		.shown = &shown,
		.d = p->set.dimension,
		.x = p->x };
	struct mark mark;

	if (number % 7 == 0) { /* one that waits for ever */
		assert_int_equal(router_context(r, p->x, d.d, NULL), 0);
		router_pend(r, r->arm[arm], &d, 0, &mark);
	} else if (!isnan(reward))
		fold(p,
		    (struct event){ .kind = EVENT_REWARD,
			.arm = r->arm[arm]->uid,
			.reward = fmin(fmax(reward, 0), 1),
			.cost = NAN,
			.decision = { .x = p->x, .d = d.d } });
}

struct scene {
	const char *set;
	int share; /* of the decisions, in hundredths */
	const char *settings[7];
	bool sessions;
};

/* clang-format off */
static const struct scene scenes[] = {
	{ "llmrouter_dev", 30, { NULL }, false },
	{ "pareto_val", 20, { NULL }, true },
	{ "llmrouter_dev", 10, { "half_life", "300", NULL }, false },
	{ "llmrouter_dev", 10, { "cost_weight", "0.3",
	    "explore_floor", "0.05", NULL }, true },
	{ "llmrouter_dev", 10, { "policy", "greedy", NULL }, false },
	{ "llmrouter_dev", 10, { "regularization", "0.01", "exploration", "2",
	    "prior_mean", "0" }, false },
	{ "llmrouter_dev", 10, { "pending", "hallucinate", NULL }, true },
};
/* clang-format on */

static void
play(const struct scene *s, int decisions)
{
	uint64_t scored, spared;
	struct play p;

	play_init(&p, s->set, s->settings);
	for (int n = 1; n <= decisions; n++) {
		ask(&p, s->sessions);
		learn(&p, decide_both(&p, (uint64_t)n), (uint64_t)n);
		if (n % 100 == 0)
			decide_together(&p, (uint64_t)n);
	}
	scored = p.router->scored;
	spared = p.router->spared;
	printf("# %s %s: %.2f of %d arms scored\n", s->set,
	    s->settings[0] != NULL ? s->settings[0] : "",
	    (double)scored / (double)(scored + spared) * p.router->arms,
	    p.router->arms);
	assert_true(spared > 0);
	play_fini(&p);
}

static void
the_arm_is_the_same_without_the_scores_of_all(void **state)
{
	const char *text = getenv("DECISIONS");
	int most = test_under_valgrind() ? DECISIONS_VALGRIND : DECISIONS;
	int decisions = text != NULL ? atoi(text) : most;

	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		play(&scenes[i], decisions * scenes[i].share / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_arm_is_the_same_without_the_scores_of_all),
	};

	gsl_set_error_handler_off();
	if (test_under_valgrind()) /* which gives up on the longest kernels */
		forward_force("plain");
	return cmocka_run_group_tests_name("prune", tests, NULL, NULL);
}
