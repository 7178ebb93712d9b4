/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval ope as a command: its options, output and exit statuses. */
#include "tests/unit/judged.h"

#include <jansson.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "eval/commands.h"

/* What the last run wrote. */
static char out[65536], error[65536];

static void
take(FILE *from, char *to, size_t size)
{
	size_t n;

	rewind(from);
	n = fread(to, 1, size - 1, from);
	to[n] = '\0';
	fclose(from);
}

/* Runs the command line, words separated by spaces, with both outputs kept. */
static int
run(const char *line)
{
	char words[512], *argv[32] = { NULL }, *next = words;
	FILE *files[2] = { tmpfile(), tmpfile() };
	int saved[2] = { dup(1), dup(2) }, argc = 0, status;

	snprintf(words, sizeof words, "ope %s", line);
	while ((argv[argc] = strsep(&next, " ")) != NULL)
		argc++;
	fflush(stdout);
	dup2(fileno(files[0]), 1);
	dup2(fileno(files[1]), 2);
	status = cmd_ope(argc, argv);
	fflush(stdout);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	take(files[0], out, sizeof out);
	take(files[1], error, sizeof error);
	return status;
}

static json_t *
run_json(const char *line)
{
	json_error_t why;
	json_t *all;

	assert_int_equal(run(line), EX_OK);
	all = json_loads(out, 0, &why);
	if (all == NULL)
		fail_msg("%s: %s", why.text, out);
	assert_string_equal(error, "");
	return all;
}

static double
num(const json_t *all, size_t policy, const char *key)
{
	const json_t *v = json_object_get(
	    json_array_get(json_object_get(all, "policies"), policy), key);

	assert_non_null(v);
	return json_is_null(v) ? NAN : json_number_value(v);
}

static void
a_table_says_what_each_would_have_earned(void **state)
{
	(void)state;
	judged_fill();
	assert_int_equal(run("-p best -p third made.jsonl"), EX_OK);
	assert_non_null(strstr(out, "(logged)"));
	assert_non_null(strstr(out, "best"));
	assert_non_null(strstr(out, "third"));
	assert_non_null(strstr(out, "dr"));
	assert_string_equal(error, "");
}

static void
json_says_the_same(void **state)
{
	json_t *all;

	(void)state;
	judged_fill();
	all = run_json("-j -p best -p third --estimator ips --estimator dr "
		       "--router made made.jsonl");
	assert_int_equal(json_array_size(json_object_get(all, "policies")), 4);
	assert_true(
	    json_integer_value(json_object_get(all, "rounds")) == ROUNDS);
	assert_true(fabs(num(all, 0, "reward") - 0.8) < 0.1);
	assert_true(fabs(num(all, 1, "reward") - 0.8) < 0.1);
	assert_true(fabs(num(all, 3, "reward") - 0.4) < 0.1);
	assert_true(num(all, 1, "within") < num(all, 0, "within"));
	assert_true(num(all, 0, "blind") == 0);
	json_decref(all);
	all = run_json("-j -p best --estimator all made.jsonl");
	assert_int_equal(json_array_size(json_object_get(all, "policies")), 8);
	assert_true(isnan(num(all, 3, "effective")));
	json_decref(all);
}

static long
rounds_in(const char *options)
{
	char line[256];
	json_t *all;
	long n;

	snprintf(line, sizeof line, "-j -p best --estimator ips %s made.jsonl",
	    options);
	all = run_json(line);
	n = (long)json_integer_value(json_object_get(all, "rounds"));
	json_decref(all);
	return n;
}

/* The log's times are 0 to 2,999 seconds after the epoch. */
static void
a_time_may_be_said_in_three_ways(void **state)
{
	(void)state;
	judged_fill();
	assert_int_equal(rounds_in("--since 10m"), 601);
	assert_int_equal(rounds_in("--since @1000 --until @2000"), 1000);
	assert_int_equal(rounds_in("--since 1970-01-01T00:40"), 600);
	assert_int_equal(rounds_in("--until 1970-01-01T00:00:10Z"), 10);
	assert_int_equal(rounds_in("--since 1970-01-01 --until 40m"), 599);
}

static void
refused(const char *line, int status, const char *says)
{
	assert_int_equal(run(line), status);
	assert_string_equal(out, "");
	if (strstr(error, says) == NULL)
		fail_msg("%s says: %s", line, error);
}

static void
what_is_wrong_is_said(void **state)
{
	(void)state;
	judged_fill();
	refused("made.jsonl", EX_USAGE, "usage:");
	refused("-p best", EX_USAGE, "usage:");
	refused("-p best made.jsonl more", EX_USAGE, "usage:");
	refused("-p best --budget 3 made.jsonl", EX_USAGE, "usage:");
	refused("-q -p best made.jsonl", EX_USAGE, "usage:");
	refused("-p best --estimator luck made.jsonl", EX_USAGE, "snips");
	refused("-p best --clip no made.jsonl", EX_USAGE, "clip");
	refused("-p best --clip -1 made.jsonl", EX_USAGE, "clip");
	refused("-p best --since yesterday made.jsonl", EX_USAGE,
	    "--since yesterday");
	refused("-p best --since @9999 made.jsonl", EX_DATAERR, "0 rounds");
	refused("-p best -p wishes made.jsonl", EX_USAGE, "wishes");
	refused("-p best --router other made.jsonl", EX_DATAERR, "other");
	refused("-p best none.jsonl", EX_IOERR, "none.jsonl");
	assert_int_equal(run("--help"), EX_OK);
	assert_non_null(strstr(out, "usage:"));
}

static void
a_log_that_cannot_say_is_refused(void **state)
{
	(void)state;
	judged_fill();
	judged_round[9].propensity = NAN;
	refused("-p best made.jsonl", EX_DATAERR, "made.jsonl:10: ");
	assert_int_equal(run("-p best --estimator dm made.jsonl"), EX_OK);
	judged_round[8].time = NAN;
	refused("-p best --since 1m made.jsonl", EX_DATAERR, "made.jsonl:9: ");
	for (int i = 0; i < ROUNDS; i++)
		judged_round[i].propensity = 1;
	refused("-p best made.jsonl", EX_DATAERR, "explore_floor");
	judged_round[2].propensity = 0.5;
	assert_int_equal(run("-p third made.jsonl"), EX_OK);
	assert_non_null(strstr(error, "blind"));
}

static void
a_guard_counts_across_runs(void **state)
{
	char line[256], path[] = "/tmp/test_cmd_ope.XXXXXX";
	int fd = mkstemp(path);
	json_t *all, *guard;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	judged_fill();
	snprintf(line, sizeof line,
	    "-p best --guard %s --budget 1 --estimator ips made.jsonl", path);
	assert_int_equal(run(line), EX_OK);
	assert_non_null(strstr(error, "of 1 spent"));
	snprintf(line, sizeof line,
	    "-j -p best --guard %s --estimator ips made.jsonl", path);
	all = run_json(line);
	guard = json_object_get(all, "guard");
	assert_true(json_integer_value(json_object_get(guard, "budget")) == 1);
	assert_true(isnan(num(all, 0, "gain_se")));
	assert_true(num(all, 0, "gain") > 0 && num(all, 0, "within") > 0);
	json_decref(all);
	judged_round[5].reward += 1;
	refused(line, EX_DATAERR, "another log");
	unlink(path);
}

/* What was answered before is shown, and then that there is no more. */
static void
a_spent_guard_refuses(void **state)
{
	char line[256], path[] = "/tmp/test_cmd_ope.XXXXXX";
	int fd = mkstemp(path);
	FILE *file;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	judged_fill();
	snprintf(line, sizeof line,
	    "-p best --guard %s --budget 1 --estimator ips made.jsonl", path);
	assert_int_equal(run(line), EX_OK);
	file = fopen(path, "a");
	fputs("answer 1 held 0.1 0.1\n", file);
	fclose(file);
	snprintf(line, sizeof line,
	    "-p third --guard %s --estimator ips made.jsonl", path);
	refused(line, EX_NOPERM, "the budget of 1 is spent");
	snprintf(line, sizeof line,
	    "-p best -p third --guard %s --estimator ips made.jsonl", path);
	assert_int_equal(run(line), EX_NOPERM);
	assert_non_null(strstr(out, "best"));
	assert_null(strstr(out, "third"));
	assert_non_null(strstr(error, "of 1 spent"));
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_says_what_each_would_have_earned),
		cmocka_unit_test(json_says_the_same),
		cmocka_unit_test(a_time_may_be_said_in_three_ways),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(a_log_that_cannot_say_is_refused),
		cmocka_unit_test(a_guard_counts_across_runs),
		cmocka_unit_test(a_spent_guard_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
