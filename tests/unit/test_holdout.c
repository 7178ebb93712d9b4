/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file that keeps a holdout's budget and answers. */
#include "tests/unit/numbers.h"

#include <string.h>
#include <unistd.h>

#include "eval/holdout.h"

enum { ROUNDS = 50 };

static char path[] = "/tmp/test_holdout.XXXXXX";
static char arms[2][NAME_SIZE] = { "one", "two" };
static struct round rounds_of[ROUNDS];
static struct rounds log_of = { .name = (char *)"made.jsonl",
	.n = ROUNDS,
	.dimension = 1,
	.arms = 2,
	.arm = arms,
	.round = rounds_of };

static const struct half open_half = { { 0.1, 0.02 }, 400 },
			 agrees = { { 0.09, NAN }, 400 },
			 lower = { { -0.1, NAN }, 400 };

static void
log_fill(long n)
{
	log_of.n = n;
	for (int i = 0; i < ROUNDS; i++)
		rounds_of[i] = (struct round){ .arm = i % 2,
			.propensity = i % 3 ? 0.5 : NAN,
			.reward = i };
}

static enum err
reopen(struct holdout *g, long budget, struct fault *f)
{
	return holdout_open(g, path, &log_of, budget, 7, f);
}

static void
made(struct holdout *g, long budget)
{
	struct fault f;

	unlink(path);
	log_fill(ROUNDS);
	assert_int_equal(reopen(g, budget, &f), ERR_NONE);
}

static struct answer
asked(struct holdout *g, uint64_t question, struct half held)
{
	struct answer a;
	struct fault f;

	assert_int_equal(holdout_ask(g, question, open_half, held, &a, &f),
	    ERR_NONE);
	return a;
}

static void
what_was_asked_stays_known(void **state)
{
	struct answer first, second, again;
	struct holdout g;
	struct fault f;

	(void)state;
	made(&g, 2);
	first = asked(&g, 1, lower);
	second = asked(&g, UINT64_MAX, agrees);
	assert_true(first.held && !second.held);
	holdout_close(&g);
	assert_int_equal(reopen(&g, 0, &f), ERR_NONE);
	assert_true(g.state.seed == 7 && g.state.budget == 2 &&
	    g.state.spent == 1 && g.state.asked == 2);
	assert_null(holdout_find(&g, 2));
	again = asked(&g, 1, agrees);
	assert_true(again.held && again.value == first.value &&
	    again.within == first.within);
	again = asked(&g, UINT64_MAX, lower);
	assert_true(!again.held && again.value == second.value);
	assert_true(g.state.spent == 1 && g.state.asked == 2);
	holdout_close(&g);
}

/* As if it had stayed open. */
static void
noise_does_not_start_again(void **state)
{
	struct answer apart[4];
	struct holdout g;
	struct fault f;

	(void)state;
	made(&g, 9);
	for (int i = 0; i < 4; i++)
		apart[i] = asked(&g, (uint64_t)i, lower);
	holdout_close(&g);
	made(&g, 9);
	for (int i = 0; i < 4; i++) {
		assert_true(
		    apart[i].value == asked(&g, (uint64_t)i, lower).value);
		holdout_close(&g);
		assert_int_equal(reopen(&g, 0, &f), ERR_NONE);
	}
	assert_true(apart[0].value != apart[1].value);
	holdout_close(&g);
}

static void
a_spent_budget_refuses(void **state)
{
	struct holdout g;
	struct fault f;
	struct answer a;

	(void)state;
	made(&g, 1);
	asked(&g, 1, lower);
	assert_int_equal(holdout_ask(&g, 2, open_half, agrees, &a, &f),
	    ERR_DENIED);
	assert_non_null(strstr(f.text, "the budget of 1 is spent"));
	holdout_close(&g);
	assert_int_equal(reopen(&g, 0, &f), ERR_NONE);
	assert_int_equal(holdout_ask(&g, 2, open_half, agrees, &a, &f),
	    ERR_DENIED);
	asked(&g, 1, lower);
	holdout_close(&g);
}

static void
a_log_may_grow_but_not_change(void **state)
{
	struct holdout g;
	struct fault f;

	(void)state;
	unlink(path);
	log_fill(30);
	assert_int_equal(reopen(&g, 0, &f), ERR_NONE);
	assert_int_equal(g.state.budget, HOLDOUT_BUDGET);
	holdout_close(&g);
	log_fill(ROUNDS);
	assert_int_equal(reopen(&g, 0, &f), ERR_NONE);
	holdout_close(&g);
	log_fill(29);
	assert_int_equal(reopen(&g, 0, &f), ERR_DATA);
	log_fill(ROUNDS);
	rounds_of[4].reward = 5;
	assert_int_equal(reopen(&g, 0, &f), ERR_DATA);
	assert_non_null(strstr(f.text, "guards another log than made.jsonl"));
}

static void
its_budget_cannot_be_raised(void **state)
{
	struct holdout g;
	struct fault f;

	(void)state;
	made(&g, 5);
	holdout_close(&g);
	assert_int_equal(reopen(&g, 6, &f), ERR_USAGE);
	assert_int_equal(reopen(&g, 5, &f), ERR_NONE);
	holdout_close(&g);
}

static void
seeds_of_their_own_differ(void **state)
{
	uint64_t seed[2];
	struct holdout g;
	struct fault f;

	(void)state;
	for (int i = 0; i < 2; i++) {
		unlink(path);
		log_fill(ROUNDS);
		assert_int_equal(holdout_open(&g, path, &log_of, 0, 0, &f),
		    ERR_NONE);
		seed[i] = g.state.seed;
		holdout_close(&g);
	}
	assert_true(seed[0] != seed[1]);
}

static void
append(const char *text)
{
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
a_damaged_line_is_named(void **state)
{
	static const char *const bad[] = { "answer 1 held 0.1 0.1",
		"answer 1 held 0.1\n", "answer 1 shut 0.1 0.1\n", "\n",
		"answer x held 0.1 0.1\n", "answer 1 held nan 0.1\n",
		"answer 1 held 0.1 0.1 1\n", "what\n" };
	struct holdout g;
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		made(&g, 5);
		asked(&g, 1, lower);
		holdout_close(&g);
		append(bad[i]);
		assert_int_equal(reopen(&g, 0, &f), ERR_DATA);
		assert_non_null(strstr(f.text, ":5: "));
	}
}

static void
another_file_is_left_alone(void **state)
{
	struct holdout g;
	struct fault f;
	FILE *file;
	char text[64] = "";

	(void)state;
	unlink(path);
	log_fill(ROUNDS);
	append("{\"seq\": 1}\n");
	assert_int_equal(reopen(&g, 0, &f), ERR_DATA);
	file = fopen(path, "r");
	assert_non_null(fgets(text, sizeof text, file));
	assert_string_equal(text, "{\"seq\": 1}\n");
	assert_null(fgets(text, sizeof text, file));
	fclose(file);
	assert_int_equal(holdout_open(&g, "/nowhere/at/all", &log_of, 0, 0, &f),
	    ERR_STORAGE);
}

static int
path_make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) != 0;
}

static int
path_remove(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_asked_stays_known),
		cmocka_unit_test(noise_does_not_start_again),
		cmocka_unit_test(a_spent_budget_refuses),
		cmocka_unit_test(a_log_may_grow_but_not_change),
		cmocka_unit_test(its_budget_cannot_be_raised),
		cmocka_unit_test(seeds_of_their_own_differ),
		cmocka_unit_test(a_damaged_line_is_named),
		cmocka_unit_test(another_file_is_left_alone),
	};

	return cmocka_run_group_tests(tests, path_make, path_remove);
}
