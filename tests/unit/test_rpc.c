/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rpc: envelopes, roles and answers; every wrong request has its own
 * sentence. */
#include "tests/test.h"

#include <string.h>

#include "base/pack.h"
#include "tests/unit/allocations.h"
#include "tests/unit/asking.h"

#define BYTES(s) s, sizeof(s) - 1

static void
request_is_answered_with_its_msgid(void **state)
{
	(void)state;
	assert_true(SEND("\x94\x00\x05\xa4open\x90"));
	answered_true(5);
	assert_true(SEND("\x94\x00\xce\xff\xff\xff\xff\xa4open\x90"));
	answered_true(UINT32_MAX);
	assert_int_equal(w.client.waiting, 0);
}

static void
method_may_be_a_bin_and_headers_of_any_width(void **state)
{
	(void)state;
	assert_true(SEND("\x94\x00\x05\xc4\x04open\x90"));
	answered_true(5);
	assert_true(SEND("\xdd\x00\x00\x00\x04\xcc\x00\xd3\x00\x00\x00\x00\x00"
			 "\x00\x00\x05\xda\x00\x04open\xdc\x00\x00"));
	answered_true(5);
}

static void
unknown_method_is_told_what_may_be_meant(void **state)
{
	(void)state;
	assert_true(SEND("\x94\x00\x05\xa4opne\x90"));
	answered_with_error(5,
	    "unknown_method: there is no method \"opne\"; "
	    "did you mean \"open\"?");
	assert_true(SEND("\x94\x00\x05\xa8"
			 "fialmute\x90"));
	answered_with_error(5,
	    "unknown_method: there is no method \"fialmute\"; the method "
	    "\"methods\" lists them");
	assert_true(SEND("\x94\x00\x05\xa0\x90"));
	answered_with_error(5,
	    "unknown_method: there is no method \"\"; "
	    "the method \"methods\" lists them");
	assert_int_equal(w.rpc.rejects[ERR_UNKNOWN_METHOD], 3);
}

static void
long_name_of_a_method_is_cut(void **state)
{
	char name[5000], text[2048];

	(void)state;
	memset(name, 'x', sizeof name);
	frame.len = 0;
	pack_array(&frame, 4);
	pack_uint(&frame, 0);
	pack_uint(&frame, 5);
	pack_strn(&frame, name, sizeof name);
	pack_array(&frame, 0);
	send_frame();
	assert_false(next_answer(5, text, sizeof text));
	assert_true(strlen(text) < 200);
}

static void
roles_decide_who_may_call(void **state)
{
	static const struct {
		unsigned roles;
		bool open, echo, fail, secret;
	} may[] = { { 0, true, false, false, false },
		{ ROLE_READ, true, false, true, false },
		{ ROLE_DECIDE, true, true, true, false },
		{ ROLE_ADMIN, true, true, true, true } };

	(void)state;
	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
		int before = w.called;

		w.client.roles = may[i].roles;
		SEND("\x94\x00\x05\xa4open\x90");
		SEND("\x94\x00\x05\xa4"
		     "echo\x91\x81\xa4text\xa0");
		SEND("\x94\x00\x05\xa4"
		     "fail\x90");
		SEND("\x94\x00\x05\xa6secret\x90");
		assert_int_equal(w.called - before,
		    may[i].open + may[i].echo + may[i].fail + may[i].secret);
	}
	assert_int_equal(w.rpc.rejects[ERR_DENIED], 3 + 2 + 1);
	w.client.roles = 0;
	SEND("\x94\x00\x05\xa6secret\x91\x81\xa1k\x02");
	answered_with_error(5,
	    "denied: method \"secret\" needs the role "
	    "admin; this user has none");
}

static void
error_of_a_function_leaves_nothing_of_its_result(void **state)
{
	(void)state;
	SEND("\x94\x00\x05\xa4"
	     "fail\x90");
	answered_with_error(5, "conflict: it always does");
	SEND("\x94\x00\x05\xa9"
	     "fail.mute\x90");
	answered_with_error(5, "storage: fail.mute failed");
	assert_int_equal(w.client.waiting, 0);
}

static void
later_answer_carries_the_msgid(void **state)
{
	struct buf *out;

	(void)state;
	assert_true(SEND("\x94\x00\x09\xa5later\x90"));
	assert_int_equal(w.client.out.len, 0);
	assert_int_equal(w.client.waiting, 1);
	assert_int_equal(w.flushed, 0);
	out = rpc_answer_later(&w.rpc, 77, 9);
	assert_ptr_equal(out, &w.client.out);
	pack_bool(out, true);
	rpc_answer_done(&w.rpc, 77);
	assert_int_equal(w.client.waiting, 0);
	assert_int_equal(w.flushed, 1);
	answers = (struct cursor){ out->data, out->data + out->len };
	answered_true(9);
}

static void
later_error_carries_the_msgid(void **state)
{
	const struct fault f = { ERR_STORAGE, "the disk is full" };

	(void)state;
	SEND("\x94\x00\x09\xa5later\x90");
	rpc_error_later(&w.rpc, 77, 9, &f);
	take_answers();
	answered_with_error(9, "storage: the disk is full");
	assert_int_equal(w.client.waiting, 0);
	assert_int_equal(w.flushed, 1);
	assert_int_equal(w.rpc.rejects[ERR_STORAGE], 1);
}

static void
later_answer_to_a_client_that_is_gone_is_dropped(void **state)
{
	const struct fault f = { ERR_STORAGE, "the disk is full" };

	(void)state;
	SEND("\x94\x00\x09\xa5later\x90");
	assert_null(rpc_answer_later(&w.rpc, 76, 9));
	rpc_answer_done(&w.rpc, 76);
	rpc_error_later(&w.rpc, 76, 9, &f);
	w.rpc.door[DOOR_SOCKET].owner = NULL;
	assert_null(rpc_answer_later(&w.rpc, 77, 9));
	rpc_answer_done(&w.rpc, 77);
	rpc_error_later(&w.rpc, 77, 9, &f);
	assert_int_equal(w.client.out.len, 0);
	assert_int_equal(w.client.waiting, 1);
	assert_int_equal(w.flushed, 0);
}

static void
notification_runs_and_is_not_answered(void **state)
{
	(void)state;
	assert_true(SEND("\x93\x02\xa4open\x90"));
	assert_int_equal(w.called, 1);
	assert_true(SEND("\x93\x02\xa4"
			 "fail\x90"));
	assert_int_equal(w.called, 2);
	assert_true(SEND("\x93\x02\xa6secret\x90"));
	assert_int_equal(w.called, 2); /* denied */
	w.later_client = 1;
	assert_true(SEND("\x93\x02\xa5later\x90"));
	assert_int_equal(w.later_client, 0); /* that is nobody */
	assert_int_equal(w.client.waiting, 0);
	assert_int_equal(w.client.out.len, 0);
	assert_int_equal(w.rpc.rejects[ERR_DENIED], 0);
}

static void
unknown_notification_is_counted_and_ignored(void **state)
{
	(void)state;
	assert_true(SEND("\x93\x02\xa4opne\x90"));
	assert_int_equal(w.rpc.unknown_notifications, 1);
	assert_int_equal(w.client.out.len, 0);
}

static void
calls_errors_and_time_are_counted_by_method(void **state)
{
	(void)state;
	SEND("\x94\x00\x09\xa5later\x90");
	SEND("\x94\x00\x09\xa5later\x90");
	SEND("\x94\x00\x09\xa4"
	     "fail\x90");
	SEND("\x93\x02\xa4"
	     "fail\x90");
	SEND("\x94\x00\x09\xa6secret\x90");
	assert_int_equal(w.rpc.stats[3].calls, 2);
	assert_int_equal(w.rpc.stats[3].errors, 0);
	assert_true(w.rpc.stats[3].seconds == 1.0);
	assert_int_equal(w.rpc.stats[1].calls, 2);
	assert_int_equal(w.rpc.stats[1].errors, 2);
	assert_int_equal(w.rpc.stats[5].errors, 1);
	assert_int_equal(w.rpc.rejects[ERR_CONFLICT], 1);
}

#define NOT_ONE                                                            \
	"bad_request: a request is [0, msgid, method, [params]]; this is " \
	"not one, and the connection is closed"

static void
frame_that_is_no_request_is_answered_where_a_msgid_is_known(void **state)
{
	/* clang-format off */
	static const struct {
		const char *bytes;
		size_t n;
		bool known; /* as 5 */
	} frames[] = {
		{ BYTES("\xc0"), false },
		{ BYTES("\x80"), false },
		{ BYTES("\x90"), false },
		{ BYTES("\x91\x00"), false },
		{ BYTES("\x94\x01\x05\xc0\xc0"), false }, /* an answer */
		{ BYTES("\x94\x03\x05\xa4open\x90"), false },
		{ BYTES("\x94\xff\x05\xa4open\x90"), false },
		{ BYTES("\x94\xa1z\x05\xa4open\x90"), false },
		{ BYTES("\x93\x02\x05\x90"), false },
		{ BYTES("\x93\x02\xa4open\xc0"), false },
		{ BYTES("\x94\x02\x05\xa4open\x90"), false },
		{ BYTES("\x94\x00\xff\xa4open\x90"), false },
		{ BYTES("\x94\x00\xa1z\xa4open\x90"), false },
		{ BYTES("\x94\x00\xcf\x00\x00\x00\x01\x00\x00\x00\x00\xa4open\x90"), false },
		{ BYTES("\x92\x00\x05"), true },
		{ BYTES("\x93\x00\x05\xa4open"), true },
		{ BYTES("\x95\x00\x05\xa4open\x90\xc0"), true },
		{ BYTES("\x94\x00\x05\x07\x90"), true },
		{ BYTES("\x94\x00\x05\xa4open\xc0"), true },
		{ BYTES("\x94\x00\x05\xa4open\x80"), true },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		assert_false(send_bytes(frames[i].bytes, frames[i].n));
		if (frames[i].known)
			answered_with_error(5, NOT_ONE);
		assert_ptr_equal(answers.p, answers.end);
	}
	assert_int_equal(w.called, 0);
}

static void
broken_frame_is_answered_where_a_msgid_is_known(void **state)
{
	static const uint8_t begun[] = { 0x94, 0x00, 0x05, 0xc1 };
	static const struct {
		enum frame_state state;
		const char *said;
	} ends[] = {
		{ FRAME_BROKEN,
		    "bad_request: the request is not MessagePack; "
		    "the connection is closed" },
		{ FRAME_TOO_DEEP,
		    "bad_request: the request is nested too "
		    "deeply; the connection is closed" },
		{ FRAME_TOO_LONG,
		    "bad_request: the request is longer than "
		    "max_request_bytes; the connection is "
		    "closed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		w.client.out.len = 0;
		rpc_broken(&w.rpc, &w.client, begun, 4, ends[i].state);
		take_answers();
		answered_with_error(5, ends[i].said);
	}
	w.client.out.len = 0;
	for (size_t n = 0; n < 3; n++)
		rpc_broken(&w.rpc, &w.client, begun, n, FRAME_TOO_LONG);
	assert_int_equal(w.client.out.len, 0);
}

/* Good and bad requests, after each kind was seen once. */
static void
requests_allocate_nothing_after_warm_up(void **state)
{
	long before = 0;

	(void)state;
	for (int round = 0; round < 100; round++) {
		SEND("\x94\x00\x05\xa4"
		     "echo\x91\x82\xa4text\xa3"
		     "abc\xa1x\x92\x01\x02");
		SEND("\x94\x00\x05\xa4"
		     "echo\x91\x81\xa3"
		     "foo\x01");
		SEND("\x94\x00\x05\xa4opne\x90");
		SEND("\x94\x00\x05\xa4"
		     "fail\x90");
		SEND("\x93\x02\xa4open\x90");
		SEND("\xc0");
		if (round == 0)
			before = allocations;
	}
	assert_true(before > 0); /* they are counted */
	assert_int_equal(allocations, before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, asking_start, asking_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(request_is_answered_with_its_msgid),
		TEST(method_may_be_a_bin_and_headers_of_any_width),
		TEST(unknown_method_is_told_what_may_be_meant),
		TEST(long_name_of_a_method_is_cut),
		TEST(roles_decide_who_may_call),
		TEST(error_of_a_function_leaves_nothing_of_its_result),
		TEST(later_answer_carries_the_msgid),
		TEST(later_error_carries_the_msgid),
		TEST(later_answer_to_a_client_that_is_gone_is_dropped),
		TEST(notification_runs_and_is_not_answered),
		TEST(unknown_notification_is_counted_and_ignored),
		TEST(calls_errors_and_time_are_counted_by_method),
		TEST(
		    frame_that_is_no_request_is_answered_where_a_msgid_is_known),
		TEST(broken_frame_is_answered_where_a_msgid_is_known),
		TEST(requests_allocate_nothing_after_warm_up),
	};

	return cmocka_run_group_tests_name("rpc", tests, NULL, NULL);
}
