/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records: every kind comes back as it was; broken ones are refused. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/pack.h"
#include "persist/record.h"
#include "tests/unit/world.h"

static struct room room;

static void
assert_same_event(const struct event *a, const struct event *b)
{
	struct buf one = { 0 }, two = { 0 };

	event_encode(a, &one);
	event_encode(b, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	buf_free(&one);
	buf_free(&two);
}

static void
rebuild(struct event *ev)
{
	*ev = (struct event){ .kind = EVENT_REBUILD,
		.router = 9,
		.named = 5,
		.after = 77,
		.cost = NAN };
	settings_default(router_settings, &ev->settings);
	ev->settings.half_life = -3600;
}

static void
dropped(struct event *ev)
{
	static const struct dropped of[] = { { 9, 300, 312 }, { 2, 1, 311 } };

	*ev = (struct event){ .kind = EVENT_DROPPED,
		.router = 9,
		.dropped = of,
		.drops = 2,
		.cost = NAN };
}

/* By its members: what lies between them is nobody's. */
static void
assert_same_shown(const struct shown *a, const struct shown *b)
{
	assert_int_equal(a->arm, b->arm);
	assert_true(a->propensity == b->propensity);
	assert_true(a->mean == b->mean && a->sigma == b->sigma);
	assert_int_equal(a->ended, b->ended);
	assert_true(a->faded == b->faded);
}

static void
every_kind_comes_back_as_it_was(void **state)
{
	unsigned seen = 0;
	struct world w;

	(void)state;
	world_init(&w, test_seed(), false, true);
	for (int i = 0; i < 2000; i++) {
		struct event ev, back;
		struct buf body = { 0 };

		world_next(&w, &ev);
		if (i == 5)
			ev = (struct event){ .kind = EVENT_DIMENSION,
				.router = 9,
				.dimension = 384,
				.cost = NAN };
		if (i == 7)
			rebuild(&ev);
		if (i == 8)
			dropped(&ev);
		if (i == 6)
			ev = (struct event){ .kind = EVENT_ARM_SET,
				.router = 9,
				.arm = 3,
				.cost = 0.5,
				.group_said = true,
				.group = "family",
				.enabled_said = true };
		event_encode(&ev, &body);
		assert_int_equal(
		    event_decode(body.data, body.len, &room, &back, NULL),
		    ERR_NONE);
		assert_same_event(&ev, &back);
		assert_int_equal(back.router, ev.router);
		assert_true(back.time == ev.time);
		if (ev.kind == EVENT_REWARD) {
			assert_memory_equal(back.decision.x, ev.decision.x,
			    WORLD_D * sizeof(float));
			assert_true(back.reward == ev.reward);
		}
		if (ev.decision.id[0] != '\0') {
			assert_string_equal(back.decision.id, ev.decision.id);
			assert_int_equal(back.decision.k, ev.decision.k);
			for (int j = 0; j < ev.decision.k; j++)
				assert_same_shown(&back.decision.shown[j],
				    &ev.decision.shown[j]);
		}
		seen |= 1u << ev.kind;
		buf_free(&body);
	}
	assert_int_equal(seen, (1u << EVENT_KINDS) - 2);
}

static void
cut_off_anywhere_is_refused(void **state)
{
	struct world w;
	struct event ev, back;

	(void)state;
	world_init(&w, 2, false, false);
	for (int i = 0; i < 60; i++) {
		struct buf body = { 0 };

		world_next(&w, &ev);
		event_encode(&ev, &body);
		for (size_t n = 0; n < body.len; n++)
			assert_int_equal(
			    event_decode(body.data, n, &room, &back, NULL),
			    ERR_DATA);
		buf_free(&body);
	}
}

/* What comes through is a record all the same; that it is the right one is
 * for the checksum to say. */
static void
flipped_bits_never_break_the_reader(void **state)
{
	uint64_t seed = test_seed();
	struct event ev, back;
	struct buf body = { 0 };
	struct world w;

	(void)state;
	world_init(&w, 4, false, false);
	for (int i = 0; i < 20000; i++) {
		world_next(&w, &ev);
		body.len = 0;
		event_encode(&ev, &body);
		body.data[test_below(&seed, body.len)] ^=
		    (uint8_t)(1u << test_below(&seed, 8));
		if (event_decode(body.data, body.len, &room, &back, NULL) ==
		    0) {
			assert_in_range(back.kind, 1, EVENT_KINDS - 1);
			assert_true(isfinite(back.time));
		}
	}
	buf_free(&body);
}

static void
a_newer_record_says_so(void **state)
{
	const uint8_t newer[] = { 0x95, 2, 9, 0, 1, 0x80 };
	struct fault f;
	struct event ev;

	(void)state;
	assert_int_equal(event_decode(newer, sizeof newer, &room, &ev, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "newer"));
}

/* A slate of two, one of which has its reward. */
static struct decision_record
record_of_a_slate(void)
{
	static const float context[3] = { 1, -2, 0.5f };
	static const uint32_t eligible[3] = { 3, 4, 9 };
	static const struct shown shown[2] = {
		{ .arm = 4,
		    .propensity = 0.25,
		    .mean = 0.5,
		    .sigma = 2,
		    .ended = 11 },
		{ .arm = 3, .propensity = 0.75, .mean = -0.5, .sigma = 1 },
	};
	static const uint8_t seen[] = { 0x91, 0x91, 7 };

	return (struct decision_record){
		.decision = { .id = "own:id",
		    .number = 7,
		    .router = 2,
		    .time = 1.5,
		    .state_seq = 9,
		    .policy = 1,
		    .asked = true,
		    .k = 2,
		    .shown = shown,
		    .eligible = 3,
		    .eligible_arm = eligible,
		    .prefer = 9,
		    .switch_cost = 0.125,
		    .no_click = -0.5,
		    .no_click_sigma = 0.75,
		    .x = context,
		    .d = 3 },
		.how = BY_FEEDBACK,
		.seen = seen,
		.seen_len = sizeof seen,
	};
}

static void
assert_same_decision(const struct decision_record *a,
    const struct decision_record *b)
{
	struct buf one = { 0 }, two = { 0 };

	decision_encode(a, &one);
	decision_encode(b, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	buf_free(&one);
	buf_free(&two);
}

static void
a_decision_comes_back_as_it_was(void **state)
{
	struct decision_record r = record_of_a_slate(), back;
	struct buf body = { 0 };

	(void)state;
	decision_encode(&r, &body);
	assert_int_equal(decision_decode(body.data, body.len, &room, &back),
	    ERR_NONE);
	assert_same_decision(&r, &back);
	assert_int_equal(back.decision.shown[0].ended, 11);
	assert_int_equal(back.decision.eligible_arm[2], 9);
	assert_int_equal(back.seen_len, r.seen_len);
	for (size_t n = 0; n < body.len; n++)
		assert_int_equal(decision_decode(body.data, n, &room, &back),
		    ERR_DATA);
	for (size_t bit = 0; bit < 8 * body.len; bit++) {
		body.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
		    decision_decode(body.data, body.len, &room, &back),
		    ERR_DATA);
		body.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	buf_free(&body);
}

static void
a_decision_keeps_its_context_only_while_it_waits(void **state)
{
	struct decision_record r = record_of_a_slate(), back;
	struct buf body = { 0 };

	(void)state;
	r.state = DECISION_REWARDED;
	decision_encode(&r, &body);
	assert_int_equal(decision_decode(body.data, body.len, &room, &back),
	    ERR_NONE);
	assert_int_equal(back.state, DECISION_REWARDED);
	assert_int_equal(back.decision.d, 0);
	assert_int_equal(back.decision.k, 2);
	buf_free(&body);
}

/* [1, state, router, arm, [id, number, time, propensity, state_seq, policy],
 * seq, x], as version 0.1.0 wrote it. */
static void
a_decision_of_the_first_version_is_read(void **state)
{
	struct decision_record back;
	struct buf body = { 0 };
	uint32_t crc;

	(void)state;
	pack_array(&body, 7);
	pack_uint(&body, 1);
	pack_uint(&body, DECISION_REWARDED);
	pack_uint(&body, 2);
	pack_uint(&body, 5);
	pack_array(&body, 6);
	pack_str(&body, "own:id");
	pack_uint(&body, 7);
	pack_num(&body, 1.5);
	pack_num(&body, 0.25);
	pack_uint(&body, 9);
	pack_str(&body, "greedy");
	pack_uint(&body, 12);
	pack_bin(&body, "", 0);
	crc = crc32c(0, body.data, body.len);
	buf_put(&body, &crc, sizeof crc);
	assert_int_equal(decision_decode(body.data, body.len, &room, &back),
	    ERR_NONE);
	assert_int_equal(back.decision.k, 1);
	assert_int_equal(back.decision.shown[0].arm, 5);
	assert_int_equal(back.decision.shown[0].ended, 12);
	assert_true(back.decision.shown[0].propensity == 0.25);
	assert_int_equal(back.how, BY_FEEDBACK);
	buf_free(&body);
}

static int
drop(void **state)
{
	(void)state;
	room_fini(&room);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back_as_it_was),
		cmocka_unit_test(cut_off_anywhere_is_refused),
		cmocka_unit_test(flipped_bits_never_break_the_reader),
		cmocka_unit_test(a_newer_record_says_so),
		cmocka_unit_test(a_decision_comes_back_as_it_was),
		cmocka_unit_test(a_decision_of_the_first_version_is_read),
		cmocka_unit_test(
		    a_decision_keeps_its_context_only_while_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, drop);
}
