/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pack: the bytes of every function, by the MessagePack specification. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/pack.h"

static struct buf b;

static void
expect(const char *bytes, size_t n)
{
	assert_int_equal(b.len, n);
	assert_memory_equal(b.data, bytes, n);
	b.len = 0;
}
#define EXPECT(s) expect(s, sizeof(s) - 1)

static void
scalars_have_their_bytes(void **state)
{
	(void)state;
	pack_nil(&b);
	pack_bool(&b, false);
	pack_bool(&b, true);
	EXPECT("\xc0\xc2\xc3");
	pack_num(&b, 1.5);
	EXPECT("\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00");
}

static void
integers_take_the_shortest_form(void **state)
{
	(void)state;
	pack_uint(&b, 0);
	pack_int(&b, 127);
	pack_int(&b, -32);
	EXPECT("\x00\x7f\xe0");
	pack_int(&b, -33);
	pack_uint(&b, 256);
	EXPECT("\xd0\xdf\xcd\x01\x00");
	pack_uint(&b, UINT64_MAX);
	EXPECT("\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
	pack_int(&b, INT64_MIN);
	EXPECT("\xd3\x80\x00\x00\x00\x00\x00\x00\x00");
}

static void
strings_and_bytes_carry_their_length(void **state)
{
	char text[40];

	(void)state;
	pack_str(&b, "abc");
	pack_strn(&b, "abc", 2);
	pack_bin(&b, "\x00\x01", 2);
	EXPECT("\xa3"
	       "abc"
	       "\xa2"
	       "ab"
	       "\xc4\x02\x00\x01");
	memset(text, 'x', sizeof text);
	pack_strn(&b, text, sizeof text);
	assert_int_equal(b.len, 42);
	assert_memory_equal(b.data, "\xd9\x28x", 3);
	b.len = 0;
}

static void
nothing_of_a_kind_has_a_header_still(void **state)
{
	(void)state;
	pack_str(&b, "");
	pack_strn(&b, NULL, 0);
	pack_bin(&b, NULL, 0);
	pack_array(&b, 0);
	pack_map(&b, 0);
	EXPECT("\xa0\xa0\xc4\x00\x90\x80");
}

static void
headers_count_elements_and_pairs(void **state)
{
	(void)state;
	pack_array(&b, 15);
	pack_array(&b, 16);
	pack_map(&b, 2);
	pack_map(&b, 65536);
	EXPECT("\x9f\xdc\x00\x10\x82\xdf\x00\x01\x00\x00");
}

static void
nan_is_nil_and_infinity_a_number(void **state)
{
	(void)state;
	pack_num(&b, NAN);
	pack_num(&b, -INFINITY);
	EXPECT("\xc0\xcb\xff\xf0\x00\x00\x00\x00\x00\x00");
}

static int
release(void **state)
{
	(void)state;
	buf_free(&b);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_have_their_bytes),
		cmocka_unit_test(integers_take_the_shortest_form),
		cmocka_unit_test(strings_and_bytes_carry_their_length),
		cmocka_unit_test(nothing_of_a_kind_has_a_header_still),
		cmocka_unit_test(headers_count_elements_and_pairs),
		cmocka_unit_test(nan_is_nil_and_infinity_a_number),
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, release);
}
