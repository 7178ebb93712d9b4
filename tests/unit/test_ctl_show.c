/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_show, ctl_table, ctl_format: answers as a person reads them. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/pack.h"
#include "client/ctl_format.h"
#include "client/ctl_show.h"

#define NOW 1000000.0

static struct buf in, out;

static const char *
shown_in(size_t columns, bool colour)
{
	const struct look look = { colour, columns, NOW };
	struct cursor c = { in.data, in.data + in.len };

	out.len = 0;
	show_put(&out, c, &look);
	buf_put(&out, "", 1);
	in.len = 0;
	return (const char *)out.data;
}

static const char *
shown(bool colour)
{
	return shown_in(0, colour);
}

/* The number under the key. */
static const char *
formatted(const char *key, double num)
{
	struct cursor c;

	in.len = out.len = 0;
	pack_num(&in, num);
	c = (struct cursor){ in.data, in.data + in.len };
	format_put(&out, key, (uint32_t)strlen(key), &c, NOW);
	buf_put(&out, "", 1);
	in.len = 0;
	return (const char *)out.data;
}

static void
put_text(const char *key, const char *text)
{
	pack_str(&in, key);
	pack_str(&in, text);
}

static void
put_num(const char *key, double num)
{
	pack_str(&in, key);
	pack_num(&in, num);
}

static void
put_int(const char *key, int64_t n)
{
	pack_str(&in, key);
	pack_int(&in, n);
}

static void
put_bool(const char *key, bool yes)
{
	pack_str(&in, key);
	pack_bool(&in, yes);
}

static void
numbers_are_shown_by_their_key(void **state)
{
	static const struct {
		const char *key;
		double num;
		const char *text;
	} all[] = {
		{ "mean", 0.81234567, "0.8123" },
		{ "probability", 1, "1.0000" },
		{ "share", 0.4215, "42.1 %" },
		{ "share", 1, "100.0 %" },
		{ "state_bytes", 0, "0 B" },
		{ "state_bytes", 1023, "1023 B" },
		{ "bytes_in", 1536, "1.5 KiB" },
		{ "map_bytes", 3.5 * 1024 * 1024 * 1024, "3.5 GiB" },
		{ "uptime", 0.0125, "12.5 ms" },
		{ "uptime", 59.9, "59 s" },
		{ "uptime", 3600, "1 h" },
		{ "uptime", 3661, "1 h 1 min" },
		{ "uptime", 86405, "1 d" },
		{ "uptime", 3 * 86400 + 4 * 3600 + 5, "3 d 4 h" },
		{ "decision_ttl", 86400, "1 d" },
		{ "last_pull", NOW - 0.5, "now" },
		{ "last_pull", NOW - 59, "59 s ago" },
		{ "last_reward", NOW - 200, "3 min ago" },
		{ "last_reward", NOW - 90000, "1 d ago" },
		{ "time", NOW + 7300, "in 2 h" },
		{ "cost", 0.0125, "0.0125" },
		{ "cost", 0.1f, "0.1" },
		{ "cost", 1234567, "1234567" },
		{ "anything", 1e300, "1e+300" },
		{ "mean", INFINITY, "inf" },
		{ "last_pull", NAN, "never" },
		{ "reward_mean", NAN, "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		assert_string_equal(formatted(all[i].key, all[i].num),
		    all[i].text);
}

static void
map_is_lines_of_key_and_value(void **state)
{
	(void)state;
	pack_map(&in, 5);
	put_text("version", "0.1.0");
	put_int("durable_seq", 12);
	put_bool("ready", true);
	put_text("group", "");
	pack_str(&in, "reward_range");
	pack_array(&in, 2);
	pack_num(&in, 0);
	pack_num(&in, 1.5);
	assert_string_equal(shown(false),
	    "version       0.1.0\n"
	    "durable_seq   12\n"
	    "ready         yes\n"
	    "group         -\n"
	    "reward_range  0, 1.5\n");
}

static void
put_arms(void)
{
	pack_map(&in, 1);
	pack_str(&in, "arms");
	pack_array(&in, 2);
	pack_map(&in, 4);
	put_text("arm", "gpt-4o");
	put_bool("enabled", true);
	put_num("cost", 0.0125);
	put_num("last_pull", NOW - 180);
	pack_map(&in, 4);
	put_text("arm", "h");
	put_bool("enabled", false);
	put_int("pulls", 1234);
	put_num("last_pull", NAN);
}

static void
array_of_maps_is_a_table(void **state)
{
	(void)state;
	put_arms();
	assert_string_equal(shown(false),
	    "ARM     ENABLED    COST  LAST_PULL  PULLS\n"
	    "gpt-4o  yes      0.0125  3 min ago      -\n"
	    "h       no            -      never   1234\n");
}

static void
colour_marks_the_heading_and_what_is_off(void **state)
{
	const char *text;

	(void)state;
	put_arms();
	text = shown(true);
	assert_memory_equal(text, "\033[1mARM ", 8);
	assert_non_null(strstr(text, "\033[0m\ngpt-4o"));
	assert_non_null(strstr(text, "\n\033[2mh "));
	assert_non_null(strstr(text, "1234\033[0m\n"));
}

static void
scalars_come_before_tables(void **state)
{
	(void)state;
	pack_map(&in, 3);
	put_text("decision", "d-1");
	pack_str(&in, "scores");
	pack_array(&in, 1);
	pack_map(&in, 2);
	put_text("arm", "a");
	put_num("mean", 0.5);
	put_num("propensity", 1);
	assert_string_equal(shown(false),
	    "decision    d-1\n"
	    "propensity  1.0000\n"
	    "\n"
	    "ARM    MEAN\n"
	    "a    0.5000\n");
}

static void
too_many_columns_become_rows(void **state)
{
	(void)state;
	pack_array(&in, 2);
	for (int i = 0; i < 2; i++) {
		pack_map(&in, 17);
		put_text("router", i ? "long-name" : "chat");
		for (int j = 1; j < 17; j++) {
			char key[16];

			snprintf(key, sizeof key, "k%d", j);
			put_int(key, i * 1000 + j);
		}
	}
	assert_memory_equal(shown(false),
	    "router  chat  long-name\n"
	    "k1      1     1001\n"
	    "k2      2     1002\n",
	    62);
}

static void
text_alone_is_printed_as_it_is(void **state)
{
	(void)state;
	pack_map(&in, 1);
	put_text("text", "a_b 1\nc 2\n# EOF\n");
	assert_string_equal(shown(true), "a_b 1\nc 2\n# EOF\n");
}

static void
empty_answers(void **state)
{
	(void)state;
	pack_map(&in, 0);
	assert_string_equal(shown(false), "");
	pack_map(&in, 1);
	pack_str(&in, "arms");
	pack_array(&in, 0);
	assert_string_equal(shown(false), "none\n");
	pack_nil(&in);
	assert_string_equal(shown(false), "-\n");
	pack_int(&in, 42);
	assert_string_equal(shown(false), "42\n");
}

static void
what_is_deeper_is_json(void **state)
{
	(void)state;
	pack_map(&in, 2);
	pack_str(&in, "a");
	pack_map(&in, 1);
	put_int("b", 1);
	pack_str(&in, "c");
	pack_array(&in, 1);
	pack_array(&in, 0);
	assert_string_equal(shown(false), "a  {\"b\": 1}\nc  [[]]\n");
}

static void
names_cannot_drive_the_terminal(void **state)
{
	(void)state;
	pack_map(&in, 2);
	put_text("", "x");
	put_text("gr\033oup", "\033[31mred\n");
	assert_string_equal(shown(false), "        x\ngr?oup  ?[31mred?\n");
}

static void
characters_not_bytes_are_aligned(void **state)
{
	(void)state;
	pack_array(&in, 2);
	pack_map(&in, 2);
	put_text("a", "\xc3\xa9\xc3\xa9");
	put_int("n", 1);
	pack_map(&in, 2);
	put_text("a", "xyz");
	put_int("n", 22);
	assert_string_equal(shown(false),
	    "A     N\n\xc3\xa9\xc3\xa9    1\nxyz  22\n");
}

static int
release(void **state)
{
	(void)state;
	buf_free(&in);
	buf_free(&out);
	return 0;
}

/* {"arms": [{"arm": "a", "pulls": 1}, ..]} */
static void
put_two_arms(void)
{
	pack_map(&in, 1);
	pack_str(&in, "arms");
	pack_array(&in, 2);
	for (int i = 0; i < 2; i++) {
		pack_map(&in, 4);
		put_text("arm", i == 0 ? "a" : "b");
		put_int("rewards", 7 + i);
		put_int("pulls", 1 + i);
		put_int("pending", i);
	}
}

/* More of them than keys. */
static void
put_many_arms(void)
{
	pack_map(&in, 1);
	pack_str(&in, "arms");
	pack_array(&in, 9);
	for (int i = 0; i < 9; i++) {
		pack_map(&in, 2);
		put_text("arm", "a");
		put_int("pulls", i);
	}
}

static void
a_table_too_wide_for_the_terminal_is_turned(void **state)
{
	static const char wide[] = "ARM  REWARDS  PULLS  PENDING\n"
				   "a          7      1        0\n"
				   "b          8      2        1\n";

	(void)state;
	put_two_arms();
	assert_string_equal(shown_in(28, false), wide);
	put_two_arms();
	assert_string_equal(shown_in(27, false),
	    "arm      a  b\n"
	    "rewards  7  8\n"
	    "pulls    1  2\n"
	    "pending  0  1\n");
	put_many_arms(); /* the other way is no narrower */
	assert_non_null(strstr(shown_in(4, false), "ARM  PULLS\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_shown_by_their_key),
		cmocka_unit_test(map_is_lines_of_key_and_value),
		cmocka_unit_test(array_of_maps_is_a_table),
		cmocka_unit_test(colour_marks_the_heading_and_what_is_off),
		cmocka_unit_test(scalars_come_before_tables),
		cmocka_unit_test(too_many_columns_become_rows),
		cmocka_unit_test(text_alone_is_printed_as_it_is),
		cmocka_unit_test(empty_answers),
		cmocka_unit_test(what_is_deeper_is_json),
		cmocka_unit_test(names_cannot_drive_the_terminal),
		cmocka_unit_test(characters_not_bytes_are_aligned),
		cmocka_unit_test(a_table_too_wide_for_the_terminal_is_turned),
	};

	return cmocka_run_group_tests_name("ctl_show", tests, NULL, release);
}
