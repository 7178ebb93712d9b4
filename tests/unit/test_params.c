/* SPDX-License-Identifier: GPL-3.0-or-later */
/* params: what reaches a method's function, and a sentence for everything
 * that may not. */
#include "tests/test.h"

#include <string.h>

#include "base/pack.h"
#include "tests/unit/asking.h"

static void
params_may_be_left_out_or_empty_or_nil(void **state)
{
	(void)state;
	assert_true(SEND("\x94\x00\x05\xa4open\x91\xc0"));
	answered_true(5);
	assert_true(SEND("\x94\x00\x05\xa4open\x91\x80"));
	answered_true(5);
}

static void
arguments_reach_the_function(void **state)
{
	static const char *const keys[] = { "num", "text", "yes", "name", "x",
		"names" };
	char text[64];
	struct value v;

	(void)state;
	begin("echo");
	pack_map(&frame, 6);
	pack_str(&frame, keys[0]);
	pack_int(&frame, -3);
	pack_bin(&frame, keys[1], 4);
	pack_str(&frame, "caf\xc3\xa9");
	pack_str(&frame, keys[2]);
	pack_bool(&frame, true);
	pack_str(&frame, keys[3]);
	pack_bin(&frame, "a/b:c", 5);
	pack_str(&frame, keys[4]);
	pack_bin(&frame, "\0\0\x80\x3f", 4);
	pack_str(&frame, keys[5]);
	pack_array(&frame, 2);
	pack_str(&frame, "p");
	pack_str(&frame, "q");
	send_frame();
	assert_true(next_answer(5, text, sizeof text));
	assert_true(cursor_next(&answers, &v) && v.u.count == 6);
	assert_true(cursor_skip(&answers) && cursor_next(&answers, &v));
	assert_true(value_is(&v, "caf\xc3\xa9"));
	assert_true(cursor_skip(&answers) && cursor_next(&answers, &v));
	assert_true(value_is(&v, "a/b:c"));
	assert_true(cursor_skip(&answers) && cursor_next(&answers, &v));
	assert_true(v.type == VALUE_NUM && v.u.num == -3);
	assert_true(cursor_skip(&answers) && cursor_next(&answers, &v));
	assert_true(v.type == VALUE_BOOL && v.u.boolean);
	assert_true(cursor_skip(&answers) && cursor_next(&answers, &v));
	assert_true(v.type == VALUE_BIN && v.u.bytes.len == 4);
	assert_true(cursor_skip(&answers) && cursor_next(&answers, &v));
	assert_true(v.type == VALUE_ARRAY && v.u.count == 2);
	assert_true(cursor_next(&answers, &v) && value_is(&v, "p"));
	assert_true(cursor_next(&answers, &v) && value_is(&v, "q"));
	assert_ptr_equal(answers.p, answers.end);
}

static void
nil_counts_as_left_out(void **state)
{
	char text[64];

	(void)state;
	begin("echo");
	pack_map(&frame, 2);
	pack_str(&frame, "text");
	pack_str(&frame, "");
	pack_str(&frame, "num");
	pack_nil(&frame);
	send_frame();
	assert_true(next_answer(5, text, sizeof text));
	begin("echo");
	pack_map(&frame, 1);
	pack_str(&frame, "text");
	pack_nil(&frame);
	send_frame();
	answered_with_error(5,
	    "bad_request: echo: text is missing; it takes text: Some text.");
}

static void
send_take(int left, int right)
{
	begin("take");
	pack_map(&frame, (size_t)(left + right));
	if (left) {
		pack_str(&frame, "left");
		pack_int(&frame, 1);
	}
	if (right) {
		pack_str(&frame, "right");
		pack_int(&frame, 2);
	}
	send_frame();
}

static void
one_of_those_that_exclude_each_other(void **state)
{
	char text[64];

	(void)state;
	for (int right = 0; right <= 1; right++) {
		send_take(!right, right);
		assert_true(next_answer(5, text, sizeof text));
		assert_true(text[0] == '\0');
	}
	send_take(0, 0);
	answered_with_error(5,
	    "bad_request: take: this is missing: left or right");
	send_take(1, 1);
	answered_with_error(5,
	    "bad_request: take: only one of these may be given: left or "
	    "right");
}

#define NAME_OF "1 to 64 characters from A-Z a-z 0-9 . _ : / -"
#define NAME_TAKES "echo: name takes a name of " NAME_OF "; this is "
#define NAMES_TAKES \
	"echo: names takes an array of names of " NAME_OF "; this is "
#define X_TAKES                                                         \
	"echo: x takes an array of numbers, or a bin of little-endian " \
	"float32; this is "

/* clang-format off */
/* The value of one key after "text" = "", as MessagePack. */
static const struct {
	const char *key, *value;
	size_t n;
	const char *said;
} wrong_params[] = {
#define BYTES(s) s, sizeof(s) - 1
	{ "text", BYTES("\x05"), "bad_request: echo: text is there twice" },
	{ "foo", BYTES("\x05"), "bad_request: echo: unknown parameter \"foo\"; it takes text, name, num, yes, x, names" },
	{ "nam", BYTES("\x05"), "bad_request: echo: unknown parameter \"nam\"; it takes text, name, num, yes, x, names" },
	{ "name", BYTES("\x05"), "bad_request: " NAME_TAKES "a whole number" },
	{ "name", BYTES("\xa0"), "bad_request: " NAME_TAKES "\"\"" },
	{ "name", BYTES("\xa3" "a b"), "bad_request: " NAME_TAKES "\"a b\"" },
	{ "name", BYTES("\xa3" "a\n\xff"), "bad_request: " NAME_TAKES "\"a??\"" },
	{ "name", BYTES("\xc4\x02" "a\0"), "bad_request: " NAME_TAKES "a bin of 2 bytes" },
	{ "num", BYTES("\xa1" "5"), "bad_request: echo: num takes a number; this is \"5\"" },
	{ "num", BYTES("\xc3"), "bad_request: echo: num takes a number; this is a boolean" },
	{ "num", BYTES("\x80"), "bad_request: echo: num takes a number; this is a map" },
	{ "num", BYTES("\xca\x7f\xc0\x00\x00"), "not_finite: echo: num takes a finite number" },
	{ "num", BYTES("\xcb\xff\xf0\x00\x00\x00\x00\x00\x00"), "not_finite: echo: num takes a finite number" },
	{ "yes", BYTES("\x01"), "bad_request: echo: yes takes true or false; this is a whole number" },
	{ "x", BYTES("\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00"), "bad_request: " X_TAKES "a number" },
	{ "x", BYTES("\xa4" "abcd"), "bad_request: " X_TAKES "\"abcd\"" },
	{ "x", BYTES("\xc4\x03" "abc"), "bad_request: " X_TAKES "a bin of 3 bytes" },
	{ "names", BYTES("\xa1" "a"), "bad_request: " NAMES_TAKES "\"a\"" },
	{ "names", BYTES("\x92\xa1" "a\x05"), "bad_request: " NAMES_TAKES "an array of 2 values" },
	{ "names", BYTES("\x91\xa1 "), "bad_request: " NAMES_TAKES "an array of 1 values" },
	{ "names", BYTES("\xd4\x01\x02"), "bad_request: " NAMES_TAKES "an extension" },
};
/* clang-format on */

static void
every_wrong_parameter_has_its_own_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong_params / sizeof *wrong_params;
	     i++) {
		begin("echo");
		pack_map(&frame, 2);
		pack_str(&frame, "text");
		pack_str(&frame, "");
		pack_str(&frame, wrong_params[i].key);
		buf_put(&frame, wrong_params[i].value, wrong_params[i].n);
		send_frame();
		answered_with_error(5, wrong_params[i].said);
	}
	assert_int_equal(w.called, 0);
	assert_int_equal(w.rpc.rejects[ERR_NOT_FINITE], 2);
}

static void
params_of_a_wrong_shape_are_explained(void **state)
{
	(void)state;
	assert_true(SEND("\x94\x00\x05\xa4open\x92\x80\x80"));
	answered_with_error(5,
	    "bad_request: open: params holds one map; "
	    "this is an array of 2 values");
	assert_true(SEND("\x94\x00\x05\xa4open\x91\xa1p"));
	answered_with_error(5,
	    "bad_request: open: params holds one map; this is \"p\"");
	assert_true(SEND("\x94\x00\x05\xa4open\x91\x81\x01\x02"));
	answered_with_error(5,
	    "bad_request: open: the keys of params are "
	    "names of parameters");
	assert_true(SEND("\x94\x00\x05\xa4open\x91\x81\xa1k\x02"));
	answered_with_error(5,
	    "bad_request: open: unknown parameter \"k\"; it takes none");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, asking_start, asking_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(params_may_be_left_out_or_empty_or_nil),
		TEST(arguments_reach_the_function),
		TEST(nil_counts_as_left_out),
		TEST(one_of_those_that_exclude_each_other),
		TEST(every_wrong_parameter_has_its_own_sentence),
		TEST(params_of_a_wrong_shape_are_explained),
	};

	return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
