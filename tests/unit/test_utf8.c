/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8: which bytes are characters, against the table of RFC 3629. */
#include "tests/test.h"

#include <string.h>

#include "base/utf8.h"

static void
well_formed_characters_have_their_length(void **state)
{
	static const char *const good[] = { " ", "~", "\xc2\xa0", "\xdf\xbf",
		"\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_int_equal(utf8_char(good[i], strlen(good[i])),
		    strlen(good[i]));
}

static void
malformed_bytes_and_controls_have_none(void **state)
{
	static const char *const bad[] = { "\x01", "\t", "\n", "\x7f", "\x80",
		"\xbf", "\xc2", "\xc2\x41", "\xc2\x85", "\xc0\xaf", "\xc1\xbf",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
		"\xff" };

	(void)state;
	assert_int_equal(utf8_char("", 1), 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(utf8_char(bad[i], strlen(bad[i])), 0);
}

static void
clean_keeps_characters_and_marks_each_other_byte(void **state)
{
	char s[] = "a\033b\xe2\x82\xac\xe2\x82 \xff\r\n";

	(void)state;
	utf8_clean(s, strlen(s));
	assert_string_equal(s, "a?b\xe2\x82\xac?? ???");
	utf8_clean(s, 0);
}

/* Whatever the bytes, what clean leaves is made of characters only. */
static void
clean_text_is_well_formed(void **state)
{
	uint64_t random = test_seed();
	char s[64];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = test_below(&random, sizeof s), len;

		for (size_t i = 0; i < n; i++)
			s[i] = (char)test_random(&random);
		utf8_clean(s, n);
		for (size_t i = 0; i < n; i += len) {
			len = utf8_char(s + i, n - i);
			assert_true(len > 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_characters_have_their_length),
		cmocka_unit_test(malformed_bytes_and_controls_have_none),
		cmocka_unit_test(
		    clean_keeps_characters_and_marks_each_other_byte),
		cmocka_unit_test(clean_text_is_well_formed),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
