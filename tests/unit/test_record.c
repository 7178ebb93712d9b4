/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records: every kind comes back as it was; broken ones are refused. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "features/context.h"
#include "persist/record.h"
#include "tests/unit/world.h"

static float x[CONTEXT_MAX_DIMENSION];

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
		    event_decode(body.data, body.len, x, &back, NULL),
		    ERR_NONE);
		assert_same_event(&ev, &back);
		assert_int_equal(back.router, ev.router);
		assert_true(back.time == ev.time);
		if (ev.kind == EVENT_REWARD) {
			assert_memory_equal(back.decision.x, ev.decision.x,
			    WORLD_D * sizeof(float));
			assert_string_equal(back.decision.id, ev.decision.id);
			assert_true(back.reward == ev.reward);
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
			    event_decode(body.data, n, x, &back, NULL),
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
		if (event_decode(body.data, body.len, x, &back, NULL) == 0) {
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
	assert_int_equal(event_decode(newer, sizeof newer, x, &ev, &f),
	    ERR_DATA);
	assert_non_null(strstr(f.text, "newer"));
}

static void
a_decision_keeps_its_context_only_while_it_waits(void **state)
{
	float context[3] = { 1, -2, 0.5f };
	struct decision back,
	    d = { .id = "own:id",
		    .number = 7,
		    .router = 2,
		    .arm = 3,
		    .time = 1.5,
		    .propensity = 0.25,
		    .state_seq = 9,
		    .policy = 1,
		    .x = context,
		    .d = 3 };
	struct buf body = { 0 };
	enum decision_state st;
	uint64_t seq;

	(void)state;
	decision_encode(&d, DECISION_PENDING, 0, &body);
	assert_int_equal(
	    decision_decode(body.data, body.len, x, &back, &st, &seq),
	    ERR_NONE);
	assert_int_equal(st, DECISION_PENDING);
	assert_string_equal(back.id, d.id);
	assert_int_equal(back.d, 3);
	assert_memory_equal(back.x, context, sizeof context);
	assert_true(back.propensity == 0.25 && back.policy == 1);
	for (size_t n = 0; n < body.len; n++)
		assert_int_equal(
		    decision_decode(body.data, n, x, &back, &st, &seq),
		    ERR_DATA);
	for (size_t bit = 0; bit < 8 * body.len; bit++) {
		body.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
		    decision_decode(body.data, body.len, x, &back, &st, &seq),
		    ERR_DATA);
		body.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	body.len = 0;
	decision_encode(&d, DECISION_REWARDED, 12, &body);
	assert_int_equal(
	    decision_decode(body.data, body.len, x, &back, &st, &seq),
	    ERR_NONE);
	assert_int_equal(st, DECISION_REWARDED);
	assert_int_equal(seq, 12);
	assert_int_equal(back.d, 0);
	buf_free(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back_as_it_was),
		cmocka_unit_test(cut_off_anywhere_is_refused),
		cmocka_unit_test(flipped_bits_never_break_the_reader),
		cmocka_unit_test(a_newer_record_says_so),
		cmocka_unit_test(
		    a_decision_keeps_its_context_only_while_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
