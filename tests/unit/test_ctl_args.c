/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_words, ctl_args, ctl_vector: from the command line to parameters. */
#include "tests/test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "client/ctl_args.h"
#include "client/ctl_vector.h"
#include "client/ctl_words.h"

#define MOST 8

static struct fault fault;
static struct args args;
static struct command command;

/* The command line cut at blanks; the words of a command are found. */
static bool
find(const char *line)
{
	static char copy[128];
	char *argv[MOST];
	int argc = 0;

	strcpy(copy, line);
	for (char *p = strtok(copy, " "); p != NULL; p = strtok(NULL, " "))
		argv[argc++] = p;
	return words_find(&command, argc, argv);
}

static void
methods_are_found_by_their_words(void **state)
{
	static const char *const lines[] = { "arm add x", "arm.add x", "ping",
		"state-hash", "state_hash", "arms chat" };
	static const struct {
		const char *method;
		int words;
	} found[] = { { "arm.add", 2 }, { "arm.add", 1 }, { "ping", 1 },
		{ "state_hash", 1 }, { "state_hash", 1 }, { "arms", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		assert_true(find(lines[i]));
		assert_string_equal(command.method->name, found[i].method);
		assert_int_equal(command.words, found[i].words);
		assert_null(command.alias);
	}
}

/* Nothing is typed that leads nowhere, and every method can be typed. */
static void
every_method_and_alias_has_its_words(void **state)
{
	struct buf words = { 0 };

	(void)state;
	for (const struct method *m = methods; m->name != NULL; m++) {
		words.len = 0;
		words_put(&words, m->name, strlen(m->name));
		buf_put(&words, "", 1);
		assert_true(find((const char *)words.data));
		assert_ptr_equal(command.method, m);
	}
	for (const struct alias *a = aliases; a->name != NULL; a++) {
		words.len = 0;
		words_put(&words, a->name, strlen(a->name));
		buf_put(&words, "", 1);
		assert_true(find((const char *)words.data));
		assert_ptr_equal(command.alias, a);
		assert_string_equal(command.method->name, a->method);
		assert_true(strlen(a->help) > 10);
		assert_true(
		    a[1].name == NULL || strcmp(a->name, a[1].name) < 0);
	}
	buf_free(&words);
}

static void
unknown_words_are_no_command(void **state)
{
	static const char *const lines[] = { "arm", "arm frob", "pin", "pings",
		"", "-", "." };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_false(find(lines[i]));
}

static enum err
sort(const char *method, const char *preset, const char *line)
{
	static char copy[256];
	char *argv[MOST];
	int argc = 0;

	strcpy(copy, line);
	for (char *p = strtok(copy, " "); p != NULL; p = strtok(NULL, " "))
		argv[argc++] = p;
	return args_sort(&args, method_find(method, strlen(method)), preset,
	    argc, argv, &fault);
}

static const char *
given(const char *method, const char *name)
{
	const struct method *m = method_find(method, strlen(method));

	for (int i = 0; i < method_params(m); i++)
		if (strcmp(m->params[i].name, name) == 0)
			return args.given[i];
	fail_msg("%s has no %s", method, name);
	return NULL;
}

static void
arguments_fill_parameters_in_order(void **state)
{
	(void)state;
	assert_int_equal(sort("feedback", NULL, "d-1 0.5"), ERR_NONE);
	assert_string_equal(given("feedback", "decision"), "d-1");
	assert_string_equal(given("feedback", "reward"), "0.5");
	assert_null(given("feedback", "arm"));
	assert_int_equal(sort("arms", NULL, "chat"), ERR_NONE);
	assert_string_equal(given("arms", "router"), "chat");
}

static void
keys_may_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(sort("feedback", NULL, "0.5 cost=2 decision=d=1"),
	    ERR_NONE);
	assert_string_equal(given("feedback", "decision"), "d=1");
	assert_string_equal(given("feedback", "reward"), "0.5");
	assert_string_equal(given("feedback", "cost"), "2");
	assert_int_equal(sort("backup", NULL, "/tmp/a=b"), ERR_NONE);
	assert_string_equal(given("backup", "path"), "/tmp/a=b");
}

static void
text_takes_the_place_of_the_vector(void **state)
{
	(void)state;
	assert_int_equal(sort("observe", NULL, "haiku 0.5 text=@-"), ERR_NONE);
	assert_null(given("observe", "x"));
	assert_string_equal(given("observe", "text"), "@-");
	assert_string_equal(given("observe", "arm"), "haiku");
	assert_int_equal(sort("decide", NULL, "[1] chat"), ERR_NONE);
	assert_string_equal(given("decide", "x"), "[1]");
	assert_null(given("decide", "text"));
	assert_string_equal(given("decide", "router"), "chat");
}

static void
preset_is_given(void **state)
{
	(void)state;
	assert_int_equal(sort("arm.set", "enabled=true", "haiku"), ERR_NONE);
	assert_string_equal(given("arm.set", "arm"), "haiku");
	assert_string_equal(given("arm.set", "enabled"), "true");
	assert_int_equal(sort("arm.set", "enabled=true", "h enabled=false"),
	    ERR_USAGE);
}

static void
wrong_arguments_are_usage_errors_that_say_which(void **state)
{
	static const struct {
		const char *method, *line, *says;
	} all[] = {
		{ "feedback", "d-1", "reward is missing" },
		{ "decide", "", "x or text is missing" },
		{ "score", "text=a a b c", "one argument too many: c" },
		{ "ping", "x", "one argument too many: x" },
		{ "arms", "chat frob=1", "there is no parameter frob" },
		{ "arms", "rout=1", "there is no parameter rout" },
		{ "arms", "router=a router=b", "router is given twice" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		assert_int_equal(sort(all[i].method, NULL, all[i].line),
		    ERR_USAGE);
		assert_string_equal(fault.text, all[i].says);
	}
}

static enum err
put(const char *method, const char *line)
{
	struct banditd *b = banditd_new("/nowhere");
	enum err e;

	assert_int_equal(sort(method, NULL, line), ERR_NONE);
	banditd_begin(b, method);
	e = args_put(&args, method_find(method, strlen(method)), false, b,
	    &fault);
	banditd_free(b);
	return e;
}

static void
values_are_checked_by_type(void **state)
{
	(void)state;
	assert_int_equal(put("feedback", "d-1 -0.5e1"), ERR_NONE);
	assert_int_equal(put("feedback", "d-1 abc"), ERR_USAGE);
	assert_string_equal(fault.text, "reward=abc: it takes a number");
	assert_int_equal(put("feedback", "d-1 nan"), ERR_USAGE);
	assert_int_equal(put("feedback", "d-1 reward="), ERR_USAGE);
	assert_int_equal(put("arm.set", "a enabled=yes"), ERR_NONE);
	assert_int_equal(put("arm.set", "a enabled=maybe"), ERR_USAGE);
	assert_string_equal(fault.text,
	    "enabled=maybe: it takes true or false");
	assert_int_equal(put("decide", "[1,2] arms=a,b"), ERR_NONE);
	assert_int_equal(put("decide", "[1,2] arms=[\"a\"]"), ERR_NONE);
	assert_int_equal(put("decide", "[1,2] arms=[\"a\""), ERR_USAGE);
	assert_int_equal(put("decide", "[1,\"x\"]"), ERR_DATA);
	assert_string_equal(fault.text,
	    "the vector: element 1 is not a "
	    "number");
}

static char path[64];

static void
write_file(const void *data, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, n, f), n);
	fclose(f);
}

static void
expect_vector(const char *source, bool raw, const float *want, size_t n)
{
	float *x;
	size_t got;

	assert_int_equal(vector_get(source, raw, &x, &got, &fault), ERR_NONE);
	assert_int_equal(got, n);
	assert_memory_equal(x, want, n * sizeof *want);
	free(x);
}

static void
vector_comes_from_the_argument_a_file_or_raw(void **state)
{
	static const float want[] = { 1, -0.5f, 1e-3f };
	char at[80];

	(void)state;
	expect_vector("[1, -0.5, 1e-3]", false, want, 3);
	expect_vector("[1, -0.5, 1e-3]", true, want, 3);
	write_file(" [1,-0.5,\n0.001 ]\n", 18);
	expect_vector(path, false, want, 3);
	snprintf(at, sizeof at, "@%s", path);
	expect_vector(at, false, want, 3);
	write_file(want, sizeof want);
	expect_vector(path, true, want, 3);
}

static void
expect_bad(const char *source, bool raw, const char *says)
{
	float *x;
	size_t n;

	assert_int_equal(vector_get(source, raw, &x, &n, &fault), ERR_DATA);
	assert_null(x);
	assert_non_null(strstr(fault.text, says));
}

static void
what_is_no_vector_is_bad_data(void **state)
{
	char *large = malloc(3 << 20);

	(void)state;
	expect_bad("[1, 2", false, "not a JSON array");
	expect_bad("[]", false, "not a JSON array of 1 to 65536 numbers");
	expect_bad("[1, null]", false, "element 1 is not a number");
	expect_bad("[nan]", false, "not a JSON array");
	expect_bad("/nowhere/x.json", false, "No such file");
	expect_bad("/", false, "directory");
	write_file("{\"x\": [1]}", 10);
	expect_bad(path, false, "not a JSON array of");
	write_file("", 0);
	expect_bad(path, false, "not a JSON array");
	expect_bad(path, true, "float32");
	write_file("12345", 5);
	expect_bad(path, true, "float32");
	assert_non_null(large);
	memset(large, ' ', 3 << 20);
	write_file(large, 3 << 20);
	expect_bad(path, false, "too large");
	write_file(large, 4 * 65537);
	expect_bad(path, true, "float32");
	free(large);
}

static int
setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/test_ctl_args.XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_are_found_by_their_words),
		cmocka_unit_test(every_method_and_alias_has_its_words),
		cmocka_unit_test(unknown_words_are_no_command),
		cmocka_unit_test(arguments_fill_parameters_in_order),
		cmocka_unit_test(keys_may_stand_anywhere),
		cmocka_unit_test(text_takes_the_place_of_the_vector),
		cmocka_unit_test(preset_is_given),
		cmocka_unit_test(
		    wrong_arguments_are_usage_errors_that_say_which),
		cmocka_unit_test(values_are_checked_by_type),
		cmocka_unit_test(vector_comes_from_the_argument_a_file_or_raw),
		cmocka_unit_test(what_is_no_vector_is_bad_data),
	};

	return cmocka_run_group_tests_name("ctl_args", tests, setup, teardown);
}
