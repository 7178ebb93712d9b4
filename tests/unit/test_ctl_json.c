/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_json: every type of MessagePack as JSON that reads back. */
#include "tests/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/pack.h"

static struct buf in, out;

/* What the bytes become, all of them read. */
static const char *
as_json(const void *bytes, size_t n)
{
	struct cursor c = { bytes, (const uint8_t *)bytes + n };

	out.len = 0;
	json_put(&out, &c);
	assert_ptr_equal(c.p, c.end);
	buf_put(&out, "", 1);
	return (const char *)out.data;
}
#define JSON(s) as_json(s, sizeof(s) - 1)

static const char *
packed(void)
{
	const char *text = as_json(in.data, in.len);

	in.len = 0;
	return text;
}

static void
scalars(void **state)
{
	(void)state;
	assert_string_equal(JSON("\xc0"), "null");
	assert_string_equal(JSON("\xc2"), "false");
	assert_string_equal(JSON("\xc3"), "true");
}

static void
integers_stay_integers(void **state)
{
	(void)state;
	assert_string_equal(JSON("\x07"), "7");
	pack_int(&in, INT64_MIN);
	assert_string_equal(packed(), "-9223372036854775808");
	pack_uint(&in, UINT64_MAX);
	assert_string_equal(packed(), "18446744073709551615");
	pack_uint(&in, 9007199254740993);
	assert_string_equal(packed(), "9007199254740993");
}

static void
numbers_keep_a_point_and_are_short(void **state)
{
	(void)state;
	pack_num(&in, 1);
	assert_string_equal(packed(), "1.0");
	pack_num(&in, 0.1);
	assert_string_equal(packed(), "0.1");
	pack_num(&in, -2e300);
	assert_string_equal(packed(), "-2e+300");
	pack_num(&in, 0.1 + 0.2);
	assert_string_equal(packed(), "0.30000000000000004");
	assert_string_equal(JSON("\xca\x3d\xcc\xcc\xcd"), "0.1");
}

static void
what_json_has_no_number_for_is_null(void **state)
{
	(void)state;
	pack_num(&in, NAN);
	assert_string_equal(packed(), "null");
	pack_num(&in, INFINITY);
	assert_string_equal(packed(), "null");
	assert_string_equal(JSON("\xca\x7f\xc0\x00\x00"), "null");
}

static void
strings_are_escaped(void **state)
{
	(void)state;
	pack_str(&in, "a\"b\\c\n\t\x1f/\xc3\xa9");
	assert_string_equal(packed(),
	    "\"a\\\"b\\\\c\\u000a\\u0009\\u001f/\xc3\xa9\"");
	pack_strn(&in, "x\0y", 3);
	assert_string_equal(packed(), "\"x\\u0000y\"");
	pack_str(&in, "\x7f\xc2\x84\xc2\xa0");
	assert_string_equal(packed(), "\"\\u007f\\u0084\xc2\xa0\"");
	pack_str(&in, "\xff\xc3");
	assert_string_equal(packed(), "\"\\ufffd\\ufffd\"");
	pack_str(&in, "");
	assert_string_equal(packed(), "\"\"");
}

static void
bin_of_float32_is_a_vector_and_any_other_hexadecimal(void **state)
{
	static const float x[] = { 1, -0.5f, 0.1f };

	(void)state;
	pack_bin(&in, x, sizeof x);
	assert_string_equal(packed(), "[1.0, -0.5, 0.1]");
	pack_bin(&in, "\x00\xff\x10", 3);
	assert_string_equal(packed(), "\"00ff10\"");
	pack_bin(&in, NULL, 0);
	assert_string_equal(packed(), "[]");
	assert_string_equal(JSON("\xd6\x01\xab\xcd\xef\x00"), "\"abcdef00\"");
}

static void
arrays_and_maps_nest(void **state)
{
	(void)state;
	assert_string_equal(JSON("\x90"), "[]");
	assert_string_equal(JSON("\x80"), "{}");
	assert_string_equal(JSON("\x82\xa1"
				 "a\x92\x01\x80\xa1"
				 "b\xc0"),
	    "{\"a\": [1, {}], \"b\": null}");
}

static void
keys_become_strings(void **state)
{
	(void)state;
	assert_string_equal(JSON("\x83\x07\x01\xc4\x01k\x02\x91\xa1x\x03"),
	    "{\"7\": 1, \"k\": 2, \"[\\\"x\\\"]\": 3}");
}

static void
pack_random(uint64_t *r, int depth)
{
	uint64_t kind = test_below(r, depth > 0 ? 8 : 6);
	size_t n = test_below(r, 5);
	char text[5];

	for (size_t i = 0; i < n; i++)
		text[i] = (char)(1 + test_below(r, 255)); /* jansson's rule */
	if (kind == 0)
		pack_int(&in, (int64_t)test_random(r));
	else if (kind == 1)
		pack_num(&in, ldexp((double)test_random(r), -60));
	else if (kind == 2)
		pack_strn(&in, text, n);
	else if (kind == 3)
		pack_bin(&in, text, n);
	else if (kind == 4)
		pack_bool(&in, n & 1);
	else if (kind == 5)
		pack_nil(&in);
	else if (kind == 6)
		for (pack_array(&in, n); n > 0; n--)
			pack_random(r, depth - 1);
	else
		for (pack_map(&in, n), n *= 2; n > 0; n--)
			pack_random(r, depth - 1);
}

/* Whatever the answer, what is printed is one JSON document. */
static void
random_answers_are_json(void **state)
{
	uint64_t r = test_seed();

	(void)state;
	for (int i = 0; i < 5000; i++) {
		json_t *json;

		pack_random(&r, 5);
		json = json_loads(packed(), JSON_DECODE_ANY, NULL);
		assert_non_null(json);
		json_decref(json);
	}
}

static int
release(void **state)
{
	(void)state;
	buf_free(&in);
	buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),
		cmocka_unit_test(integers_stay_integers),
		cmocka_unit_test(numbers_keep_a_point_and_are_short),
		cmocka_unit_test(what_json_has_no_number_for_is_null),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(
		    bin_of_float32_is_a_vector_and_any_other_hexadecimal),
		cmocka_unit_test(arrays_and_maps_nest),
		cmocka_unit_test(keys_become_strings),
		cmocka_unit_test(random_answers_are_json),
	};

	return cmocka_run_group_tests_name("ctl_json", tests, NULL, release);
}
