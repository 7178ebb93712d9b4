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
	static struct shown shown[5];

	for (uint32_t i = 0; i < 5; i++)
		shown[i] = (struct shown){ .arm = (uint32_t)number + i,
			.propensity = 0.5 };
	*d = (struct decision){ .number = number,
		.router = router,
		.time = (double)number,
		.k = 1 + (int)(number % 5),
		.shown = shown };
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
assert_slate(struct pending *p)
{
	const struct waiting *w = pending_waiting(p);

	assert_int_equal(p->k, 1 + p->decision.number % 5);
	for (int i = 0; i < p->k; i++) {
		assert_int_equal(w[i].arm, (uint32_t)p->decision.number + i);
		assert_true(w[i].propensity == 0.5 && !w[i].ended);
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
			assert_slate(p);
			if (step % 3 == 0)
				pending_hide(t, p);
			if (step % 6 == 0)
				pending_show(t, p);
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

/* What is about to expire is found, but neither counted nor the oldest; back
 * again it is the oldest. */
static void
hidden_entries_are_found_but_not_listed(void **state)
{
	struct pending_table *t = pending_new(7);
	struct pending *first, *last;
	struct decision d;

	(void)state;
	for (uint64_t n = 1; n <= 3; n++) {
		decision_make(&d, n, 1);
		pending_add(t, &d, false);
	}
	first = pending_find(t, "d1.1.1");
	last = pending_find(t, "d1.1.3");
	pending_hide(t, first);
	pending_hide(t, last);
	assert_int_equal(pending_count(t), 1);
	assert_int_equal(pending_oldest(t, 1)->decision.number, 2);
	assert_null(pending_newer(t, pending_oldest(t, 1)));
	assert_ptr_equal(pending_find(t, "d1.1.1"), first);
	pending_show(t, first);
	assert_ptr_equal(pending_oldest(t, 1), first);
	assert_int_equal(pending_count(t), 2);
	pending_remove(t, last);
	assert_null(pending_find(t, "d1.1.3"));
	assert_int_equal(pending_count(t), 2);
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
		cmocka_unit_test(hidden_entries_are_found_but_not_listed),
		cmocka_unit_test(ids_are_read_back_and_others_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
