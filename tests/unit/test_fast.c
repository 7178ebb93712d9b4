/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_score_fast: near model_score() whatever happened to the model, a
 * function of its state alone, and without allocations. */
#include "tests/unit/allocations.h"
#include "tests/unit/models.h"

#include <string.h>

static void
assert_near(struct model *m, const double *phi, int n)
{
	struct model_score want[POINTS], got[POINTS];

	model_score(m, phi, n, want);
	model_score_fast(m, phi, n, got);
	for (int i = 0; i < n; i++) {
		assert_close(got[i].fit, want[i].fit, 1e-3);
		assert_true(fabs(got[i].fit - want[i].fit) < 1e-6);
		assert_true(fabs(got[i].unit - want[i].unit) < 1e-6);
		assert_close(got[i].sigma, want[i].sigma, 1e-6);
	}
}

/* A copy has its own float32 copy, made of the state of now; and so has one
 * that comes from bytes. */
static void
assert_of_its_state(struct model *m, size_t which,
    const struct models_data *data)
{
	struct model *copy = model_copy(m), *decoded = models_make(which);
	struct model_score a[QUERIES], b[QUERIES], c[QUERIES];
	struct buf bytes = { 0 };

	model_encode(m, &bytes);
	assert_true(model_decode(decoded, bytes.data, bytes.len));
	model_score_fast(m, data->query[0], QUERIES, a);
	model_score_fast(copy, data->query[0], QUERIES, b);
	model_score_fast(decoded, data->query[0], QUERIES, c);
	assert_memory_equal(a, b, sizeof a);
	assert_memory_equal(a, c, sizeof a);
	assert_near(m, data->query[0], QUERIES);
	buf_free(&bytes);
	model_free(copy);
	model_free(decoded);
}

static void
change(struct model *m, struct model *other, int how,
    const struct models_data *data, const double *phi)
{
	struct buf bytes = { 0 };

	switch (how) {
	case 0:
		assert_int_equal(model_learn(m, phi, 0.7, 1), ERR_NONE);
		break;
	case 1:
		model_decay(m, 0.9);
		break;
	case 2: /* forgets so much that the factor is scaled */
		model_decay(m, 0x1p-40);
		break;
	case 3: /* the prior is raised nowhere: only the scale changes */
		model_decay(m, 0.999);
		break;
	case 4:
		assert_int_equal(model_set_alpha(m, 0.7 * 1.5), ERR_NONE);
		assert_int_equal(model_set_alpha(m, 0.7), ERR_NONE);
		break;
	case 5:
		assert_int_equal(model_learn(other, data->query[1], 0.1, 2),
		    ERR_NONE);
		model_assign(m, other);
		break;
	case 6:
		assert_int_equal(model_learn(other, data->query[2], 0.3, 2),
		    ERR_NONE);
		model_encode(other, &bytes);
		assert_true(model_decode(m, bytes.data, bytes.len));
		break;
	case 7:
		if (m->type == &model_ridge)
			assert_int_equal(model_shade(m, phi, 1, 1), ERR_NONE);
		break;
	}
	buf_free(&bytes);
}

static void
follows_every_change(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *m = models_make(which);
		struct model *other = models_make(which);

		for (int i = 0; i < POINTS; i++) {
			change(m, other, i % 8, &data, data.x[i]);
			assert_of_its_state(m, which, &data);
		}
		model_free(m);
		model_free(other);
	}
}

/* More contexts than one pass takes, each with the bits that it has alone. */
static void
many_as_one(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *m = models_make(which);
		struct model_score all[POINTS], one;

		models_learn(m, &data, 0, POINTS, 0);
		model_score_fast(m, data.x[0], POINTS, all);
		for (int i = 0; i < POINTS; i++) {
			model_score_fast(m, data.x[i], 1, &one);
			assert_memory_equal(&one, &all[i], sizeof one);
		}
		model_free(m);
	}
}

/* Where float32 would lose too much, or cannot hold a number, it is float64. */
static void
falls_back_on_float64(void **state)
{
	static const double alphas[] = { 1e-9, 0.7 };
	static const double x[2][D] = { { 0.6, -0.8 }, { 1e60, 1 } };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct model_params p = { .in = D, .alpha = alphas[i] };
		struct model *m = model_new(&model_ridge, &p);
		struct model_score want, got;

		for (int n = 0; n < 100; n++)
			model_learn(m, x[0], 0.5, 1);
		model_score(m, x[i], 1, &want);
		model_score_fast(m, x[i], 1, &got);
		assert_memory_equal(&got, &want, sizeof got);
		assert_true(isfinite(got.sigma));
		model_free(m);
	}
}

static void
allocates_nothing_once_warm(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *m = models_make(which);
		struct model_score s[POINTS];
		long before;

		models_learn(m, &data, 0, POINTS, 0);
		model_score_fast(m, data.x[0], POINTS, s);
		before = allocations;
		for (int i = 0; i < POINTS && m->type == &model_ridge; i++) {
			model_learn(m, data.x[i], 0.5, 1);
			model_score_fast(m, data.x[0], POINTS, s);
		}
		model_score_fast(m, data.x[0], 1, s);
		assert_int_equal(allocations, before);
		model_free(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_every_change),
		cmocka_unit_test(many_as_one),
		cmocka_unit_test(falls_back_on_float64),
		cmocka_unit_test(allocates_nothing_once_warm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
