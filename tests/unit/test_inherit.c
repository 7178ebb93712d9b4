/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model: inherited priors, weights, pools, copies and shades of a ridge. */
#include "tests/unit/allocations.h"
#include "tests/unit/learnt.h"

#include <string.h>

enum { N = 14 };

#define ALPHA 0.7

/* Both inherited, or neither. */
struct prior {
	double fit[N], unit[N];
};

static struct model *
make(double slack, const struct prior *prior)
{
	struct model_params p = { .in = N, .alpha = ALPHA, .slack = slack };

	if (prior != NULL) {
		p.prior_fit = prior->fit;
		p.prior_unit = prior->unit;
	}
	return model_new(&model_ridge, &p);
}

static void
prior_random(struct prior *p, uint64_t *random)
{
	numbers_fill(random, p->fit, N);
	numbers_fill(random, p->unit, N);
}

/* A random reward for the model, and for learnt unless that is NULL. */
static void
learn(struct model *m, struct dense *learnt, uint64_t *random)
{
	double phi[N], r = number(random);
	double weight = 0.1 + fabs(number(random));

	numbers_unit(random, phi, N);
	assert_int_equal(model_learn(m, phi, r, weight), ERR_NONE);
	if (learnt != NULL)
		learnt_learn(learnt, phi, r, weight);
}

static void
assert_bytes(const struct model *a, const struct model *b, bool same)
{
	struct buf of_a = { 0 }, of_b = { 0 };

	model_encode(a, &of_a);
	model_encode(b, &of_b);
	assert_int_equal(of_a.len == of_b.len &&
		memcmp(of_a.data, of_b.data, of_a.len) == 0,
	    same);
	buf_free(&of_a);
	buf_free(&of_b);
}

static void
assert_weights(struct model *m, const double *fit, const double *unit,
    double error)
{
	double got_fit[N], got_unit[N];

	assert_true(model_weights(m, got_fit, got_unit));
	for (int i = 0; i < N; i++) {
		assert_close(got_fit[i], fit[i], error);
		assert_close(got_unit[i], unit[i], error);
	}
}

static const double slacks[] = { 0, 1, MODEL_SLACK };

static void
nothing_learnt_is_what_was_inherited(void **state)
{
	uint64_t random = test_seed();
	struct prior prior;
	struct model_score s;
	double phi[N];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct model *m;

		prior_random(&prior, &random);
		m = make(slacks[i], &prior);
		assert_weights(m, prior.fit, prior.unit, 1e-14);
		numbers_unit(&random, phi, N);
		model_score(m, phi, 1, &s);
		assert_close(s.fit, numbers_dot(phi, prior.fit, N), 1e-13);
		assert_close(s.unit, numbers_dot(phi, prior.unit, N), 1e-13);
		assert_true(s.sigma <= 1 / sqrt(ALPHA) * (1 + 1e-15));
		assert_true(s.sigma >= 1 / sqrt(2 * ALPHA));
		model_free(m);
	}
}

/* theta = A^-1 (alpha theta0 + sum w r phi), A = alpha I + sum w phi phi'. */
static void
rewards_are_added_to_what_was_inherited(void **state)
{
	uint64_t random = test_seed();
	struct prior prior;
	double fit[N], unit[N];
	struct dense all;
	struct model *m;

	(void)state;
	prior_random(&prior, &random);
	m = make(0, &prior);
	dense_init(&all, N, ALPHA);
	for (int i = 0; i < N; i++) {
		all.b[i] = ALPHA * prior.fit[i];
		all.s[i] = ALPHA * prior.unit[i];
	}
	for (int t = 0; t < 60; t++) {
		learn(m, &all, &random);
		learnt_solve(&all, all.b, fit);
		learnt_solve(&all, all.s, unit);
		assert_weights(m, fit, unit, 1e-10);
	}
	model_free(m);
}

static void
what_was_inherited_outlives_alpha_and_forgetting(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct dense learnt;
		struct prior prior;
		struct model *m;

		prior_random(&prior, &random);
		m = make(slacks[i], &prior);
		dense_init(&learnt, N, 0);
		for (int t = 0; t < 300; t++) {
			learn(m, &learnt, &random);
			if (t % 50 == 10)
				model_set_alpha(m, t % 100 == 10 ? 30 : 0.02);
			if (t >= 150) {
				model_decay(m, 0.9);
				learnt_decay(&learnt, 0.9);
			}
			learnt_assert(&learnt, m, 1e-11);
		}
		model_decay(m, 1e-30);
		assert_weights(m, prior.fit, prior.unit, 1e-12);
		model_free(m);
	}
}

/* Zeros are no prior, and one of the two may be missing. */
static void
nothing_inherited_is_nothing(void **state)
{
	uint64_t random = test_seed();
	struct prior zero = { { 0 }, { 0 } }, prior;
	struct model *plain = make(0, NULL), *of_zero = make(0, &zero);
	struct model *one, *both;
	struct model_params p = { .in = N, .alpha = ALPHA };

	(void)state;
	assert_bytes(plain, of_zero, true);
	prior_random(&prior, &random);
	memset(prior.unit, 0, sizeof prior.unit);
	p.prior_fit = prior.fit;
	one = model_new(&model_ridge, &p);
	both = make(0, &prior);
	assert_bytes(one, both, true);
	assert_bytes(one, plain, false);
	model_free(plain);
	model_free(of_zero);
	model_free(one);
	model_free(both);
}

/* Into a model that has more, less or other of it than the bytes say. */
static void
bytes_hold_what_was_inherited(void **state)
{
	uint64_t random = test_seed();
	struct prior prior, other;

	(void)state;
	prior_random(&prior, &random);
	prior_random(&other, &random);
	for (int i = 0; i < 9; i++) {
		struct model *from = make(slacks[i / 3], i % 2 ? &prior : NULL);
		struct model *to = make(slacks[i % 3], i % 4 ? &other : NULL);
		struct buf bytes = { 0 };
		uint64_t same;

		learn(from, NULL, &random);
		model_encode(from, &bytes);
		assert_true(model_decode(to, bytes.data, bytes.len));
		assert_bytes(from, to, true);
		same = random;
		learn(from, NULL, &random);
		learn(to, NULL, &same);
		assert_bytes(from, to, true);
		buf_free(&bytes);
		model_free(from);
		model_free(to);
	}
}

static bool
decodes(const void *data, size_t len)
{
	struct model *m = make(0, NULL);
	bool ok = model_decode(m, data, len);

	model_free(m);
	return ok;
}

/* Where its scale, levels and prior are, no other numbers than there may be;
 * every length but the right one. */
static void
broken_bytes_are_refused(void **state)
{
	static const double bad[] = { NAN, INFINITY, -1, 1e101, 0 };
	uint64_t random = test_seed();
	size_t flags = chol_size(N), prior = flags + 8 * (2 + N);
	struct buf bytes = { 0 };
	struct prior inherited;
	struct model *m;

	(void)state;
	prior_random(&inherited, &random);
	m = make(MODEL_SLACK, &inherited);
	learn(m, NULL, &random);
	model_encode(m, &bytes);
	assert_true(decodes(bytes.data, bytes.len));
	buf_reserve(&bytes, 64);
	memset(bytes.data + bytes.len, 0, 64);
	for (size_t len = 0; len <= bytes.len + 64; len++)
		assert_int_equal(decodes(bytes.data, len),
		    len == bytes.len || len == flags);
	for (uint64_t f = 0; f < 300; f++) {
		memcpy(bytes.data + flags, &f, sizeof f);
		assert_int_equal(decodes(bytes.data, bytes.len), f == 3);
	}
	bytes.data[flags] = 3;
	bytes.data[flags + 1] = 0;
	for (size_t at = flags + 8; at < bytes.len; at += 8)
		for (int i = 0; i < 5; i++) {
			bool may = at >= prior && (bad[i] == -1 || bad[i] == 0);
			double good;

			memcpy(&good, bytes.data + at, sizeof good);
			memcpy(bytes.data + at, &bad[i], sizeof good);
			assert_int_equal(decodes(bytes.data, bytes.len), may);
			memcpy(bytes.data + at, &good, sizeof good);
		}
	memset(bytes.data + prior, 0, bytes.len - prior);
	assert_false(decodes(bytes.data, bytes.len));
	buf_free(&bytes);
	model_free(m);
}

/* Models that forget and inherit, each in its own way. */
enum { POOL = 7 };

static void
pool_is_one_that_has_seen_all(void **state)
{
	uint64_t random = test_seed();
	struct model *m[POOL], *one = make(0, NULL);
	double fit[N], unit[N], phi[N];
	struct prior prior;

	(void)state;
	for (int n = 1; n <= POOL; n++) {
		prior_random(&prior, &random);
		m[n - 1] = make(slacks[n % 3], n % 2 ? NULL : &prior);
		model_set_alpha(m[n - 1], n == 1 ? ALPHA : n);
		for (int t = 0; t < 10; t++) {
			double r = number(&random), w = 1 + number(&random);

			numbers_unit(&random, phi, N);
			model_learn(m[n - 1], phi, r, w);
			model_learn(one, phi, r, w);
		}
		assert_true(model_pool(m, n, m[0]->params.alpha, fit, unit));
		assert_weights(one, fit, unit, 1e-10);
	}
	for (int n = 0; n < POOL; n++)
		model_free(m[n]);
	model_free(one);
}

/* What one of them has forgotten, the pool has not seen. */
static void
pool_forgets(void **state)
{
	uint64_t random = test_seed();
	double fit[N], unit[N], want[N];
	struct model *m[2];
	struct prior prior;
	struct dense all;

	(void)state;
	dense_init(&all, N, 0);
	prior_random(&prior, &random);
	m[0] = make(MODEL_SLACK, &prior);
	m[1] = make(0, NULL);
	for (int t = 0; t < 600; t++) {
		learn(m[0], &all, &random);
		model_decay(m[0], 0.9);
		learnt_decay(&all, 0.9);
	}
	for (int t = 0; t < 30; t++)
		learn(m[1], &all, &random);
	for (int j = 0; j < N; j++)
		all.a[j][j] += ALPHA;
	assert_true(model_pool(m, 2, m[0]->params.alpha, fit, unit));
	learnt_solve(&all, all.b, want);
	for (int i = 0; i < N; i++)
		assert_close(fit[i], want[i], 1e-10);
	learnt_solve(&all, all.s, want);
	for (int i = 0; i < N; i++)
		assert_close(unit[i], want[i], 1e-10);
	model_free(m[0]);
	model_free(m[1]);
}

static void
no_pool_of_none_or_of_kernels(void **state)
{
	struct model_params p = { .in = N, .alpha = 1, .max_points = 9 };
	struct model *m[2] = { make(0, NULL) };
	double fit[N], unit[N];

	(void)state;
	p.kernel = KERNEL_LINEAR;
	m[1] = model_new(&model_kernel, &p);
	assert_false(model_pool(m, 0, m[0]->params.alpha, fit, unit));
	assert_false(model_pool(m, 2, m[0]->params.alpha, fit, unit));
	assert_true(model_pool(m, 1, m[0]->params.alpha, fit, unit));
	assert_false(model_weights(m[1], fit, unit));
	model_free(m[0]);
	model_free(m[1]);
}

static void
copies_are_the_same_and_their_own(void **state)
{
	uint64_t random = test_seed(), same;
	struct prior prior;

	(void)state;
	prior_random(&prior, &random);
	for (int i = 0; i < 6; i++) {
		struct model *m = make(slacks[i % 3], i < 3 ? NULL : &prior);
		struct model *copy;

		learn(m, NULL, &random);
		model_decay(m, 0.5);
		model_set_alpha(m, 2);
		copy = model_copy(m);
		assert_true(copy->params.alpha == 2);
		assert_bytes(m, copy, true);
		same = random;
		learn(m, NULL, &random);
		assert_bytes(m, copy, false);
		learn(copy, NULL, &same);
		model_decay(m, 0.5);
		model_decay(copy, 0.5);
		assert_bytes(m, copy, true);
		learn(m, NULL, &random);
		allocations = 0;
		model_assign(copy, m);
		assert_int_equal(allocations, 0);
		assert_bytes(m, copy, true);
		model_free(m);
		model_free(copy);
	}
}

/* Decisions under way, rewarded in another order than they were made. */
static void
shade_changes_sigma_alone(void **state)
{
	enum { PENDING = 10 };
	uint64_t random = test_seed();
	double phi[PENDING][N], query[N];
	struct model_score s, before, last;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct model *m = make(slacks[i], NULL);

		for (int t = 0; t < 40; t++) {
			learn(m, NULL, &random);
			model_decay(m, 0.9);
		}
		numbers_unit(&random, query, N);
		model_score(m, query, 1, &before);
		last = before;
		for (int t = 0; t < PENDING; t++) {
			numbers_unit(&random, phi[t], N);
			assert_int_equal(model_shade(m, phi[t], 0.5, 1),
			    ERR_NONE);
			model_score(m, query, 1, &s);
			assert_true(s.sigma < last.sigma);
			assert_close(s.fit, before.fit, 1e-12);
			assert_close(s.unit, before.unit, 1e-12);
			last = s;
		}
		for (int t = 0; t < PENDING; t++)
			assert_int_equal(
			    model_shade(m, phi[3 * t % PENDING], 0.5, -1),
			    ERR_NONE);
		model_score(m, query, 1, &s);
		assert_close(s.sigma, before.sigma, 1e-12);
		assert_close(s.fit, before.fit, 1e-12);
		assert_close(s.unit, before.unit, 1e-12);
		model_free(m);
	}
}

/* The sigma of a decision that counts as learnt is that of one that is. */
static void
shade_is_a_reward_as_expected(void **state)
{
	uint64_t random = test_seed();
	struct model *m = make(MODEL_SLACK, NULL), *learns;
	struct model_score s, want;
	double phi[N];

	(void)state;
	learn(m, NULL, &random);
	learns = model_copy(m);
	numbers_unit(&random, phi, N);
	model_score(m, phi, 1, &want);
	model_shade(m, phi, 2, 1);
	model_learn(learns, phi, want.fit, 2);
	model_score(m, phi, 1, &s);
	model_score(learns, phi, 1, &want);
	assert_close(s.sigma, want.sigma, 1e-13);
	assert_close(s.fit, want.fit, 1e-13);
	model_free(learns);
	learns = model_copy(m);
	assert_int_equal(model_shade(m, phi, 3, -1), ERR_NUMERIC);
	assert_int_equal(model_shade(m, phi, 0, 1), ERR_NUMERIC);
	assert_int_equal(model_shade(m, phi, NAN, 1), ERR_NUMERIC);
	assert_bytes(m, learns, true);
	model_free(learns);
	model_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_learnt_is_what_was_inherited),
		cmocka_unit_test(rewards_are_added_to_what_was_inherited),
		cmocka_unit_test(
		    what_was_inherited_outlives_alpha_and_forgetting),
		cmocka_unit_test(nothing_inherited_is_nothing),
		cmocka_unit_test(bytes_hold_what_was_inherited),
		cmocka_unit_test(broken_bytes_are_refused),
		cmocka_unit_test(pool_is_one_that_has_seen_all),
		cmocka_unit_test(pool_forgets),
		cmocka_unit_test(no_pool_of_none_or_of_kernels),
		cmocka_unit_test(copies_are_the_same_and_their_own),
		cmocka_unit_test(shade_changes_sigma_alone),
		cmocka_unit_test(shade_is_a_reward_as_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
