/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setting: every type, ranges, words, and values that read back the same. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "base/pack.h"
#include "base/setting.h"

struct all {
	bool yes;
	long count, seed;
	double ratio, width;
	int colour;
	char path[8];
	double range[2];
	double life, age, size;
	int shape;
};

static const char *const colours[] = { "red", "green", "blue", NULL };

/* A table of something else, whose rows begin with a name. */
static const struct {
	const char *name;
	int corners;
} shapes[] = { { "line", 2 }, { "square", 4 }, { NULL, 0 } };

#define FIELD(f) .offset = offsetof(struct all, f)

/* clang-format off */
static const struct setting rows[] = {
	{ "yes", SETTING_BOOL, 0, FIELD(yes), .def = "true" },
	{ "count", SETTING_INT, 0, FIELD(count), .def = "10",
	  .min = 1, .max = 100, .word = "never" },
	{ "seed", SETTING_INT, 0, FIELD(seed), .def = "1",
	  .min = 0, .max = 9223372036854775807.0 },
	{ "ratio", SETTING_NUM, 0, FIELD(ratio), .def = "0.5",
	  .min = 0, .max = 1e9 },
	{ "width", SETTING_NUM, 0, FIELD(width), .def = "auto",
	  .min = -1, .max = 1, .word = "auto" },
	{ "colour", SETTING_WORD, 0, FIELD(colour), .def = "green",
	  .words = colours },
	{ "path", SETTING_STR, 0, FIELD(path), .size = 8, .def = "" },
	{ "range", SETTING_PAIR, 0, FIELD(range), .def = "{0, 1}",
	  .min = -1000, .max = 1000 },
	{ "life", SETTING_SPAN, 0, FIELD(life), .def = "never",
	  .min = 1, .max = 1e7, .word = "never" },
	{ "age", SETTING_TIME, 0, FIELD(age), .def = "forever",
	  .min = 1, .max = 1e7, .word = "forever" },
	{ "size", SETTING_BYTES, 0, FIELD(size), .def = "all",
	  .min = 10, .max = 1e13, .word = "all" },
	{ "shape", SETTING_WORD, 0, FIELD(shape), .def = "square",
	  .words = &shapes[0].name, .stride = sizeof *shapes },
	{ 0 }
};
/* clang-format on */

static struct all s;

static int
defaults(void **state)
{
	(void)state;
	memset(&s, 0xff, sizeof s);
	settings_default(rows, &s);
	return 0;
}

static const struct setting *
row(const char *name)
{
	return setting_find(rows, name, strlen(name));
}

static bool
takes(const char *name, const char *text)
{
	return setting_parse(row(name), &s, text, NULL) == ERR_NONE;
}

static void
defaults_are_set(void **state)
{
	(void)state;
	assert_true(s.yes && s.count == 10 && s.seed == 1 && s.ratio == 0.5);
	assert_true(isnan(s.width));
	assert_true(s.colour == 1 && s.range[0] == 0 && s.range[1] == 1);
	assert_string_equal(s.path, "");
}

static void
rows_are_found_by_their_whole_name(void **state)
{
	(void)state;
	assert_ptr_equal(row("yes"), &rows[0]);
	assert_ptr_equal(setting_find(rows, "range_x", 5), &rows[7]);
	assert_null(setting_find(rows, "ran", 3));
	assert_null(setting_find(rows, "range_x", 7));
	assert_null(setting_find(rows, "", 0));
}

static void
bool_is_true_or_false(void **state)
{
	(void)state;
	assert_true(takes("yes", "false"));
	assert_false(s.yes);
	assert_true(takes("yes", "true"));
	assert_true(s.yes);
	assert_false(takes("yes", "1"));
	assert_false(takes("yes", "True"));
	assert_false(takes("yes", ""));
}

static void
assert_shows(const char *name, const char *text, double num, const char *shown)
{
	const double *at =
	    row(name)->offset == offsetof(struct all, age) ? &s.age : &s.size;
	struct buf out = { 0 };

	assert_true(takes(name, text));
	assert_true(*at == num);
	setting_format(row(name), &s, &out);
	assert_int_equal(out.len, strlen(shown));
	assert_memory_equal(out.data, shown, out.len);
	buf_free(&out);
}

static void
a_time_has_a_unit(void **state)
{
	(void)state;
	assert_true(isnan(s.age));
	assert_shows("age", "7d", 604800, "1w");
	assert_shows("age", "36h", 129600, "36h");
	assert_shows("age", "1.5s", 1.5, "1.5s");
	for (int i = 0; i < 6; i++) {
		static const char *const bad[] = { "10", "-5d", "0s", "20w",
			"d", "" };

		assert_false(takes("age", bad[i]));
	}
	assert_true(s.age == 1.5);
	assert_true(takes("age", "forever"));
	assert_true(isnan(s.age));
}

static void
a_size_is_in_bytes(void **state)
{
	(void)state;
	assert_true(isnan(s.size));
	assert_shows("size", "2GB", 2e9, "2GB");
	assert_shows("size", "0.5MB", 5e5, "500kB");
	assert_shows("size", "1000", 1000, "1kB");
	assert_shows("size", "1234567", 1234567, "1234567");
	assert_shows("size", "11B", 11, "11");
	assert_shows("size", "3TB", 3e12, "3TB");
	for (int i = 0; i < 9; i++) {
		static const char *const bad[] = { "9", "-2GB", "20TB", "GB",
			"1.5B", "2gb", "2GBx", "2G", "" };

		assert_false(takes("size", bad[i]));
	}
	assert_true(s.size == 3e12);
	assert_true(takes("size", "all"));
	assert_true(isnan(s.size));
}

static void
assert_span(const char *text, double span, const char *shown)
{
	struct buf out = { 0 };

	assert_true(takes("life", text));
	assert_true(s.life == span);
	setting_format(row("life"), &s, &out);
	assert_int_equal(out.len, strlen(shown));
	assert_memory_equal(out.data, shown, out.len);
	buf_free(&out);
}

/* A time is kept as seconds below 0, so that it is no count. */
static void
span_is_a_count_or_a_time(void **state)
{
	(void)state;
	assert_true(isnan(s.life));
	assert_span("2000", 2000, "2000");
	assert_span("7d", -604800, "1w");
	assert_span("36h", -129600, "36h");
	assert_span("90m", -5400, "90m");
	assert_span("0.5d", -43200, "12h");
	assert_span("1.5s", -1.5, "1.5s");
	assert_span("2w", -1209600, "2w");
	for (int i = 0; i < 9; i++) {
		static const char *const bad[] = { "0", "-5", "0d", "-1d", "7x",
			"d", "7dd", "1e8", "20w" };

		assert_false(takes("life", bad[i]));
	}
	assert_true(s.life == -1209600);
	assert_true(takes("life", "never"));
	assert_true(isnan(s.life));
}

static void
words_may_be_the_names_of_a_table(void **state)
{
	struct fault f;

	(void)state;
	assert_int_equal(s.shape, 1);
	assert_true(takes("shape", "line"));
	assert_int_equal(s.shape, 0);
	assert_string_equal(setting_word(row("shape"), 1), "square");
	assert_null(setting_word(row("shape"), 2));
	setting_parse(row("shape"), &s, "circle", &f);
	assert_non_null(strstr(f.text, "one of line, square"));
}

static void
int_is_whole_and_in_range(void **state)
{
	(void)state;
	assert_true(takes("count", "1") && s.count == 1);
	assert_true(takes("count", "100") && s.count == 100);
	assert_false(takes("count", "0"));
	assert_false(takes("count", "101"));
	assert_false(takes("count", "1.5"));
	assert_false(takes("count", "7x"));
	assert_false(takes("count", ""));
	assert_false(takes("count", "99999999999999999999"));
	assert_int_equal(s.count, 100);
	assert_true(takes("count", "never") && s.count == 0);
}

/* Through a double it would have become 9007199254740992. */
static void
large_int_is_not_rounded(void **state)
{
	(void)state;
	assert_true(takes("seed", "9007199254740993"));
	assert_true(s.seed == 9007199254740993);
	assert_true(takes("seed", "9223372036854775807"));
	assert_true(s.seed == INT64_MAX);
	assert_false(takes("seed", "9223372036854775808"));
}

static void
num_is_finite_and_in_range(void **state)
{
	(void)state;
	assert_true(takes("ratio", "1e-3") && s.ratio == 1e-3);
	assert_true(takes("ratio", "1e9") && s.ratio == 1e9);
	assert_false(takes("ratio", "-0.001"));
	assert_false(takes("ratio", "inf"));
	assert_false(takes("ratio", "nan"));
	assert_false(takes("ratio", "auto"));
	assert_false(takes("ratio", "0.5 "));
	assert_true(s.ratio == 1e9);
	assert_true(takes("width", "-1") && s.width == -1);
	assert_true(takes("width", "auto") && isnan(s.width));
	assert_false(takes("width", "nan"));
}

static void
word_is_one_of_its_words(void **state)
{
	(void)state;
	assert_true(takes("colour", "blue") && s.colour == 2);
	assert_true(takes("colour", "red") && s.colour == 0);
	assert_false(takes("colour", "gre"));
	assert_false(takes("colour", "RED"));
	assert_false(takes("colour", "1"));
	assert_int_equal(s.colour, 0);
}

static void
str_fits_its_place(void **state)
{
	(void)state;
	assert_true(takes("path", "1234567"));
	assert_string_equal(s.path, "1234567");
	assert_false(takes("path", "12345678"));
	assert_string_equal(s.path, "1234567");
	assert_true(takes("path", ""));
}

static void
pair_is_ordered_and_in_range(void **state)
{
	(void)state;
	assert_true(takes("range", "{-1, 2.5}"));
	assert_true(s.range[0] == -1 && s.range[1] == 2.5);
	assert_true(takes("range", "0,100"));
	assert_true(s.range[0] == 0 && s.range[1] == 100);
	assert_false(takes("range", "{1, 1}"));
	assert_false(takes("range", "{2, 1}"));
	assert_false(takes("range", "{0, 1001}"));
	assert_false(takes("range", "{0}"));
	assert_false(takes("range", "{0, }"));
	assert_false(takes("range", "{0, 1} 2"));
	assert_false(takes("range", "{nan, 1}"));
	assert_false(takes("range", ""));
	assert_true(s.range[0] == 0 && s.range[1] == 100);
}

static void
sentence_says_setting_value_and_what_it_takes(void **state)
{
	static const struct {
		const char *name, *given, *sentence;
	} all[] = {
		{ "yes", "on", "yes = \"on\": it takes true or false" },
		{ "count", "0",
		    "count = \"0\": it takes a whole number "
		    "from 1 to 100, or never" },
		{ "ratio", "x",
		    "ratio = \"x\": it takes a number "
		    "from 0 to 1000000000" },
		{ "colour", "pink",
		    "colour = \"pink\": it takes one of "
		    "red, green, blue" },
		{ "path", "12345678",
		    "path = \"12345678\": it takes text "
		    "of up to 7 characters" },
		{ "range", "1",
		    "range = \"1\": it takes two numbers "
		    "{low, high} from -1000 to 1000" },
	};
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_int_equal(
		    setting_parse(row(all[i].name), &s, all[i].given, &f),
		    ERR_CONFIG);
		assert_int_equal(f.code, ERR_CONFIG);
		assert_string_equal(f.text, all[i].sentence);
	}
}

static const char *
formatted(const char *name)
{
	static char text[64];
	struct buf b = { 0 };

	setting_format(row(name), &s, &b);
	snprintf(text, sizeof text, "%.*s", (int)b.len, (char *)b.data);
	buf_free(&b);
	return text;
}

static void
formats_as_it_is_written(void **state)
{
	static const struct {
		const char *name, *text;
	} all[] = {
		{ "yes", "false" },
		{ "count", "never" },
		{ "count", "100" },
		{ "seed", "9007199254740993" },
		{ "ratio", "86400" },
		{ "ratio", "1000" },
		{ "ratio", "0.1" },
		{ "ratio", "1e-07" },
		{ "ratio", "0.1000000000000001" },
		{ "width", "auto" },
		{ "width", "-0.25" },
		{ "colour", "red" },
		{ "path", "a b" },
		{ "range", "{-1, 0.3}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_true(takes(all[i].name, all[i].text));
		assert_string_equal(formatted(all[i].name), all[i].text);
	}
}

static void
any_number_reads_back_the_same(void **state)
{
	uint64_t r = test_seed();

	(void)state;
	for (int i = 0; i < 20000; i++) {
		double was = ldexp((double)test_random(&r),
		    (int)test_below(&r, 90) - 124);
		char text[64];

		s.ratio = was;
		strcpy(text, formatted("ratio"));
		s.ratio = -1;
		assert_true(takes("ratio", text));
		assert_true(s.ratio == was);
	}
}

static void
packs_by_type_and_words_as_text(void **state)
{
	static const char expected[] =
	    "\xc3"
	    "\x0a"
	    "\x01"
	    "\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00"
	    "\xa4"
	    "auto"
	    "\xa5"
	    "green"
	    "\xa0"
	    "\x92\xcb\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00"
	    "\xa5"
	    "never"
	    "\xa7"
	    "forever"
	    "\xa3"
	    "all"
	    "\xa6"
	    "square"
	    "\xa5"
	    "never";
	struct buf b = { 0 };

	(void)state;
	for (const struct setting *r = rows; r->name != NULL; r++)
		setting_pack(r, &s, &b);
	assert_true(takes("count", "never"));
	setting_pack(row("count"), &s, &b);
	assert_int_equal(b.len, sizeof expected - 1);
	assert_memory_equal(b.data, expected, b.len);
	buf_free(&b);
}

static void
copy_makes_equal_and_a_change_unequal(void **state)
{
	static const char *const changed[] = { "false", "11", "2", "0.25",
		"0.5", "red", "x", "{0, 2}", "3h", "3h", "5kB",
		"line" };
	struct all other;

	(void)state;
	memset(&other, 0x55, sizeof other);
	for (int i = 0; rows[i].name != NULL; i++) {
		setting_copy(&rows[i], &other, &s);
		assert_true(setting_equal(&rows[i], &other, &s));
		assert_true(takes(rows[i].name, changed[i]));
		assert_false(setting_equal(&rows[i], &other, &s));
	}
}

#define TEST(f) cmocka_unit_test_setup(f, defaults)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(defaults_are_set),
		TEST(rows_are_found_by_their_whole_name),
		TEST(bool_is_true_or_false),
		TEST(span_is_a_count_or_a_time),
		TEST(a_time_has_a_unit),
		TEST(a_size_is_in_bytes),
		TEST(words_may_be_the_names_of_a_table),
		TEST(int_is_whole_and_in_range),
		TEST(large_int_is_not_rounded),
		TEST(num_is_finite_and_in_range),
		TEST(word_is_one_of_its_words),
		TEST(str_fits_its_place),
		TEST(pair_is_ordered_and_in_range),
		TEST(sentence_says_setting_value_and_what_it_takes),
		TEST(formats_as_it_is_written),
		TEST(any_number_reads_back_the_same),
		TEST(packs_by_type_and_words_as_text),
		TEST(copy_makes_equal_and_a_change_unequal),
	};

	return cmocka_run_group_tests_name("setting", tests, NULL, NULL);
}
