/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold: the same log, the same state, whatever was kept in cells. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/cell.h"
#include "bandit/model.h"
#include "tests/unit/world.h"

#define EVENTS 300

static const struct {
	bool exact, auto_bandwidth, choice, structured, weighs;
} kinds[] = { { .exact = false }, { .auto_bandwidth = true },
	{ .exact = true, .auto_bandwidth = true }, { .choice = true },
	{ .auto_bandwidth = true, .choice = true },
	{ .exact = true, .choice = true },
	{ .auto_bandwidth = true, .structured = true }, { .weighs = true },
	{ .auto_bandwidth = true, .weighs = true },
	{ .exact = true, .weighs = true } };
#define KINDS ((int)(sizeof kinds / sizeof *kinds))

static void
world_of_kind(struct world *w, uint64_t seed, int kind)
{
	world_init(w, seed, kinds[kind].exact, kinds[kind].auto_bandwidth);
	w->choice = kinds[kind].choice;
	w->structured = kinds[kind].structured;
	w->weighs = kinds[kind].weighs;
}

static void
fold_some(struct bandit *b, struct world *w, int n)
{
	struct event ev;

	for (int i = 0; i < n; i++) {
		world_next(w, &ev);
		assert_int_not_equal(bandit_fold(b, &ev, NULL), ERR_DATA);
	}
}

static void
hash_after(char *hash, uint64_t seed, int kind, int events)
{
	struct bandit b = { 0 };
	struct world w;

	world_of_kind(&w, seed, kind);
	fold_some(&b, &w, events);
	bandit_hash(&b, NULL, hash);
	bandit_fini(&b);
}

static void
same_log_same_hash(void **state)
{
	char one[STATE_HASH_SIZE], two[STATE_HASH_SIZE];

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		hash_after(one, 7, k, EVENTS);
		hash_after(two, 7, k, EVENTS);
		assert_string_equal(one, two);
		hash_after(two, 8, k, EVENTS);
		assert_string_not_equal(one, two);
		hash_after(two, 7, k, EVENTS - 1);
		assert_string_not_equal(one, two);
	}
}

/* A copy made of cells, each taken at its own time. */
struct cells {
	struct buf router;
	int arms;
	uint32_t uid[64];
	struct buf arm[64];
};

static void
take_cells(struct cells *c, const struct router *r)
{
	c->router.len = 0;
	cell_encode_router(r, &c->router);
	c->arms = r->arms;
	for (int i = 0; i < r->arms; i++) {
		c->uid[i] = r->arm[i]->uid;
		c->arm[i].len = 0;
		cell_encode_arm(r, r->arm[i], &c->arm[i]);
	}
}

static void
cells_free(struct cells *c)
{
	buf_free(&c->router);
	for (int i = 0; i < 64; i++)
		buf_free(&c->arm[i]);
}

static const struct buf *
cell_of(const struct cells *c, uint32_t uid)
{
	for (int i = 0; i < c->arms; i++)
		if (c->uid[i] == uid)
			return &c->arm[i];
	return NULL;
}

/* False where an arm has no cell that fits. */
static bool
restore(struct bandit *b, const struct cells *router, const struct cells *arms)
{
	struct router *r =
	    cell_decode_router(router->router.data, router->router.len);

	assert_non_null(r);
	bandit_add(b, r);
	for (int i = 0; i < r->arms; i++) {
		const struct buf *cell = cell_of(arms, r->arm[i]->uid);

		if (cell == NULL ||
		    !cell_decode_arm(r, r->arm[i], cell->data, cell->len))
			return false;
	}
	return true;
}

/* Cells taken after `at` and `later` events, the router's of one age and the
 * arms' of the other, and the log folded over them once more. */
static bool
mixed_ages_recover(int kind, int at, int later, bool router_older)
{
	char want[STATE_HASH_SIZE], is[STATE_HASH_SIZE];
	struct cells old = { 0 }, young = { 0 };
	struct bandit live = { 0 }, copy = { 0 };
	struct world w;
	bool restored;

	world_of_kind(&w, 3, kind);
	fold_some(&live, &w, at);
	take_cells(&old, live.router[0]);
	fold_some(&live, &w, later - at);
	take_cells(&young, live.router[0]);
	restored = router_older ? restore(&copy, &old, &young)
				: restore(&copy, &young, &old);
	if (restored) {
		world_of_kind(&w, 3, kind);
		fold_some(&copy, &w, EVENTS);
		bandit_hash(&copy, NULL, is);
		hash_after(want, 3, kind, EVENTS);
		assert_string_equal(is, want);
	}
	bandit_fini(&live);
	bandit_fini(&copy);
	cells_free(&old);
	cells_free(&young);
	return restored;
}

static void
cells_of_different_age_recover_the_same_state(void **state)
{
	int restored[2] = { 0, 0 };

	(void)state;
	for (int k = 0; k < KINDS; k++)
		for (int at = 5; at < EVENTS; at += 23)
			for (int later = at; later < EVENTS; later += 61)
				for (int older = 0; older < 2; older++)
					restored[older] += mixed_ages_recover(k,
					    at, later, older);
	printf("# restored %d and %d times\n", restored[0], restored[1]);
	assert_true(restored[0] > 40 && restored[1] > 40);
}

static void
broken_cells_are_refused(void **state)
{
	struct bandit live = { 0 };
	struct cells c = { 0 };
	struct router *r;
	struct world w;

	(void)state;
	world_init(&w, 5, false, false);
	fold_some(&live, &w, 100);
	r = live.router[0];
	take_cells(&c, r);
	for (size_t n = 0; n < c.router.len; n++)
		assert_null(cell_decode_router(c.router.data, n));
	for (size_t n = 0; n < c.arm[0].len; n += 7)
		assert_false(cell_decode_arm(r, r->arm[0], c.arm[0].data, n));
	bandit_fini(&live);
	cells_free(&c);
}

static void
assert_same_model(const struct arm *a, const struct arm *b)
{
	struct buf one = { 0 }, two = { 0 };

	model_encode(a->model, &one);
	model_encode(b->model, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	buf_free(&one);
	buf_free(&two);
}

/* Settings that change what was learnt come at another place in the two, and
 * are left out. */
static void
held_rewards_are_folded_in_once_the_bandwidth_is_known(void **state)
{
	struct bandit held = { 0 }, at_once = { 0 };
	struct world w;
	struct event ev;

	(void)state;
	world_init(&w, 11, false, true);
	w.weighs = true;
	for (int i = 0; i < EVENTS; i++) {
		world_next(&w, &ev);
		if (ev.kind == EVENT_SETTINGS)
			continue;
		ev.seq = held.seq + 1;
		bandit_fold(&held, &ev, NULL);
		assert_int_equal(router_ready(held.router[0]), w.seq >= 60);
		if (ev.kind == EVENT_ROUTER)
			ev.settings.bandwidth = 1.25;
		if (ev.kind == EVENT_BANDWIDTH) /* the other has one */
			at_once.seq++;
		else
			bandit_fold(&at_once, &ev, NULL);
	}
	assert_true(held.router[0]->arms > 1);
	for (int i = 0; i < held.router[0]->arms; i++)
		assert_same_model(held.router[0]->arm[i],
		    at_once.router[0]->arm[i]);
	bandit_fini(&held);
	bandit_fini(&at_once);
}

/* A bandwidth in force before its event is in the log, with rewards, arms and
 * settings in between. */
static void
what_is_provisional_leaves_no_trace(void **state)
{
	char is[STATE_HASH_SIZE], want[STATE_HASH_SIZE];
	struct bandit b = { 0 };
	struct world w;

	(void)state;
	for (int k = 0; k < KINDS; k++)
		for (int at = 5; kinds[k].auto_bandwidth && at < 59; at += 9) {
			world_of_kind(&w, 3, k);
			fold_some(&b, &w, at);
			router_take_bandwidth(b.router[0], 1.25);
			assert_true(router_ready(b.router[0]));
			for (int i = at; i < 80; i++) {
				bandit_hash(&b, NULL, is);
				hash_after(want, 3, k, i);
				assert_string_equal(is, want);
				assert_int_equal(
				    router_provisional(b.router[0]), i < 60);
				fold_some(&b, &w, 1);
			}
			bandit_fini(&b);
		}
}

static void
an_arm_added_twice_is_a_conflict_and_changes_nothing(void **state)
{
	char before[STATE_HASH_SIZE], after[STATE_HASH_SIZE];
	struct bandit b = { 0 };
	struct event ev = { .kind = EVENT_ARM_ADD,
		.seq = 4,
		.router = 1,
		.cost = 1,
		.name = "arm1" };
	struct world w;

	(void)state;
	world_init(&w, 1, false, false);
	fold_some(&b, &w, 3);
	bandit_hash(&b, NULL, before);
	assert_int_equal(bandit_fold(&b, &ev, NULL), ERR_CONFLICT);
	b.router[0]->seq = 3; /* the seq it has seen is all that differs */
	bandit_hash(&b, NULL, after);
	assert_string_equal(before, after);
	bandit_fini(&b);
}

static void
settings_change_nothing_that_is_fixed(void **state)
{
	struct bandit b = { 0 };
	struct event ev;
	struct world w;

	(void)state;
	world_init(&w, 3, false, false);
	for (int i = 0; i < 40; i++) {
		world_next(&w, &ev);
		bandit_fold(&b, &ev, NULL);
	}
	ev = (struct event){ .kind = EVENT_SETTINGS,
		.seq = b.seq + 1,
		.router = b.router[0]->id,
		.settings = b.router[0]->settings };
	ev.settings.rff_dimension = 2 * WORLD_PHI;
	ev.settings.features = FEATURES_EXACT;
	ev.settings.regularization = 7;
	assert_int_equal(bandit_fold(&b, &ev, NULL), ERR_NONE);
	assert_int_equal(b.router[0]->settings.rff_dimension, WORLD_PHI);
	assert_int_equal(b.router[0]->settings.features, FEATURES_RFF);
	assert_true(b.router[0]->settings.regularization == 7);
	bandit_fini(&b);
}

static void
an_event_left_out_is_noticed(void **state)
{
	struct bandit b = { 0 };
	struct world w;
	struct event ev;

	(void)state;
	world_init(&w, 1, false, false);
	fold_some(&b, &w, 10);
	world_next(&w, &ev);
	world_next(&w, &ev);
	assert_int_equal(bandit_fold(&b, &ev, NULL), ERR_DATA);
	assert_int_equal(b.seq, 10);
	bandit_fini(&b);
}

static void
routers_are_kept_in_the_order_of_their_birth(void **state)
{
	struct bandit b = { 0 };
	struct event ev = { .kind = EVENT_ROUTER };

	(void)state;
	settings_default(router_settings, &ev.settings);
	for (uint32_t id = 3; id >= 1; id--) {
		ev.router = id;
		bandit_add(&b, router_new(&ev, NULL));
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(b.router[i]->id, i + 1);
	assert_int_equal(bandit_next_id(&b), 4);
	bandit_fini(&b);
}

/* A reward without a decision, and one of a decision, to a new arm each. */
static void
what_is_observed_counts_as_much_as_history_weight_says(void **state)
{
	struct event birth = { .kind = EVENT_ROUTER, .seq = 1, .router = 1 };
	struct event add = { .kind = EVENT_ARM_ADD, .router = 1, .cost = NAN };
	float x[] = { 1, 0 };
	struct event reward = { .kind = EVENT_REWARD,
		.router = 1,
		.reward = 1,
		.cost = NAN,
		.decision = { .x = x, .d = 2 } };
	struct model_score history, traffic;
	struct bandit b = { 0 };

	(void)state;
	settings_default(router_settings, &birth.settings);
	birth.settings.dimension = 2;
	birth.settings.rff_dimension = 16;
	birth.settings.bandwidth = 1;
	birth.settings.regularization = 3;
	birth.settings.history_weight = 0.5;
	assert_int_equal(bandit_fold(&b, &birth, NULL), ERR_NONE);
	for (uint32_t uid = 1; uid <= 2; uid++) {
		add.seq = b.seq + 1;
		snprintf(add.name, sizeof add.name, "arm%u", uid);
		assert_int_equal(bandit_fold(&b, &add, NULL), ERR_NONE);
		reward.seq = b.seq + 1;
		reward.arm = uid;
		strcpy(reward.decision.id, uid == 1 ? "" : "d1.1.1");
		assert_int_equal(bandit_fold(&b, &reward, NULL), ERR_NONE);
	}
	model_score(b.router[0]->arm[0]->model, b.router[0]->phi, 1, &history);
	model_score(b.router[0]->arm[1]->model, b.router[0]->phi, 1, &traffic);
	assert_true(fabs(history.fit - 0.5 / 3.5) < 1e-12);
	assert_true(fabs(traffic.fit - 1 / 4.0) < 1e-12);
	assert_true(fabs(history.sigma - 1 / sqrt(3.5)) < 1e-12);
	assert_true(fabs(traffic.sigma - 1 / sqrt(4)) < 1e-12);
	bandit_fini(&b);
}

/*
 * Every bit of it: printed by this test when the fold, the cells or the
 * settings change on purpose; never because of a compiler or a machine.
 */
static void
the_hash_is_the_same_on_every_build(void **state)
{
	static const char *const golden[KINDS] = {
		"48a8e0af5f8eaaa66dcd3765d723b263",
		"ca12c1ff78b78764a02ad7d8a2f971fa",
		"4d724856da98b982e3bf4d8c8c3762f8",
		"52a7aae8812d011be0ff0decfa570bf1",
		"a4a3e6c232bda7a1252936d9ff9a37d6",
		"b3f7e7429bac79b3e70a7b1c84d43ed4",
		"4056caad4099297c9acc68654820073b",
		"38c5e759785def5d24619d70ade2e156",
		"440139d9305b96dc3ccb1df5faffc714",
		"8f614c6e0523e9d5fe14e91bf55d8cad",
	};
	char hash[STATE_HASH_SIZE];

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		hash_after(hash, 7, k, 3000);
		printf("# %s\n", hash);
		assert_string_equal(hash, golden[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_log_same_hash),
		cmocka_unit_test(the_hash_is_the_same_on_every_build),
		cmocka_unit_test(cells_of_different_age_recover_the_same_state),
		cmocka_unit_test(broken_cells_are_refused),
		cmocka_unit_test(
		    held_rewards_are_folded_in_once_the_bandwidth_is_known),
		cmocka_unit_test(what_is_provisional_leaves_no_trace),
		cmocka_unit_test(
		    an_arm_added_twice_is_a_conflict_and_changes_nothing),
		cmocka_unit_test(settings_change_nothing_that_is_fixed),
		cmocka_unit_test(an_event_left_out_is_noticed),
		cmocka_unit_test(routers_are_kept_in_the_order_of_their_birth),
		cmocka_unit_test(
		    what_is_observed_counts_as_much_as_history_weight_says),
	};

#ifdef EXACT_ONLY /* what learns is built for one instruction set; exact.h */
	if (!__builtin_cpu_supports(EXACT_NEEDS)) {
		printf("1..0 # SKIP this machine has no %s\n", EXACT_NEEDS);
		return 0;
	}
#endif
	return cmocka_run_group_tests(tests, NULL, NULL);
}
