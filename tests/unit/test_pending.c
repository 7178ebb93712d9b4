/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of pending decisions against a plain array; ids. */
#include "tests/test.h"

#include <string.h>

#include "persist/pending.h"

#define MOST 3000

struct naive {
	struct decision d[MOST];
	int n;
};

static void
decision_make(struct decision *d, uint64_t number, uint32_t router)
{
	*d = (struct decision){ .number = number,
		.router = router,
		.time = (double)number };
	id_make(d->id, 1, router, number);
}

static void
assert_same(const struct pending_table *t, const struct naive *all)
{
	assert_int_equal(pending_count(t), all->n);
	for (uint32_t router = 1; router <= 3; router++) {
		const struct pending *p = pending_oldest(t, router);

		for (int i = 0; i < all->n; i++) {
			if (all->d[i].router != router)
				continue;
			assert_non_null(p);
			assert_string_equal(p->decision.id, all->d[i].id);
			p = pending_newer(t, p);
		}
		assert_null(p);
	}
}

static void
behaves_like_a_plain_array(void **state)
{
	static struct naive all;
	struct pending_table *t = pending_new(99);
	uint64_t seed = test_seed(), number = 0;

	(void)state;
	assert_null(pending_find(t, "d1.1.1"));
	assert_null(pending_oldest(t, 1));
	for (int step = 0; step < 20000; step++) {
		if (all.n < MOST && test_below(&seed, 100) < 60) {
			decision_make(&all.d[all.n], ++number,
			    1 + (uint32_t)test_below(&seed, 3));
			pending_add(t, &all.d[all.n++], step % 2);
		} else if (all.n > 0) {
			int i = (int)test_below(&seed, (uint64_t)all.n);
			struct pending *p = pending_find(t, all.d[i].id);

			assert_non_null(p);
			assert_int_equal(p->decision.number, all.d[i].number);
			pending_remove(t, p);
			assert_null(pending_find(t, all.d[i].id));
			memmove(&all.d[i], &all.d[i + 1],
			    (size_t)(--all.n - i) * sizeof all.d[0]);
		}
		if (step % 1000 == 0)
			assert_same(t, &all);
	}
	assert_same(t, &all);
	pending_free(t);
}

static void
ids_are_read_back_and_others_are_not(void **state)
{
	static const char *const others[] = { "", "d", "d1", "d1.2", "d1.2.",
		"d1.2.3x", "x1.2.3", "d-1.2.3", "d1.2.3.4", "d1.4294967296.3",
		"d1.2.99999999999999999999", "D1.2.3", "d.1.2" };
	uint32_t router = 0;
	uint64_t number = 0;
	char id[NAME_SIZE];

	(void)state;
	id_make(id, 12, 4294967295u, 9223372036854775807u);
	assert_true(name_valid(id, strlen(id)));
	assert_true(id_parse(id, &router, &number));
	assert_int_equal(router, 4294967295u);
	assert_true(number == 9223372036854775807u);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(id_parse(others[i], NULL, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(behaves_like_a_plain_array),
		cmocka_unit_test(ids_are_read_back_and_others_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
