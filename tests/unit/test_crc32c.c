/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc32c: the examples of RFC 3720, appendix B.4, and pieces. */
#include "tests/test.h"

#include <string.h>

#include "base/crc32c.h"

static void
rfc3720_examples(void **state)
{
	uint8_t b[32];

	(void)state;
	memset(b, 0, sizeof b);
	assert_int_equal(crc32c(0, b, sizeof b), 0x8a9136aau);
	memset(b, 0xff, sizeof b);
	assert_int_equal(crc32c(0, b, sizeof b), 0x62a8ab43u);
	for (uint8_t i = 0; i < 32; i++)
		b[i] = i;
	assert_int_equal(crc32c(0, b, sizeof b), 0x46dd794eu);
	for (uint8_t i = 0; i < 32; i++)
		b[i] = (uint8_t)(31 - i);
	assert_int_equal(crc32c(0, b, sizeof b), 0x113fdb5cu);
}

static void
rfc3720_scsi_read_command(void **state)
{
	static const uint8_t pdu[48] = { 0x01,
		0xc0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18,
		0x28, [40] = 0x02 };

	(void)state;
	assert_int_equal(crc32c(0, pdu, sizeof pdu), 0xd9963a56u);
}

static void
check_string_of_the_catalogues(void **state)
{
	(void)state;
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283u);
}

static void
nothing_leaves_it_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(crc32c(0, "", 0), 0);
	assert_int_equal(crc32c(0xdeadbeefu, "", 0), 0xdeadbeefu);
}

/* Every cut of a block, so that both loops start at every alignment. */
static void
pieces_equal_the_whole(void **state)
{
	uint64_t random = test_seed();
	uint8_t b[67];
	uint32_t whole;

	(void)state;
	for (size_t i = 0; i < sizeof b; i++)
		b[i] = (uint8_t)test_random(&random);
	whole = crc32c(0, b, sizeof b);
	for (size_t cut = 0; cut <= sizeof b; cut++) {
		uint32_t c = crc32c(0, b, cut);

		assert_int_equal(crc32c(c, b + cut, sizeof b - cut), whole);
	}
}

static void
the_table_says_what_the_machine_says(void **state)
{
	uint64_t random = test_seed();
	uint8_t b[67];

	(void)state;
	for (size_t n = 0; n <= sizeof b; n++) {
		uint32_t from = (uint32_t)test_random(&random);

		for (size_t i = 0; i < n; i++)
			b[i] = (uint8_t)test_random(&random);
		assert_int_equal(crc32c_by_table(from, b, n),
		    crc32c(from, b, n));
	}
}

/* The definition, one bit at a time. */
static uint32_t
bitwise(const uint8_t *p, size_t n)
{
	uint32_t c = 0xffffffffu;

	while (n-- > 0) {
		c ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0x82f63b78u : c >> 1;
	}
	return ~c;
}

static void
every_length_equals_the_definition(void **state)
{
	uint64_t random = test_seed();
	uint8_t b[100];

	(void)state;
	for (size_t i = 0; i < sizeof b; i++)
		b[i] = (uint8_t)test_random(&random);
	for (size_t n = 0; n <= sizeof b; n++)
		assert_int_equal(crc32c(0, b, n), bitwise(b, n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3720_examples),
		cmocka_unit_test(rfc3720_scsi_read_command),
		cmocka_unit_test(check_string_of_the_catalogues),
		cmocka_unit_test(nothing_leaves_it_as_it_is),
		cmocka_unit_test(pieces_equal_the_whole),
		cmocka_unit_test(the_table_says_what_the_machine_says),
		cmocka_unit_test(every_length_equals_the_definition),
	};

	return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
