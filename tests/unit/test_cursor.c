/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cursor: every type of MessagePack, every truncation, and hostile headers;
 * random documents against msgpack-c are in test_cursor_random.c.
 */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/cursor.h"

#define LIMIT 65536

/* One value each: the bytes, the type, and its number, count or length. */
/* clang-format off */
static const struct {
	const char *bytes;
	size_t n;
	enum value_type type;
	double number;
} all[] = {
#define BYTES(s) s, sizeof(s) - 1
	{ BYTES("\xc0"), VALUE_NIL, 0 },
	{ BYTES("\xc2"), VALUE_BOOL, 0 },
	{ BYTES("\xc3"), VALUE_BOOL, 1 },
	{ BYTES("\x00"), VALUE_INT, 0 },
	{ BYTES("\x7f"), VALUE_INT, 127 },
	{ BYTES("\xff"), VALUE_INT, -1 },
	{ BYTES("\xe0"), VALUE_INT, -32 },
	{ BYTES("\xcc\xff"), VALUE_INT, 255 },
	{ BYTES("\xcd\xff\xfe"), VALUE_INT, 65534 },
	{ BYTES("\xce\xff\xff\xff\xfe"), VALUE_INT, 4294967294.0 },
	{ BYTES("\xcf\x7f\xff\xff\xff\xff\xff\xfc\x00"), VALUE_INT, 9223372036854774784.0 },
	{ BYTES("\xcf\x80\x00\x00\x00\x00\x00\x00\x00"), VALUE_NUM, 9223372036854775808.0 },
	{ BYTES("\xd0\x80"), VALUE_INT, -128 },
	{ BYTES("\xd1\x80\x00"), VALUE_INT, -32768 },
	{ BYTES("\xd2\x80\x00\x00\x00"), VALUE_INT, -2147483648.0 },
	{ BYTES("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), VALUE_INT, -9223372036854775808.0 },
	{ BYTES("\xd3\x00\x00\x00\x00\x00\x00\x00\x05"), VALUE_INT, 5 },
	{ BYTES("\xca\x3f\xc0\x00\x00"), VALUE_NUM, 1.5 },
	{ BYTES("\xcb\xbf\xd3\x33\x33\x33\x33\x33\x33"), VALUE_NUM, -0.3 },
	{ BYTES("\xca\x7f\x80\x00\x00"), VALUE_NUM, INFINITY },
	{ BYTES("\xa0"), VALUE_STR, 0 },
	{ BYTES("\xa3" "abc"), VALUE_STR, 3 },
	{ BYTES("\xd9\x03" "abc"), VALUE_STR, 3 },
	{ BYTES("\xda\x00\x03" "abc"), VALUE_STR, 3 },
	{ BYTES("\xdb\x00\x00\x00\x03" "abc"), VALUE_STR, 3 },
	{ BYTES("\xc4\x03" "abc"), VALUE_BIN, 3 },
	{ BYTES("\xc5\x00\x03" "abc"), VALUE_BIN, 3 },
	{ BYTES("\xc6\x00\x00\x00\x03" "abc"), VALUE_BIN, 3 },
	{ BYTES("\xd4\x05" "a"), VALUE_EXT, 1 },
	{ BYTES("\xd5\x05" "ab"), VALUE_EXT, 2 },
	{ BYTES("\xd6\x05" "abcd"), VALUE_EXT, 4 },
	{ BYTES("\xd7\x05" "abcdefgh"), VALUE_EXT, 8 },
	{ BYTES("\xd8\x05" "abcdefghabcdefgh"), VALUE_EXT, 16 },
	{ BYTES("\xc7\x03\x05" "abc"), VALUE_EXT, 3 },
	{ BYTES("\xc8\x00\x03\x05" "abc"), VALUE_EXT, 3 },
	{ BYTES("\xc9\x00\x00\x00\x03\x05" "abc"), VALUE_EXT, 3 },
	{ BYTES("\x90"), VALUE_ARRAY, 0 },
	{ BYTES("\x92\x01\xa1z"), VALUE_ARRAY, 2 },
	{ BYTES("\xdc\x00\x02\x01\x02"), VALUE_ARRAY, 2 },
	{ BYTES("\xdd\x00\x00\x00\x02\x01\x02"), VALUE_ARRAY, 2 },
	{ BYTES("\x80"), VALUE_MAP, 0 },
	{ BYTES("\x81\xa1k\x92\x01\xc0"), VALUE_MAP, 1 },
	{ BYTES("\xde\x00\x01\xa1k\x01"), VALUE_MAP, 1 },
	{ BYTES("\xdf\x00\x00\x00\x01\xa1k\x01"), VALUE_MAP, 1 },
};
/* clang-format on */
#define ALL (sizeof all / sizeof all[0])

static struct cursor
over(const void *p, size_t n)
{
	return (struct cursor){ p, (const uint8_t *)p + n };
}

static double
number_of(const struct value *v)
{
	double num;

	if (v->type == VALUE_BOOL)
		return v->u.boolean;
	if (v->type == VALUE_ARRAY || v->type == VALUE_MAP)
		return v->u.count;
	if (value_num(v, &num))
		return num;
	return v->type == VALUE_NIL ? 0 : v->u.bytes.len;
}

static void
every_type_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct cursor c = over(all[i].bytes, all[i].n);
		struct value v;

		assert_true(cursor_next(&c, &v));
		assert_int_equal(v.type, all[i].type);
		assert_true(number_of(&v) == all[i].number);
	}
}

static void
bodies_lie_within_the_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct cursor c = over(all[i].bytes, all[i].n);
		struct value v;

		assert_true(cursor_next(&c, &v));
		if (v.type != VALUE_STR && v.type != VALUE_BIN &&
		    v.type != VALUE_EXT)
			continue;
		assert_ptr_equal(v.u.bytes.data + v.u.bytes.len, c.end);
		if (v.u.bytes.len > 0)
			assert_int_equal(v.u.bytes.data[0], 'a');
	}
}

static void
scan_and_skip_agree_on_the_length(void **state)
{
	char room[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct cursor c = over(room, sizeof room);

		memset(room, 0xc1, sizeof room); /* must not be looked at */
		memcpy(room, all[i].bytes, all[i].n);
		assert_int_equal(frame_scan(c.p, sizeof room, LIMIT, &len),
		    FRAME_WHOLE);
		assert_int_equal(len, all[i].n);
		assert_true(cursor_skip(&c));
		assert_ptr_equal(c.p, room + all[i].n);
	}
}

/* Copies on the heap, so that a sanitizer sees a read beyond the cut. */
static void
truncated_at_every_byte_is_partial(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL; i++)
		for (size_t n = 0; n < all[i].n; n++) {
			uint8_t *cut = malloc(n + 1), *p = cut + 1;
			struct cursor c = over(p, n);
			size_t len;

			memcpy(p, all[i].bytes, n);
			assert_int_equal(frame_scan(p, n, LIMIT, &len),
			    FRAME_PARTIAL);
			assert_false(cursor_skip(&c));
			assert_ptr_equal(c.p, p);
			free(cut);
		}
}

static void
no_bytes_at_all_are_partial(void **state)
{
	struct cursor c = { NULL, NULL };
	struct value v;
	size_t len;

	(void)state;
	assert_int_equal(frame_scan(NULL, 0, LIMIT, &len), FRAME_PARTIAL);
	assert_false(cursor_next(&c, &v));
	assert_false(cursor_skip(&c));
}

static void
the_unused_byte_is_broken(void **state)
{
	static const uint8_t inside[] = { 0x92, 0x01, 0xc1 };
	struct cursor c = over(inside, sizeof inside);
	size_t len;

	(void)state;
	assert_int_equal(frame_scan(inside + 2, 1, LIMIT, &len), FRAME_BROKEN);
	assert_int_equal(frame_scan(inside, 3, LIMIT, &len), FRAME_BROKEN);
	assert_false(cursor_skip(&c));
	assert_ptr_equal(c.p, inside);
}

static enum frame_state
scan(const char *bytes, size_t n, size_t max)
{
	size_t len;

	return frame_scan((const uint8_t *)bytes, n, max, &len);
}

static void
headers_tell_that_a_frame_is_too_long(void **state)
{
	(void)state;
	/* An array and a map of 2^32 - 1; bodies of 2^32 - 1 bytes. */
	assert_int_equal(scan("\xdd\xff\xff\xff\xff", 5, LIMIT),
	    FRAME_TOO_LONG);
	assert_int_equal(scan("\xdf\xff\xff\xff\xff", 5, LIMIT),
	    FRAME_TOO_LONG);
	assert_int_equal(scan("\xdb\xff\xff\xff\xff", 5, LIMIT),
	    FRAME_TOO_LONG);
	assert_int_equal(scan("\xc6\xff\xff\xff\xff", 5, LIMIT),
	    FRAME_TOO_LONG);
	assert_int_equal(scan("\xc9\xff\xff\xff\xff\x01", 6, LIMIT),
	    FRAME_TOO_LONG);
	/* Many that each would fit: 15 arrays of 5000 within each other. */
	assert_int_equal(scan("\xdc\x13\x88\xdc\x13\x88\xdc\x13\x88", 9, 15000),
	    FRAME_TOO_LONG);
}

static void
limit_counts_what_is_still_to_come(void **state)
{
	(void)state;
	/* [str of 5, .., ..] is 1 + 6 + 1 + 1 bytes at least. */
	assert_int_equal(scan("\x93\xa5", 2, 9), FRAME_PARTIAL);
	assert_int_equal(scan("\x93\xa5", 2, 8), FRAME_TOO_LONG);
	assert_int_equal(scan("\x93\xa5hello\x01\x02", 9, 9), FRAME_WHOLE);
	assert_int_equal(scan("\x93\xa5hello\x01\x02", 9, 8), FRAME_TOO_LONG);
	assert_int_equal(scan("", 0, 0), FRAME_TOO_LONG);
}

static void
nesting_is_limited(void **state)
{
	char deep[1001];

	(void)state;
	memset(deep, 0x91, sizeof deep);
	deep[1000] = 0x01;
	assert_int_equal(scan(deep, 1001, LIMIT), FRAME_TOO_DEEP);
	assert_int_equal(scan(deep, FRAME_MAX_DEPTH + 1, LIMIT),
	    FRAME_TOO_DEEP);
	deep[FRAME_MAX_DEPTH] = 0x01;
	assert_int_equal(scan(deep, FRAME_MAX_DEPTH + 1, LIMIT), FRAME_WHOLE);
	memset(deep, 0x81, sizeof deep);
	assert_int_equal(scan(deep, 1001, LIMIT), FRAME_TOO_DEEP);
}

static void
cursor_over_unscanned_bytes_stops(void **state)
{
	char deep[1000];
	struct cursor c = over(deep, sizeof deep);
	struct value v;

	(void)state;
	memset(deep, 0xdf, sizeof deep); /* maps of 2^31 and more */
	assert_false(cursor_skip(&c));
	assert_ptr_equal(c.p, deep);
	for (int i = 0; i < 200; i++)
		assert_true(cursor_next(&c, &v));
	assert_false(cursor_next(&c, &v));
}

static void
str_takes_str_and_bin_only(void **state)
{
	const char *s;
	uint32_t len;
	int taken = 0;

	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		struct cursor c = over(all[i].bytes, all[i].n);
		bool is = all[i].type == VALUE_STR || all[i].type == VALUE_BIN;

		assert_int_equal(cursor_str(&c, &s, &len), is);
		assert_ptr_equal(c.p, is ? (const void *)c.end : all[i].bytes);
		if (is)
			assert_int_equal(len, all[i].number);
		taken += is;
	}
	assert_int_equal(taken, 8);
}

static void
value_is_compares_whole_strings(void **state)
{
	struct value v = { .type = VALUE_STR,
		.u.bytes = { (const uint8_t *)"abc", 3 } };

	(void)state;
	assert_true(value_is(&v, "abc"));
	assert_false(value_is(&v, "ab"));
	assert_false(value_is(&v, "abcd"));
	v.type = VALUE_BIN;
	assert_true(value_is(&v, "abc"));
	v.type = VALUE_EXT;
	assert_false(value_is(&v, "abc"));
	v = (struct value){ .type = VALUE_STR,
		.u.bytes = { (const uint8_t *)"", 0 } };
	assert_true(value_is(&v, ""));
}

static void
vector_is_an_array_of_numbers(void **state)
{
	static const char a[] = "\x94\x03\xff\xca\x3f\x00\x00\x00"
				"\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a";
	struct cursor c = over(a, sizeof a - 1);
	float out[4];
	long bad;

	(void)state;
	assert_int_equal(vector_length(&c), 4);
	assert_true(vector_read(&c, out, &bad));
	assert_true(out[0] == 3.0f && out[1] == -1.0f && out[2] == 0.5f &&
	    out[3] == 0.1f);
	assert_ptr_equal(c.p, a); /* it has not moved */
}

static void
vector_is_a_bin_of_float32(void **state)
{
	static const char b[] = "\xc4\x08\x00\x00\x80\x3f\x00\x00\x00\xc0";
	struct cursor c = over(b, sizeof b - 1);
	float out[2];
	long bad;

	(void)state;
	assert_int_equal(vector_length(&c), 2);
	assert_true(vector_read(&c, out, &bad));
	assert_true(out[0] == 1.0f && out[1] == -2.0f);
}

static void
vector_names_the_element_that_is_no_number(void **state)
{
	struct cursor c = over("\x93\x01\x02\xa1x", 5);
	float out[3];
	long bad;

	(void)state;
	assert_int_equal(vector_length(&c), 3);
	assert_false(vector_read(&c, out, &bad));
	assert_int_equal(bad, 2);
}

static void
vector_of_another_kind_is_refused(void **state)
{
	static const char *const others[] = { "\xc4\x03"
					      "abc",
		"\xa4"
		"abcd",
		"\xc0", "\x07", "\x81\x01\x02" };
	float out[1] = { 7 };
	long bad;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct cursor c = over(others[i], strlen(others[i]));

		assert_int_equal(vector_length(&c), -1);
		assert_false(vector_read(&c, out, &bad));
	}
	assert_true(out[0] == 7);
}

static void
number_beyond_float32_becomes_infinity(void **state)
{
	struct cursor c = over("\x91\xcb\x7e\x37\xe4\x3c\x88\x00\x75\x9c", 10);
	float out[1];
	long bad;

	(void)state;
	assert_true(vector_read(&c, out, &bad)); /* 1e300 */
	assert_true(isinf(out[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read),
		cmocka_unit_test(bodies_lie_within_the_frame),
		cmocka_unit_test(scan_and_skip_agree_on_the_length),
		cmocka_unit_test(truncated_at_every_byte_is_partial),
		cmocka_unit_test(no_bytes_at_all_are_partial),
		cmocka_unit_test(the_unused_byte_is_broken),
		cmocka_unit_test(headers_tell_that_a_frame_is_too_long),
		cmocka_unit_test(limit_counts_what_is_still_to_come),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(cursor_over_unscanned_bytes_stops),
		cmocka_unit_test(str_takes_str_and_bin_only),
		cmocka_unit_test(value_is_compares_whole_strings),
		cmocka_unit_test(vector_is_an_array_of_numbers),
		cmocka_unit_test(vector_is_a_bin_of_float32),
		cmocka_unit_test(vector_names_the_element_that_is_no_number),
		cmocka_unit_test(vector_of_another_kind_is_refused),
		cmocka_unit_test(number_beyond_float32_becomes_infinity),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
