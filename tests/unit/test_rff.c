/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rff and map: the features of the kernel they stand for. */
#include "tests/unit/numbers.h"

#include <string.h>

#include "features/fmath.h"
#include "features/rff.h"
#include "features/rng.h"
#include "features/structured.h"

static struct map *
make(int d, int out, enum frequencies frequencies, double bandwidth,
    uint64_t seed)
{
	struct map_params p = { d, out, frequencies, bandwidth, seed };

	return map_new(&map_rff, &p);
}

/* The frequencies, w[m][d], as the angles of short steps along the axes. */
static double *
frequencies_of(const struct map *map)
{
	const double step = 1.0 / 64;
	int d = map->in, m = map->out / 2;
	double *w = test_calloc((size_t)m * (size_t)d, sizeof *w);
	double *x = test_calloc((size_t)d, sizeof *x);
	double *phi = test_calloc((size_t)map->out, sizeof *phi);

	for (int j = 0; j < d; j++) {
		x[j] = step;
		map_fill(map, x, phi);
		for (int k = 0; k < m; k++)
			w[k * d + j] = atan2(phi[m + k], phi[k]) / step;
		x[j] = 0;
	}
	test_free(x);
	test_free(phi);
	return w;
}

static void
phi_has_length_one(void **state)
{
	uint64_t random = test_seed();
	double x[20], phi[66];

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct map *map =
		    make(20, 2 + 2 * (i % 33), i % 2, 0.5, (uint64_t)i);

		assert_int_equal(map->in, 20);
		assert_int_equal(map->out, 2 + 2 * (i % 33));
		numbers_fill(&random, x, 20);
		for (int j = 0; j < 20; j++)
			x[j] *= pow(10, i % 5);
		map_fill(map, x, phi);
		assert_true(fabs(numbers_dot(phi, phi, map->out) - 1) < 1e-12);
		map_free(map);
	}
}

static void
seed_decides(void **state)
{
	enum { D = 7, OUT = 24 };
	struct map *a = make(D, OUT, FREQUENCIES_ORTHOGONAL, 1, 5);
	struct map *b = make(D, OUT, FREQUENCIES_ORTHOGONAL, 1, 5);
	struct map *other = make(D, OUT, FREQUENCIES_ORTHOGONAL, 1, 6);
	struct map *gaussian = make(D, OUT, FREQUENCIES_GAUSSIAN, 1, 5);
	struct map *fast = make(D, OUT, FREQUENCIES_STRUCTURED, 1, 5);
	struct map *fast_other = make(D, OUT, FREQUENCIES_STRUCTURED, 1, 6);
	double x[D] = { 1, -1, 0.5 }, phi_a[OUT], phi_b[OUT];

	(void)state;
	map_fill(a, x, phi_a);
	map_fill(b, x, phi_b);
	assert_memory_equal(phi_a, phi_b, sizeof phi_a);
	assert_int_equal(rff_checksum(a), rff_checksum(b));
	assert_int_not_equal(rff_checksum(a), rff_checksum(other));
	assert_int_not_equal(rff_checksum(a), rff_checksum(gaussian));
	assert_int_not_equal(rff_checksum(a), rff_checksum(fast));
	assert_int_not_equal(rff_checksum(fast), rff_checksum(fast_other));
	map_free(a);
	map_free(b);
	map_free(other);
	map_free(gaussian);
	map_free(fast);
	map_free(fast_other);
}

/* A wider kernel sees the same contexts closer together. */
static void
bandwidth_divides_the_context(void **state)
{
	enum { D = 9, OUT = 32 };
	struct map *wide = make(D, OUT, FREQUENCIES_ORTHOGONAL, 4, 1);
	struct map *one = make(D, OUT, FREQUENCIES_ORTHOGONAL, 1, 1);
	uint64_t random = test_seed();
	double x[D], phi_wide[OUT], phi_one[OUT];

	(void)state;
	numbers_fill(&random, x, D);
	map_fill(wide, x, phi_wide);
	for (int j = 0; j < D; j++)
		x[j] /= 4;
	map_fill(one, x, phi_one);
	assert_memory_equal(phi_wide, phi_one, sizeof phi_one);
	map_free(wide);
	map_free(one);
}

/* Rows of one block of d, as cosines of the angle between them. */
static double
largest_cosine(const double *w, int m, int d)
{
	double largest = 0;

	for (int i = 0; i < m; i++)
		for (int j = i / d * d; j < i; j++) {
			const double *a = w + i * d, *b = w + j * d;
			double c = fabs(numbers_dot(a, b, d)) /
			    sqrt(numbers_dot(a, a, d) * numbers_dot(b, b, d));

			if (c > largest)
				largest = c;
		}
	return largest;
}

/* Rounding to float32 leaves 2^-24 per element; 1e-6 is 16 times that. */
static void
orthogonal_within_blocks(void **state)
{
	enum { D = 16, M = 40 };
	struct map *map = make(D, 2 * M, FREQUENCIES_ORTHOGONAL, 1, 1);
	struct map *other = make(D, 2 * M, FREQUENCIES_GAUSSIAN, 1, 1);
	double *w = frequencies_of(map), *v = frequencies_of(other);

	(void)state;
	assert_true(largest_cosine(w, M, D) < 1e-6);
	assert_true(largest_cosine(v, M, D) > 0.1);
	test_free(w);
	test_free(v);
	map_free(map);
	map_free(other);
}

/* |w|^2 is chi-square of d: mean d, variance 2d; six standard errors. */
static void
check_lengths(int d, int m, enum frequencies frequencies, uint64_t seed)
{
	struct map *map = make(d, 2 * m, frequencies, 1, seed);
	double *w = frequencies_of(map), sum = 0, squares = 0, mean, variance;

	for (int k = 0; k < m; k++) {
		double l = numbers_dot(w + k * d, w + k * d, d);

		sum += l;
		squares += l * l;
	}
	mean = sum / m;
	variance = squares / m - mean * mean;
	assert_true(fabs(mean - d) < 6 * sqrt(2.0 * d / m));
	assert_true(variance > d && variance < 4 * d);
	test_free(w);
	map_free(map);
}

static void
lengths_of_a_gaussian(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	check_lengths(24, 600, FREQUENCIES_ORTHOGONAL, seed);
	check_lengths(24, 600, FREQUENCIES_GAUSSIAN, seed);
	check_lengths(1, 2000, FREQUENCIES_ORTHOGONAL, seed);
	check_lengths(32, 600, FREQUENCIES_STRUCTURED, seed);
}

/*
 * cos(w'(x - y)) has mean k = exp(-|x-y|^2 / 2h^2) and variance
 * (1 - k^2)^2 / 2, so that the mean of m of them is off by
 * (1 - k^2) / sqrt(2m) at one standard deviation, and orthogonal frequencies
 * only do better (Yu et al. 2016).  Five of them, over pairs at all distances.
 */
static void
check_kernel(enum frequencies frequencies, double h, uint64_t seed)
{
	enum { D = 10, M = 1024 };
	struct map *map = make(D, 2 * M, frequencies, h, seed);
	static double phi_x[2 * M], phi_y[2 * M];
	double x[D], y[D];

	for (int pair = 0; pair < 60; pair++) {
		double k, off, distance2 = 0;

		numbers_unit(&seed, x, D);
		numbers_unit(&seed, y, D);
		for (int j = 0; j < D; j++) {
			y[j] = x[j] + 0.05 * pair * h * y[j];
			distance2 += (x[j] - y[j]) * (x[j] - y[j]);
		}
		map_fill(map, x, phi_x);
		map_fill(map, y, phi_y);
		k = exp(-distance2 / (2 * h * h));
		off = numbers_dot(phi_x, phi_y, 2 * M) - k;
		assert_true(fabs(off) <= 5 * (1 - k * k) / sqrt(2 * M) + 1e-12);
	}
	map_free(map);
}

static void
estimates_the_kernel(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	check_kernel(FREQUENCIES_ORTHOGONAL, 1, seed);
	check_kernel(FREQUENCIES_GAUSSIAN, 1, seed);
	check_kernel(FREQUENCIES_ORTHOGONAL, 0.1, seed);
	check_kernel(FREQUENCIES_GAUSSIAN, 30, seed);
	check_kernel(FREQUENCIES_STRUCTURED, 1, seed);
	check_kernel(FREQUENCIES_STRUCTURED, 0.1, seed);
}

/* The Hadamard matrix by its definition, the sign of each term by how many bits
 * the indices share. */
static void
hadamard(double *v, int n)
{
	double sum[64];

	for (int i = 0; i < n; i++) {
		sum[i] = 0;
		for (int j = 0; j < n; j++)
			sum[i] += __builtin_popcount((unsigned)(i & j)) % 2
			    ? -v[j]
			    : v[j];
	}
	memcpy(v, sum, (size_t)n * sizeof *v);
}

static void
check_structured(int d, int m, double h, uint64_t *random)
{
	gsl_rng *r = gsl_rng_alloc(rng_splitmix64);
	double x[64], v[64], angles[100], want, most;
	struct structured s;

	structured_init(&s, r, d, m, h);
	assert_true(s.n >= d && s.n >= 4 && (s.n < 2 * d || s.n == 4));
	numbers_fill(random, x, d);
	structured_project(&s, x, angles);
	for (int k = 0; k < m; k++) {
		const double *sign = s.sign + k / s.n * 3 * s.n;

		for (int j = 0; j < s.n; j++)
			v[j] = j < d ? x[j] : 0;
		for (int i = 0; i < 3; i++, sign += s.n) {
			for (int j = 0; j < s.n; j++) {
				assert_true(fabs(sign[j]) == 1);
				v[j] *= sign[j];
			}
			hadamard(v, s.n);
		}
		want = v[k % s.n] * s.length[k];
		most = numbers_dot(x, x, d) / (h * h);
		assert_true(fabs(angles[k] - want) <= 1e-13 * sqrt(most));
	}
	structured_fini(&s);
	gsl_rng_free(r);
}

static void
structured_is_three_hadamard_matrices(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int d = 1; d <= 64; d += 1 + d / 4)
		for (int m = 1; m <= 100; m += 1 + m / 2)
			check_structured(d, m, 1.5, &random);
}

/* Rows of one block of n = d. */
static void
structured_is_orthogonal(void **state)
{
	enum { D = 16, M = 40 };
	struct map *map = make(D, 2 * M, FREQUENCIES_STRUCTURED, 1, 1);
	double *w = frequencies_of(map);

	(void)state;
	assert_true(largest_cosine(w, M, D) < 1e-6);
	test_free(w);
	map_free(map);
}

/* Contexts that come together, of every kind. */
static void
many_equal_each(void **state)
{
	enum { D = 11, OUT = 26, N = 7 };
	double x[N * D], one[OUT], all[N * OUT];
	uint64_t random = test_seed();

	(void)state;
	numbers_fill(&random, x, N * D);
	for (int f = FREQUENCIES_ORTHOGONAL; f <= FREQUENCIES_STRUCTURED; f++) {
		struct map *map = make(D, OUT, (enum frequencies)f, 1.3, 1);

		for (int n = 1; n <= N; n++) {
			map_fill_many(map, x, n, all);
			for (int i = 0; i < n; i++) {
				map_fill(map, x + i * D, one);
				assert_memory_equal(all + i * OUT, one,
				    sizeof one);
			}
		}
		map_free(map);
	}
}

/* One frequency after the other, one element after the other. */
static void
check_plain(int d, int m, uint64_t *random)
{
	double w[13 * 37], x[13], phi[2 * 37], angle, c, s;
	struct map *map;

	numbers_fill(random, w, d * m);
	numbers_fill(random, x, d);
	map = rff_from(d, m, w);
	map_fill(map, x, phi);
	map_free(map);
	for (int k = 0; k < m; k++) {
		angle = 0;
		for (int j = 0; j < d; j++) {
			double product = w[k * d + j] * x[j];

			angle += product;
		}
		fmath_sincos(&angle, 1, sqrt(1.0 / m), &c, &s);
		assert_true(phi[k] == c && phi[m + k] == s);
	}
}

static void
equals_a_plain_loop(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int d = 1; d <= 13; d++)
		for (int m = 1; m <= 37; m++)
			check_plain(d, m, &random);
}

static void
exact_map_copies(void **state)
{
	const double x[] = { 1.5, -2, 0x1p-1074 };
	struct map_params p = { .in = 3, .out = 256 };
	struct map *map = map_new(&map_exact, &p);
	double phi[3];

	(void)state;
	assert_int_equal(map->out, 3);
	map_fill(map, x, phi);
	assert_memory_equal(phi, x, sizeof x);
	map_free(map);
	map_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phi_has_length_one),
		cmocka_unit_test(seed_decides),
		cmocka_unit_test(bandwidth_divides_the_context),
		cmocka_unit_test(orthogonal_within_blocks),
		cmocka_unit_test(lengths_of_a_gaussian),
		cmocka_unit_test(estimates_the_kernel),
		cmocka_unit_test(structured_is_three_hadamard_matrices),
		cmocka_unit_test(structured_is_orthogonal),
		cmocka_unit_test(many_equal_each),
		cmocka_unit_test(equals_a_plain_loop),
		cmocka_unit_test(exact_map_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
