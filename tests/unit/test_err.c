/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err: the table of codes, and sentences that fit and are clean. */
#include "tests/test.h"

#include <string.h>
#include <sysexits.h>

#include "base/err.h"

static void
every_code_has_a_word_and_an_exit_status(void **state)
{
	(void)state;
	for (int e = ERR_NONE; e < ERR_COUNT; e++) {
		const char *word = err_word((enum err)e);
		int status = err_exit((enum err)e);

		assert_non_null(word);
		assert_true(strspn(word, "abcdefghijklmnopqrstuvwxyz_") ==
		    strlen(word));
		assert_true(e == ERR_NONE ? status == EX_OK : status != EX_OK);
	}
	assert_int_equal(err_exit(ERR_DENIED), EX_NOPERM);
	assert_int_equal(err_exit(ERR_CONFIG), EX_CONFIG);
	assert_int_equal(err_exit(ERR_UNAVAILABLE), EX_UNAVAILABLE);
}

static void
words_of_the_wire_lead_back_to_their_codes(void **state)
{
	(void)state;
	for (int e = ERR_BAD_REQUEST; e <= ERR_INTERNAL; e++) {
		const char *word = err_word((enum err)e);

		assert_int_equal(err_of_word(word, strlen(word)), e);
	}
}

static void
unknown_word_is_internal(void **state)
{
	(void)state;
	assert_int_equal(err_of_word("nonsense", 8), ERR_INTERNAL);
	assert_int_equal(err_of_word("", 0), ERR_INTERNAL);
	assert_int_equal(err_of_word("denie", 5), ERR_INTERNAL);
	assert_int_equal(err_of_word("denied", 5), ERR_INTERNAL);
}

/* An error whose word is "ok" must not pass for success. */
static void
word_ok_is_no_success(void **state)
{
	(void)state;
	assert_int_equal(err_of_word("ok", 2), ERR_INTERNAL);
}

static void
set_replaces_and_add_appends(void **state)
{
	struct fault f;

	(void)state;
	memset(&f, 'x', sizeof f);
	assert_int_equal(fault_set(&f, ERR_EXPIRED, "after %d s", 60),
	    ERR_EXPIRED);
	assert_int_equal(f.code, ERR_EXPIRED);
	assert_string_equal(f.text, "after 60 s");
	fault_add(&f, ", %s", "sorry");
	assert_string_equal(f.text, "after 60 s, sorry");
	fault_set(&f, ERR_DENIED, "no");
	assert_string_equal(f.text, "no");
}

static void
without_a_fault_only_the_code(void **state)
{
	(void)state;
	assert_int_equal(fault_set(NULL, ERR_STORAGE, "%d", 1), ERR_STORAGE);
}

static void
what_does_not_fit_ends_in_dots(void **state)
{
	struct fault f;

	(void)state;
	fault_set(&f, ERR_INTERNAL, "%01023d", 0); /* just fits */
	assert_int_equal(strlen(f.text), sizeof f.text - 1);
	assert_string_equal(f.text + sizeof f.text - 4, "000");
	fault_add(&f, "%s", "");
	assert_string_equal(f.text + sizeof f.text - 4, "000");
	fault_add(&f, "x");
	assert_int_equal(strlen(f.text), sizeof f.text - 1);
	assert_string_equal(f.text + sizeof f.text - 5, "0...");
	fault_set(&f, ERR_INTERNAL, "%02000d", 0);
	assert_string_equal(f.text + sizeof f.text - 5, "0...");
}

/* A name from a request ends in a log line, a terminal and another client's
 * strict reader. */
static void
sentence_is_clean_utf8_whatever_it_quotes(void **state)
{
	struct fault f;

	(void)state;
	fault_set(&f, ERR_BAD_REQUEST, "key \"%s\"", "a\033[2J\xff\n\xc3\xa9");
	assert_string_equal(f.text, "key \"a?[2J??\xc3\xa9\"");
	/* A character that the dots cut in two. */
	fault_set(&f, ERR_BAD_REQUEST, "%01018d\xc3\xa9zzzzz", 0);
	assert_string_equal(f.text + 1016, "00\xc3\xa9...");
	fault_set(&f, ERR_BAD_REQUEST, "%01019d\xc3\xa9zzzzz", 0);
	assert_string_equal(f.text + 1017, "00?...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_word_and_an_exit_status),
		cmocka_unit_test(words_of_the_wire_lead_back_to_their_codes),
		cmocka_unit_test(unknown_word_is_internal),
		cmocka_unit_test(word_ok_is_no_success),
		cmocka_unit_test(set_replaces_and_add_appends),
		cmocka_unit_test(without_a_fault_only_the_code),
		cmocka_unit_test(what_does_not_fit_ends_in_dots),
		cmocka_unit_test(sentence_is_clean_utf8_whatever_it_quotes),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
