/* SPDX-License-Identifier: GPL-3.0-or-later */
/* router_ask: contexts that came together are answered bit for bit as
 * if each had come alone, and nothing is allocated for them. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "bandit/bandit.h"
#include "tests/unit/allocations.h"
#include "tests/unit/world.h"

#define EVENTS 300
#define CONTEXTS MODEL_FAST
#define ARMS_MOST 64

static const struct {
	bool exact, auto_bandwidth, choice;
	int events;
} kinds[] = {
	{ false, false, false, EVENTS },
	{ false, true, false, 6 }, /* no bandwidth yet, so no model */
	{ true, false, false, EVENTS },
	{ false, false, true, EVENTS },
};
#define KINDS ((int)(sizeof kinds / sizeof *kinds))

struct answer {
	int k, slate[ARMS_MOST];
	double propensity[ARMS_MOST];
	struct view view[ARMS_MOST];
};

static void
make(struct bandit *b, int kind)
{
	struct event ev;
	struct world w;

	world_init(&w, 5, kinds[kind].exact, kinds[kind].auto_bandwidth);
	w.choice = kinds[kind].choice;
	for (int i = 0; i < kinds[kind].events; i++) {
		world_next(&w, &ev);
		assert_int_not_equal(bandit_fold(b, &ev, NULL), ERR_DATA);
	}
	assert_in_range(b->router[0]->arms, 2, ARMS_MOST);
}

static void
context(struct router *r, uint64_t *random)
{
	float x[WORLD_D];

	for (int i = 0; i < WORLD_D; i++)
		x[i] = (float)test_below(random, 1000) - 500;
	assert_int_equal(router_context(r, x, WORLD_D, NULL), ERR_NONE);
}

static void
keep(const struct router *r, struct answer *a)
{
	memset(a, 0, sizeof *a);
	a->k = r->choice.k;
	for (int i = 0; i < a->k; i++) {
		a->slate[i] = r->choice.slate[i];
		a->propensity[i] = r->choice.propensity[i];
	}
	for (int i = 0; i < r->arms; i++) {
		const struct view *v = &r->view[i];

		a->view[i].why = v->why;
		a->view[i].untried = v->untried;
		a->view[i].mean = v->mean;
		a->view[i].sigma = v->sigma;
		a->view[i].score = v->score;
		a->view[i].probability = v->probability;
	}
}

/* The arm that was chosen now waits, as the daemon says it. */
static void
pend(struct router *r)
{
	struct shown shown = { 0 };
	struct decision d = { .k = 1, .shown = &shown, .state_seq = r->seq };
	struct mark m;

	router_pend(r, r->arm[r->choice.slate[0]], &d, 0, &m);
}

static void
ask(struct router *r, const double *x, int n)
{
	static const enum why why[ARMS_MOST];
	const struct wish w = { .why = why, .max_cost = INFINITY, .k = 2 };
	static double phi[CONTEXTS * WORLD_PHI];
	static struct answer alone, among;

	assert_true(r->map == NULL || r->map->out <= WORLD_PHI);
	if (r->map != NULL)
		map_fill_many(r->map, x, n, phi);
	for (int i = 0; i < n; i++) {
		uint64_t number = ++r->decisions;

		memcpy(r->x, x + i * WORLD_D, WORLD_D * sizeof *x);
		if (router_eligible(r, &w) == 0)
			continue;
		router_consider(r, &w, number);
		keep(r, &alone);
		assert_true(router_eligible(r, &w) > 0);
		router_ask(r, phi, n);
		router_consider_asked(r, &w, number, i);
		keep(r, &among);
		assert_memory_equal(&alone, &among, sizeof alone);
		if (r->settings.pending == PENDING_COUNT)
			pend(r);
	}
}

static void
ask_each(struct router *r, uint64_t *random)
{
	static double x[CONTEXTS * WORLD_D];

	for (int n = 1; n <= CONTEXTS; n++) {
		for (int i = 0; i < n; i++) {
			context(r, random);
			memcpy(x + i * WORLD_D, r->x, WORLD_D * sizeof *x);
		}
		ask(r, x, n);
		pend(r); /* with hallucinate only here */
	}
}

/* Under each policy; only features can hallucinate. */
static void
each_as_alone(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		struct bandit b = { 0 };
		struct router *r;

		make(&b, k);
		r = b.router[0];
		for (int p = 0; policies[p].name != NULL; p++)
			for (int how = 0; how < 2 - kinds[k].exact; how++) {
				r->settings.policy = p;
				r->settings.pending = how == 0
				    ? PENDING_COUNT
				    : PENDING_HALLUCINATE;
				ask_each(r, &random);
			}
		bandit_fini(&b);
	}
}

static void
nothing_is_allocated_once_warm(void **state)
{
	uint64_t random = test_seed();
	struct bandit b = { 0 };
	long before;

	(void)state;
	make(&b, 0);
	ask_each(b.router[0], &random);
	before = allocations;
	ask_each(b.router[0], &random);
	assert_int_equal(allocations, before);
	bandit_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_as_alone),
		cmocka_unit_test(nothing_is_allocated_once_warm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
