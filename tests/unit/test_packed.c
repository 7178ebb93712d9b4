/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packed: float32 against float64, one context against many, and one
 * instruction set against another. */
#include "tests/unit/numbers.h"

#include <string.h>

#include "bandit/packed.h"

static const char *const kinds[] = { "plain", "v3", "v4" };
#define KINDS ((int)(sizeof kinds / sizeof *kinds))

/* Below, at and above the tile, and larger than a strip of them. */
static const int sizes[] = { 1, 2, 3, 15, 16, 17, 31, 32, 33, 64, 100, 256 };
#define SIZES ((int)(sizeof sizes / sizeof *sizes))
#define LARGEST 256

/* A factor of diag * I and random observations of length 1. */
static void
random_factor(struct chol *c, int n, double diag, int updates, uint64_t *random)
{
	double *x = calloc((size_t)n, sizeof *x);

	chol_init(c, n, n, diag);
	for (int i = 0; i < updates; i++) {
		numbers_unit(random, x, n);
		assert_int_equal(
		    chol_update(c, x, number(random), number(random), 1),
		    ERR_NONE);
	}
	free(x);
}

static double
head_norm(const struct chol *c, int which)
{
	double sum = 0;

	for (int k = 0; k < c->n; k++)
		sum += chol_col(c, k)[which] * chol_col(c, k)[which];
	return sqrt(sum);
}

/* Within error, of y in units of its length. */
static void
assert_near(const struct chol *c, const double *phi,
    const struct packed_sums *got, double error)
{
	double *y = calloc((size_t)c->n, sizeof *y), yy, yz, yu, length;

	yy = chol_solve(c, phi, y, &yz, &yu);
	length = sqrt(yy);
	assert_true(fabs(sqrt(got->yy) - length) <= error * length);
	assert_true(fabs(got->yz - yz) <= error * length * head_norm(c, 0));
	assert_true(fabs(got->yu - yu) <= error * length * head_norm(c, 1));
	free(y);
}

static void
near_float64(void **state)
{
	static const double diags[] = { 1e-4, 1e-2, 3, 1e6, 1e-60, 1e60 };
	uint64_t random = test_seed();

	(void)state;
	for (int s = 0; s < SIZES; s++)
		for (int d = 0; d < 6; d++) {
			int n = sizes[s];
			double phi[LARGEST];
			struct packed_sums got;
			struct packed p;
			struct chol c;

			random_factor(&c, n, diags[d],
			    diags[d] == 1e-60 ? 0 : n / 2 + 3, &random);
			packed_init(&p, n);
			packed_take(&p, &c);
			assert_true(p.usable);
			for (int i = 0; i < 5; i++) {
				numbers_unit(&random, phi, n);
				packed_solve(&p, phi, 1, &got);
				assert_near(&c, phi, &got, 2e-5);
			}
			packed_fini(&p);
			chol_fini(&c);
		}
}

/* Of each kind that this machine has, every count gives the bits of one. */
static void
one_as_among_many(void **state)
{
	uint64_t random = test_seed();
	int kinds_here = 0;

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		if (!forward_force(kinds[k]))
			continue;
		kinds_here++;
		assert_string_equal(forward_best()->name, kinds[k]);
		for (int s = 0; s < SIZES; s++) {
			int n = sizes[s];
			static double phi[FORWARD_MOST * LARGEST];
			struct packed_sums alone[FORWARD_MOST];
			struct packed_sums among[FORWARD_MOST];
			struct packed p;
			struct chol c;

			random_factor(&c, n, 3, 20, &random);
			numbers_fill(&random, phi, FORWARD_MOST * n);
			packed_init(&p, n);
			packed_take(&p, &c);
			for (int i = 0; i < FORWARD_MOST; i++)
				packed_solve(&p, phi + i * n, 1, &alone[i]);
			for (int m = 1; m <= FORWARD_MOST; m++) {
				packed_solve(&p, phi, m, among);
				assert_memory_equal(among, alone,
				    (size_t)m * sizeof *alone);
			}
			packed_fini(&p);
			chol_fini(&c);
		}
	}
	assert_true(kinds_here >= 1);
	assert_true(forward_force(NULL));
}

static void
solve_as(const char *kind, const struct packed *p, const double *phi,
    struct packed_sums *sums)
{
	assert_true(forward_force(kind));
	packed_solve(p, phi, FORWARD_MOST, sums);
}

/* Kinds that fuse agree to the bit, and the one that does not within float32;
 * those that the machine lacks cannot be taken. */
static void
kinds_agree(void **state)
{
	uint64_t random = test_seed();
	static double phi[FORWARD_MOST * LARGEST];
	struct packed_sums plain[FORWARD_MOST], got[FORWARD_MOST];
	struct packed_sums fused[FORWARD_MOST];
	bool any = false;
	struct packed p;
	struct chol c;

	(void)state;
	random_factor(&c, LARGEST, 0.01, 300, &random);
	packed_init(&p, LARGEST);
	packed_take(&p, &c);
	for (int i = 0; i < FORWARD_MOST; i++)
		numbers_unit(&random, phi + i * LARGEST, LARGEST);
	solve_as("plain", &p, phi, plain);
	for (int k = 1; k < KINDS; k++) {
		if (!forward_force(kinds[k])) {
			print_message("# no %s here\n", kinds[k]);
			assert_string_not_equal(forward_best()->name, kinds[k]);
			continue;
		}
		solve_as(kinds[k], &p, phi, got);
		for (int i = 0; i < FORWARD_MOST; i++)
			assert_near(&c, phi + i * LARGEST, &got[i], 1e-5);
		if (any)
			assert_memory_equal(got, fused, sizeof got);
		memcpy(fused, got, sizeof got);
		any = true;
	}
	for (int i = 0; i < FORWARD_MOST; i++)
		assert_near(&c, phi + i * LARGEST, &plain[i], 1e-5);
	assert_false(forward_force("v5"));
	assert_true(forward_force(NULL));
	packed_fini(&p);
	chol_fini(&c);
}

static void
four_thousand_rows(void **state)
{
	enum { N = 4096 };
	uint64_t random = test_seed();
	double *phi = calloc(2 * N, sizeof *phi);
	struct packed_sums alone, among[2];
	struct packed p;
	struct chol c;

	(void)state;
	random_factor(&c, N, 1e-2, 2, &random);
	numbers_unit(&random, phi, N);
	numbers_unit(&random, phi + N, N);
	packed_init(&p, N);
	packed_take(&p, &c);
	packed_solve(&p, phi, 2, among);
	packed_solve(&p, phi + N, 1, &alone);
	assert_memory_equal(&alone, &among[1], sizeof alone);
	assert_near(&c, phi, &among[0], 1e-5);
	packed_fini(&p);
	chol_fini(&c);
	free(phi);
}

/* One context over and over is the worst for float32: what remains after what
 * was learnt is a difference of nearly equal numbers. */
static void
repetition_is_near_or_refused(void **state)
{
	enum { N = 32 };
	uint64_t random = test_seed();
	double x[N], scaled[N];
	int refused = 0;

	(void)state;
	numbers_unit(&random, x, N);
	for (double weight = 1; weight < 1e15; weight *= 10) {
		struct packed_sums got;
		struct packed p;
		struct chol c;

		for (int i = 0; i < N; i++)
			scaled[i] = sqrt(weight) * x[i];
		chol_init(&c, N, N, 1);
		chol_update(&c, scaled, 1, 1, 1);
		packed_init(&p, N);
		packed_take(&p, &c);
		refused += !p.usable;
		if (p.usable) {
			packed_solve(&p, x, 1, &got);
			assert_near(&c, x, &got, 1e-3);
		}
		packed_fini(&p);
		chol_fini(&c);
	}
	assert_in_range(refused, 5, 10);
}

/* One stream, in steps of a tile, with the diagonal's half tiles in full. */
static void
size_is_that_of_half_a_matrix(void **state)
{
	(void)state;
	for (int n = 256; n <= 4096; n *= 2) {
		double half = 2.0 * n * n;

		assert_true((double)packed_size(n) <= 1.2 * half);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(near_float64),
		cmocka_unit_test(one_as_among_many),
		cmocka_unit_test(kinds_agree),
		cmocka_unit_test(four_thousand_rows),
		cmocka_unit_test(repetition_is_near_or_refused),
		cmocka_unit_test(size_is_that_of_half_a_matrix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
