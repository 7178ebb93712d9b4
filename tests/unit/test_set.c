/* SPDX-License-Identifier: GPL-3.0-or-later */
/* set: files of prompts that are good, and what is said of those that are
 * not. */
#include "tests/test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "eval/set.h"

static char path[64];

static void
write_file(const char *ending, const char *data, size_t len)
{
	FILE *to;

	snprintf(path, sizeof path, "/tmp/test_set.%ld%s", (long)getpid(),
	    ending);
	to = fopen(path, "wb");
	assert_non_null(to);
	assert_int_equal(fwrite(data, 1, len, to), len);
	assert_int_equal(fclose(to), 0);
}

static enum err
read_back(struct set *s, const char *more, struct fault *f)
{
	char spec[96];
	enum err e;

	snprintf(spec, sizeof spec, "%s%s", path, more);
	e = set_problem(s, spec, 1, f);
	unlink(path);
	return e;
}

static void
check_small(const char *ending, const char *data, size_t len)
{
	struct fault f = { 0 };
	struct set s;

	write_file(ending, data, len);
	if (read_back(&s, "", &f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_int_equal(s.rows, 2);
	assert_int_equal(s.dimension, 2);
	assert_int_equal(s.arms, 2);
	assert_string_equal(s.arm[0], "a");
	assert_string_equal(s.arm[1], "b");
	assert_true(set_x(&s, 1)[0] == 0.5f && set_x(&s, 1)[1] == 2);
	assert_true(set_reward(&s, 0, 0) == 0.25);
	assert_true(isnan(set_reward(&s, 0, 1)));
	assert_true(set_cost(&s, 1, 1) == 3 && isnan(set_cost(&s, 0, 0)));
	assert_int_equal(s.unscored, 1);
	assert_true(set_mean_reward(&s, 0) == 0.5);
	assert_true(set_mean_reward(&s, 1) == 1);
	assert_true(isnan(set_mean_cost(&s, 0)));
	set_fini(&s);
}

static void
formats_say_the_same(void **state)
{
	static const char json[] =
	    "{\"x\":[1,0],\"reward\":{\"a\":0.25,\"b\":null}}\n\n"
	    "{\"reward\":{\"b\":1,\"a\":0.75},\"cost\":{\"b\":3},"
	    "\"x\":[0.5,2]}\n";
	static const char csv[] = "reward:a,x1,\"x2\",reward:b,cost:b\r\n"
				  "0.25,1,0,,\r\n0.75,0.5,2,1,3\r\n";
	/* {x: [1, 0], reward: {a: 0.25, b: nil}}, and the other row */
	static const char packed[] =
	    "\x82\xa1x\x92\x01\x00\xa6reward\x82\xa1"
	    "a\xca\x3e\x80\x00\x00\xa1"
	    "b\xc0"
	    "\x83\xa1x\x92\xca\x3f\x00\x00\x00\x02\xa6reward\x82\xa1"
	    "a\xca\x3f\x40\x00\x00\xa1"
	    "b\x01\xa4"
	    "cost\x81\xa1"
	    "b\x03";

	(void)state;
	check_small(".jsonl", json, sizeof json - 1);
	check_small(".csv", csv, sizeof csv - 1);
	check_small(".msgpack", packed, sizeof packed - 1);
}

struct bad {
	const char *ending, *data, *says;
};

static void
check_bad(const struct bad *b, size_t len)
{
	struct fault f = { 0 };
	struct set s;

	write_file(b->ending, b->data, len);
	assert_int_equal(read_back(&s, "", &f), ERR_DATA);
	if (strstr(f.text, b->says) == NULL || strstr(f.text, path) == NULL)
		fail_msg("want \"%s\", got \"%s\"", b->says, f.text);
	assert_null(s.x);
	set_fini(&s);
}

#define J(x, reward) "{\"x\":" x ",\"reward\":" reward "}\n"

static void
bad_input_names_file_and_line(void **state)
{
	static const char good[] = J("[1,0]", "{\"a\":1,\"b\":0}");
	static const struct bad json[] = {
		{ ".jsonl", "{\"reward\":{\"a\":1,\"b\":0}}", ":2: x is" },
		{ ".jsonl", "{\"x\":[1,0]}", ":2: reward is no map" },
		{ ".jsonl", J("[1]", "{\"a\":1,\"b\":0}"), ":2: x has 1" },
		{ ".jsonl", J("[1,\"y\"]", "{\"a\":1,\"b\":0}"), ":2: x[1]" },
		{ ".jsonl", J("[0,0]", "{\"a\":1,\"b\":0}"), ":2: " },
		{ ".jsonl", J("[1,0]", "{\"a\":NaN,\"b\":0}"),
		    ":2: it is not" },
		{ ".jsonl", J("[1,0]", "{\"a\":\"1\",\"b\":0}"),
		    ":2: reward of a" },
		{ ".jsonl", J("[1,0]", "{\"a\":1}"), ":2: reward has 1 arms" },
		{ ".jsonl", J("[1,0]", "{\"a\":1,\"c\":0}"), ":2: reward has" },
		{ ".jsonl", J("[1,0]", "{\"a\":null,\"b\":null}"),
		    ":2: no arm" },
		{ ".jsonl", "[1]", ":2: it is not a JSON object" },
	};
	static const struct bad csv[] = {
		{ ".csv", "", "empty" },
		{ ".csv", "x1,x2\n1,2\n", ":1: there is no column reward" },
		{ ".csv", "reward:a\n1\n", ":1: there is no column x1" },
		{ ".csv", "x1,x3,reward:a\n", ":1: column \"x3\"" },
		{ ".csv", "x1,cost:b,reward:a\n", ":1: there is no column" },
		{ ".csv", "x1,reward:a,reward:a\n", ":1: two columns" },
		{ ".csv", "x1,reward:a\n1,1\n1\n", ":3: 1 fields" },
		{ ".csv", "x1,reward:a\n1,1,1\n", ":2: more fields" },
		{ ".csv", "x1,reward:a\n1,one\n", ":2: \"one\" is no" },
		{ ".csv", "x1,reward:a\nnan,1\n", ":2: " },
		{ ".csv", "x1,reward:a\n1,inf\n", ":2: a reward or cost" },
		{ ".csv", "x1,reward:a\n1,\n", ":2: no arm has" },
		{ ".csv", "x1,reward:a\n", "no row" },
	};
	char both[256];

	(void)state;
	for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
		struct bad b = json[i];

		snprintf(both, sizeof both, "%s%s", good, b.data);
		b.data = both;
		check_bad(&b, strlen(both));
	}
	for (size_t i = 0; i < sizeof csv / sizeof *csv; i++)
		check_bad(&csv[i], strlen(csv[i].data));
}

/* As many arms as there should be, but one twice: b was taken for unscored. */
static void
an_arm_twice_does_not_hide_another(void **state)
{
	static const char packed[] = "\x82\xa1x\x91\x01\xa6reward\x82\xa1"
				     "a\x01\xa1"
				     "b\x01"
				     "\x82\xa1x\x91\x01\xa6reward\x82\xa1"
				     "a\x01\xa1"
				     "a\x01";
	static const struct bad b = { ".msgpack", packed,
		":2: reward has a twice" };

	(void)state;
	check_bad(&b, sizeof packed - 1);
}

static void
a_file_cut_anywhere_is_an_error_or_shorter(void **state)
{
	static const char packed[] = "\x82\xa1x\x91\x01\xa6reward\x81\xa1"
				     "a\x01";
	struct bad b = { ".msgpack", packed, "" };

	(void)state;
	for (size_t len = 0; len < sizeof packed - 1; len++)
		check_bad(&b, len);
}

static enum err
check_no_cost(void)
{
	static const char csv[] = "x1,reward:a,reward:b,cost:a,cost:b\n"
				  "1,1,1,1,9\n\n1,1,1,1,0\n";
	struct fault f = { 0 };
	struct set s;
	enum err e;

	write_file(".csv", csv, sizeof csv - 1);
	e = read_back(&s, "~cost", &f);
	assert_non_null(strstr(f.text, ".csv:4: the cost of b is not"));
	return e;
}

/* Cheapest 1, dearest 100: reward less 0.3 and the given weight. */
static void
cost_is_taken_off_by_its_logarithm(void **state)
{
	static const char csv[] = "x1,reward:a,reward:b,reward:c,cost:a,"
				  "cost:b,cost:c\n1,1,1,1,1,10,100\n";
	static const struct {
		const char *more;
		double weight;
	} cases[] = { { "~cost", 0.3 }, { "~cost=1", 1 } };
	struct fault f = { 0 };
	struct set s;

	(void)state;
	for (int i = 0; i < 2; i++) {
		write_file(".csv", csv, sizeof csv - 1);
		assert_int_equal(read_back(&s, cases[i].more, &f), ERR_NONE);
		for (int a = 0; a < 3; a++)
			assert_true(fabs(set_reward(&s, 0, a) -
					(1 - cases[i].weight * a / 2)) < 1e-12);
		assert_non_null(strstr(s.name, "~cost"));
		set_fini(&s);
	}
	write_file(".csv", csv, sizeof csv - 1);
	assert_int_equal(read_back(&s, "~cost=much", &f), ERR_BAD_REQUEST);
	assert_int_equal(check_no_cost(), ERR_DATA);
	assert_int_equal(set_read(&s, "/nonexistent.csv", &f), ERR_STORAGE);
	assert_int_equal(set_read(&s, "/tmp/set.txt", &f), ERR_DATA);
}

/* Files next to the one that is read, each of which is an argument. */
struct part {
	const char *ending, *data;
};

static enum err
read_joined(struct set *s, const struct part *part, int parts, const char *more,
    struct fault *f)
{
	char spec[512] = "", name[4][64];
	enum err e;

	for (int i = 0; i < parts; i++) {
		char ending[32];

		snprintf(ending, sizeof ending, "+%d%s", i, part[i].ending);
		write_file(ending, part[i].data, strlen(part[i].data));
		snprintf(name[i], sizeof name[i], "%s", path);
		snprintf(spec + strlen(spec), sizeof spec - strlen(spec),
		    "%s%s", i > 0 ? "+" : "", path);
	}
	snprintf(spec + strlen(spec), sizeof spec - strlen(spec), "%s", more);
	e = set_problem(s, spec, 1, f);
	for (int i = 0; i < parts; i++)
		unlink(name[i]);
	return e;
}

#define ONE                                                               \
	{                                                                 \
		".jsonl",                                                 \
		    "{\"x\":[1,0],\"reward\":{\"a\":1,\"b\":2},\"task\":" \
		    "\"math\",\"group\":3}\n"                             \
	}

static void
files_are_joined_by_the_names_of_arms_and_kinds(void **state)
{
	static const struct part parts[] = { ONE,
		{ ".csv",
		    "reward:b,reward:a,x1,x2,task,group\n"
		    "4,3,0,1,code,1\n,5,0,2,math,0\n" },
		ONE };
	struct fault f = { 0 };
	char where[SET_WHERE_SIZE];
	struct set s;

	(void)state;
	if (read_joined(&s, parts, 3, "", &f) != ERR_NONE)
		fail_msg("%s", f.text);
	assert_int_equal(s.rows, 4);
	assert_true(set_reward(&s, 1, 0) == 3 && set_reward(&s, 1, 1) == 4);
	assert_true(isnan(set_reward(&s, 2, 1)) && set_x(&s, 2)[1] == 2);
	assert_int_equal(s.unscored, 1);
	assert_int_equal(s.task[0], s.task[2]);
	assert_int_equal(s.task[0], s.task[3]);
	assert_int_not_equal(s.task[0], s.task[1]);
	assert_int_equal(s.group[0], 3);
	assert_int_equal(s.group[1], 4);
	assert_int_equal(s.group[2], 0);
	assert_int_equal(s.group[3], 7);
	assert_non_null(strstr(s.name, "+0+test_set"));
	set_where(&s, 2, where);
	assert_non_null(strstr(where, "+1.csv:3"));
	set_where(&s, 3, where);
	assert_non_null(strstr(where, "+2.jsonl:1"));
	set_fini(&s);
}

static void
files_that_do_not_fit_are_both_named(void **state)
{
	static const struct {
		struct part other;
		const char *more, *says[3];
	} cases[] = {
		{ { ".csv", "x1,x2,reward:a,reward:c\n1,1,1,1\n" }, "",
		    { "have different arms", "0.jsonl has b; only",
			"1.csv has c" } },
		{ { ".csv", "x1,x2,reward:a\n1,1,1\n" }, "",
		    { "0.jsonl and", "0.jsonl has b", "have different" } },
		{ { ".csv", "x1,reward:b,reward:a\n1,1,1\n" }, "",
		    { "0.jsonl have 2 numbers", "1.csv 1", "contexts of" } },
		{ { ".csv", "x1,x2,reward:b,reward:a\n1,1,1\n" }, "",
		    { "1.csv:2: 3 fields", "header has 4", "" } },
		{ { ".csv",
		      "x1,x2,reward:b,reward:a,cost:a,cost:b\n"
		      "1,0,1,1,1,9\n1,0,1,1,1,8\n" },
		    "~cost", { "0.jsonl:1: the cost of a is not", "", "" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct part parts[] = { ONE, cases[i].other };
		struct fault f = { 0 };
		struct set s;

		assert_int_equal(read_joined(&s, parts, 2, cases[i].more, &f),
		    ERR_DATA);
		for (int k = 0; k < 3; k++)
			if (strstr(f.text, cases[i].says[k]) == NULL)
				fail_msg("want \"%s\", got \"%s\"",
				    cases[i].says[k], f.text);
		assert_null(s.x);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_say_the_same),
		cmocka_unit_test(bad_input_names_file_and_line),
		cmocka_unit_test(an_arm_twice_does_not_hide_another),
		cmocka_unit_test(a_file_cut_anywhere_is_an_error_or_shorter),
		cmocka_unit_test(cost_is_taken_off_by_its_logarithm),
		cmocka_unit_test(
		    files_are_joined_by_the_names_of_arms_and_kinds),
		cmocka_unit_test(files_that_do_not_fit_are_both_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
