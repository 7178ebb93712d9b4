/* SPDX-License-Identifier: GPL-3.0-or-later */
/* name: which names are good, and that a copy ends. */
#include "tests/test.h"

#include <string.h>

#include "base/name.h"

static bool
valid(const char *s)
{
	return name_valid(s, strlen(s));
}

static void
every_byte_is_accepted_or_not_as_documented(void **state)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz"
				   "0123456789._:/-";

	(void)state;
	for (int c = 0; c < 256; c++) {
		char s[3] = { 'a', (char)c, 'z' };

		assert_int_equal(name_valid(s, 3),
		    c != 0 && strchr(good, c) != NULL);
	}
}

static void
length_is_1_to_64(void **state)
{
	char s[NAME_MAX_LEN + 2];

	(void)state;
	memset(s, 'x', sizeof s);
	assert_false(name_valid(s, 0));
	assert_true(name_valid(s, 1));
	assert_true(name_valid(s, NAME_MAX_LEN));
	assert_false(name_valid(s, NAME_MAX_LEN + 1));
	assert_true(valid("openai/gpt-4o:2024.05_13"));
	assert_false(valid("gpt 4o"));
	assert_false(valid("caf\xc3\xa9"));
}

static void
copy_takes_len_bytes_and_ends(void **state)
{
	char out[NAME_SIZE], longest[NAME_MAX_LEN];

	(void)state;
	assert_true(name_copy(out, "haiku-and-more", 5));
	assert_string_equal(out, "haiku");
	memset(longest, 'y', sizeof longest);
	assert_true(name_copy(out, longest, sizeof longest));
	assert_int_equal(strlen(out), NAME_MAX_LEN);
}

static void
refused_copy_writes_nothing(void **state)
{
	char out[NAME_SIZE] = "before";

	(void)state;
	assert_false(name_copy(out, "no good", 7));
	assert_false(name_copy(out, "", 0));
	assert_string_equal(out, "before");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_accepted_or_not_as_documented),
		cmocka_unit_test(length_is_1_to_64),
		cmocka_unit_test(copy_takes_len_bytes_and_ends),
		cmocka_unit_test(refused_copy_writes_nothing),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
