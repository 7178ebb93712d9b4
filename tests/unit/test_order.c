/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order: every row once per pass, from any step, by the seed alone. */
#include "tests/test.h"

#include <string.h>

#include "eval/order.h"

enum { ROWS = 50, PASSES = 4 };

static void
every_pass_has_every_row_once(void **state)
{
	struct order *o = order_new(ROWS, 1);

	(void)state;
	for (int pass = 0; pass < PASSES; pass++) {
		int seen[ROWS] = { 0 };

		for (int i = 0; i < ROWS; i++)
			seen[order_row(o, pass * ROWS + i)]++;
		for (int i = 0; i < ROWS; i++)
			assert_int_equal(seen[i], 1);
	}
	order_free(o);
}

static void
passes_and_seeds_differ(void **state)
{
	struct order *one = order_new(ROWS, 1), *two = order_new(ROWS, 2);
	int by_pass = 0, by_seed = 0;

	(void)state;
	for (int i = 0; i < ROWS; i++) {
		by_pass += order_row(one, i) != order_row(one, ROWS + i);
		by_seed += order_row(one, i) != order_row(two, i);
	}
	assert_true(by_pass > ROWS / 2);
	assert_true(by_seed > ROWS / 2);
	order_free(one);
	order_free(two);
}

static void
replay_may_start_at_any_step(void **state)
{
	struct order *o = order_new(ROWS, 7);
	int whole[PASSES * ROWS];

	(void)state;
	for (int i = 0; i < PASSES * ROWS; i++)
		whole[i] = order_row(o, i);
	order_free(o);
	for (int from = PASSES * ROWS - 1; from >= 0; from -= 13) {
		o = order_new(ROWS, 7);
		for (int i = from; i < PASSES * ROWS; i++)
			assert_int_equal(order_row(o, i), whole[i]);
		order_free(o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pass_has_every_row_once),
		cmocka_unit_test(passes_and_seeds_differ),
		cmocka_unit_test(replay_may_start_at_any_step),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
