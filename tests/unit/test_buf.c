/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf: growth keeps what is there, emptying keeps the memory. */
#include "tests/test.h"

#include <string.h>

#include "base/buf.h"

static void
put_appends_in_order(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_put(&b, "ab", 2);
	buf_puts(&b, "cd");
	buf_printf(&b, "%d-%s", 42, "x");
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.data, "abcd42-x", 8);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len + b.cap, 0);
}

static void
growth_keeps_every_byte(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 10000; i++)
		buf_put(&b, &i, sizeof i);
	assert_int_equal(b.len, 40000);
	assert_true(b.cap >= b.len && b.cap < 4 * b.len);
	for (uint32_t i = 0, got; i < 10000; i++) {
		memcpy(&got, b.data + 4 * i, sizeof got);
		assert_int_equal(got, i);
	}
	buf_free(&b);
}

static void
reserve_is_room_and_counts_nothing(void **state)
{
	struct buf b = { 0 };

	(void)state;
	memset(buf_reserve(&b, 1000), 'x', 1000);
	assert_int_equal(b.len, 0);
	assert_true(b.cap >= 1000);
	b.len = 1000;
	buf_puts(&b, "y");
	assert_int_equal(b.data[999], 'x');
	assert_int_equal(b.data[1000], 'y');
	buf_free(&b);
}

static void
reserve_of_nothing_in_an_empty_buffer_is_memory(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_non_null(buf_reserve(&b, 0));
	buf_free(&b);
}

static void
consume_keeps_the_rest_and_the_memory(void **state)
{
	struct buf b = { 0 };
	size_t cap;
	uint8_t *data;

	(void)state;
	buf_puts(&b, "0123456789");
	cap = b.cap;
	data = b.data;
	buf_consume(&b, 0);
	assert_int_equal(b.len, 10);
	buf_consume(&b, 4);
	assert_int_equal(b.len, 6);
	assert_memory_equal(b.data, "456789", 6);
	buf_consume(&b, 6);
	assert_int_equal(b.len, 0);
	assert_ptr_equal(b.data, data);
	assert_int_equal(b.cap, cap);
	buf_free(&b);
}

static void
put_of_nothing_changes_nothing(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_put(&b, NULL, 0);
	buf_puts(&b, "");
	buf_printf(&b, "%s", "");
	assert_int_equal(b.len, 0);
	buf_consume(&b, 0);
	buf_free(&b);
	buf_free(&b);
}

static void
printf_longer_than_the_buffer_is_whole(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_printf(&b, "%05000d", 7);
	assert_int_equal(b.len, 5000);
	assert_int_equal(b.data[0], '0');
	assert_int_equal(b.data[4999], '7');
	buf_free(&b);
}

static void
expect_num(double num, const char *text)
{
	struct buf b = { 0 };

	buf_put_num(&b, num);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
	buf_free(&b);
}

static void
numbers_are_written_as_a_person_would(void **state)
{
	(void)state;
	expect_num(0, "0");
	expect_num(86400, "86400");
	expect_num(-1000000, "-1000000");
	expect_num(0.1, "0.1");
	expect_num(0.1 + 0.2, "0.30000000000000004");
	expect_num(1e300, "1e+300");
}

/* Numbers of any bits; float32 as well. */
static void
numbers_read_back_the_same(void **state)
{
	uint64_t random = test_seed();
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = test_random(&random);
		double d;
		float f;

		memcpy(&d, &bits, sizeof d);
		memcpy(&f, &bits, sizeof f);
		b.len = 0;
		buf_put_num(&b, d);
		buf_put(&b, "", 1);
		assert_true(strtod((char *)b.data, NULL) == d || d != d);
		b.len = 0;
		buf_put_float(&b, f);
		buf_put(&b, "", 1);
		assert_true(strtof((char *)b.data, NULL) == f || f != f);
		assert_true(b.len <= 16);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_appends_in_order),
		cmocka_unit_test(growth_keeps_every_byte),
		cmocka_unit_test(reserve_is_room_and_counts_nothing),
		cmocka_unit_test(
		    reserve_of_nothing_in_an_empty_buffer_is_memory),
		cmocka_unit_test(consume_keeps_the_rest_and_the_memory),
		cmocka_unit_test(put_of_nothing_changes_nothing),
		cmocka_unit_test(printf_longer_than_the_buffer_is_whole),
		cmocka_unit_test(numbers_are_written_as_a_person_would),
		cmocka_unit_test(numbers_read_back_the_same),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
