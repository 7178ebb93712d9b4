/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exact: the vector loops, bit for bit against plain ones, at every length
 * and every alignment. */
#include "tests/unit/numbers.h"

#include "features/exact.h"

#define LENGTH 67
#define OFFSETS 8

struct arrays {
	double x[LENGTH + OFFSETS], y[LENGTH + OFFSETS];
	double a[4][LENGTH + OFFSETS], c[4];
};

static void
random_arrays(struct arrays *s)
{
	uint64_t random = test_seed();

	numbers_fill(&random, s->x, LENGTH + OFFSETS);
	numbers_fill(&random, s->y, LENGTH + OFFSETS);
	numbers_fill(&random, s->a[0], 4 * (LENGTH + OFFSETS));
	numbers_fill(&random, s->c, 4);
}

/* As the code under test is compiled where it is used. */
EXACT_CLONES static double
cloned_dot(const double *x, const double *y, int n)
{
	return exact_dot(x, y, n);
}

EXACT_CLONES static double
cloned_distance2(const double *x, const double *y, int n)
{
	return exact_distance2(x, y, n);
}

EXACT_CLONES static void
cloned_axpy(double *y, const double *a, double c, int n)
{
	exact_axpy(y, a, c, n);
}

EXACT_CLONES static void
cloned_axpy4(double *y, const double *const a[4], const double c[4], int n)
{
	exact_axpy4(y, a, c, n);
}

static double
plain_sum(const double *terms, int n)
{
	double l[8] = { 0 };

	for (int i = 0; i < n; i++)
		l[i % 8] += terms[i];
	return ((l[0] + l[4]) + (l[2] + l[6])) +
	    ((l[1] + l[5]) + (l[3] + l[7]));
}

static void
dot_and_distance(void **state)
{
	struct arrays s;
	double product[LENGTH], square[LENGTH];

	(void)state;
	random_arrays(&s);
	for (int at = 0; at < OFFSETS; at++)
		for (int n = 0; n <= LENGTH; n++) {
			double *x = s.x + at, *y = s.y + (at * 3) % OFFSETS;

			for (int i = 0; i < n; i++) {
				product[i] = x[i] * y[i];
				square[i] = (x[i] - y[i]) * (x[i] - y[i]);
			}
			assert_true(
			    cloned_dot(x, y, n) == plain_sum(product, n));
			assert_true(
			    cloned_distance2(x, y, n) == plain_sum(square, n));
		}
}

/* One element after the other, one term after the other. */
static void
plain_axpy(double *y, const double *const a[4], const double c[4], int terms,
    int n)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < terms; k++) {
			double product = c[k] * a[k][i];

			y[i] += product;
		}
}

static void
axpy_and_axpy4(void **state)
{
	struct arrays s, plain;

	(void)state;
	random_arrays(&s);
	plain = s;
	for (int at = 0; at < OFFSETS; at++)
		for (int n = 0; n <= LENGTH; n++) {
			const double *const a[] = { s.a[0] + at, s.a[1],
				s.a[2] + OFFSETS - at, s.a[3] + 1 };

			cloned_axpy(s.x + at, a[0], s.c[0], n);
			plain_axpy(plain.x + at, a, s.c, 1, n);
			cloned_axpy4(s.y + at, a, s.c, n);
			plain_axpy(plain.y + at, a, s.c, 4, n);
		}
	assert_memory_equal(&s, &plain, sizeof s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dot_and_distance),
		cmocka_unit_test(axpy_and_axpy4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
