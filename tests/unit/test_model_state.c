/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model: what is saved, what is refused, what stays finite, and what is not
 * allocated. */
#include "tests/unit/allocations.h"
#include "tests/unit/models.h"

#include <string.h>

static void
assert_same_bytes(const struct model *a, const struct model *b)
{
	struct buf of_a = { 0 }, of_b = { 0 };

	model_encode(a, &of_a);
	model_encode(b, &of_b);
	assert_int_equal(of_a.len, of_b.len);
	if (of_a.len > 0)
		assert_memory_equal(of_a.data, of_b.data, of_a.len);
	buf_free(&of_a);
	buf_free(&of_b);
}

/* Saved and loaded, and then learning on. */
static void
bytes_make_the_same_model(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++)
		for (int n = 0; n <= POINTS / 2; n += 5) {
			struct model *a = models_make(which),
				     *b = models_make(which);
			struct buf bytes = { 0 };
			struct model_score of_a[QUERIES], of_b[QUERIES];

			models_learn(a, &data, 0, n, 0);
			model_encode(a, &bytes);
			assert_true(model_decode(b, bytes.data, bytes.len));
			buf_free(&bytes);
			assert_same_bytes(a, b);
			model_score(a, data.query[0], QUERIES, of_a);
			model_score(b, data.query[0], QUERIES, of_b);
			assert_memory_equal(of_a, of_b, sizeof of_a);
			models_learn(a, &data, n, POINTS, 0);
			models_learn(b, &data, n, POINTS, 0);
			assert_same_bytes(a, b);
			model_free(a);
			model_free(b);
		}
}

/* The kernel models keep the weights of their points where one is not 1. */
static void
bytes_hold_the_weights(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *a = models_make(which), *b = models_make(which);
		struct buf bytes = { 0 };

		models_learn(b, &data, 0, 9, 0);
		models_learn(a, &data, 0, 5, 0);
		model_learn(a, data.x[5], data.reward[5], 2.5);
		model_encode(a, &bytes);
		assert_true(model_decode(b, bytes.data, bytes.len));
		buf_free(&bytes);
		assert_same_bytes(a, b);
		model_free(b);
		b = model_copy(a);
		assert_same_bytes(a, b);
		assert_int_equal(model_set_alpha(a, 3), ERR_NONE);
		assert_int_equal(model_set_alpha(b, 3), ERR_NONE);
		assert_same_bytes(a, b);
		model_free(a);
		model_free(b);
	}
}

static bool
decodes(size_t which, const void *data, size_t len)
{
	struct model *model = models_make(which);
	bool ok = model_decode(model, data, len);

	model_free(model);
	return ok;
}

/* Every length but the right one, and a NaN at every place.  What a model
 * without levels or weights leaves out may be cut off. */
static void
broken_bytes_are_refused(void **state)
{
	static const size_t may_end[MODELS] = { 0, 8 * (2 + D), 24, 24, 24 };
	const double nan = NAN;
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which);
		struct buf bytes = { 0 };

		models_learn(model, &data, 0, 2, 0);
		model_learn(model, data.x[2], data.reward[2], 2);
		model_encode(model, &bytes);
		model_free(model);
		buf_reserve(&bytes, 24);
		memset(bytes.data + bytes.len, 0, 24);
		for (size_t len = 0; len <= bytes.len + 24; len++)
			assert_int_equal(decodes(which, bytes.data, len),
			    len == bytes.len ||
				len == bytes.len - may_end[which]);
		for (size_t at = 0; at < bytes.len; at += sizeof nan) {
			uint8_t good[sizeof nan];

			memcpy(good, bytes.data + at, sizeof nan);
			memcpy(bytes.data + at, &nan, sizeof nan);
			assert_false(decodes(which, bytes.data, bytes.len));
			memcpy(bytes.data + at, good, sizeof nan);
		}
		buf_free(&bytes);
	}
}

/* One context a thousand times, with hardly any regularization. */
static void
repetition_stays_finite(void **state)
{
	static const double alphas[] = { 1e-9, 1e-3, 1e6 };
	double x[D] = { 0.6, -0.8 };

	(void)state;
	for (size_t which = 0; which < MODELS; which++)
		for (int i = 0; i < 3; i++) {
			struct model_params p = models[which].params;
			struct model *model;
			struct model_score s;

			p.alpha = alphas[i];
			p.max_points = 50;
			model = model_new(models[which].type, &p);
			for (int n = 0; n < 200; n++) {
				assert_int_equal(model_learn(model, x, 0.5, 1),
				    ERR_NONE);
				model_score(model, x, 1, &s);
				assert_true(isfinite(s.fit));
				assert_true(isfinite(s.unit));
				assert_true(s.sigma >= 0 && s.sigma < 2);
			}
			model_free(model);
		}
}

/* At a point that was learnt, with hardly any regularization, k(x, x) and what
 * is known of it differ by rounding only: about half the time below 0. */
static void
no_variance_is_negative(void **state)
{
	(void)state;
	for (size_t which = 0; which < MODELS; which++)
		for (int i = 1; i < 100; i++) {
			struct model_params p = models[which].params;
			double x[D] = { 600.1 * i, -80.2 * i };
			struct model *model;
			struct model_score s;

			p.alpha = 1e-9;
			model = model_new(models[which].type, &p);
			assert_int_equal(model_learn(model, x, 0.5, 1),
			    ERR_NONE);
			model_score(model, x, 1, &s);
			assert_true(isfinite(s.sigma) && s.sigma >= 0);
			assert_close(s.fit, 0.5, 1e-6);
			model_free(model);
		}
}

/* As long as context.h lets a context be: a score is finite, and what cannot
 * be learnt from is refused and changes nothing. */
static void
longest_contexts(void **state)
{
	double x[D] = { 1.8e19 }, y[D] = { -1.8e19, 1 };

	(void)state;
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which),
			     *before = models_make(which);
		struct model_score s[2];
		double both[2 * D];

		memcpy(both, x, sizeof x);
		memcpy(both + D, y, sizeof y);
		for (int n = 0; n < 5; n++) {
			if (model_learn(model, n % 2 ? y : x, 1, 1) != ERR_NONE)
				assert_same_bytes(model, before);
			else
				model_learn(before, n % 2 ? y : x, 1, 1);
			model_score(model, both, 2, s);
			for (int i = 0; i < 2; i++)
				assert_true(isfinite(s[i].fit) &&
				    isfinite(s[i].unit) &&
				    isfinite(s[i].sigma) && s[i].sigma >= 0);
		}
		model_free(model);
		model_free(before);
	}
}

static void
refused_numbers_change_nothing(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;
	static const double weights[] = { 0, -1, NAN, INFINITY, 1e300 };
	double x[D] = { 1, NAN };

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model = models_make(which),
			     *before = models_make(which);

		models_learn(model, &data, 0, 16, 0);
		models_learn(before, &data, 0, 16, 0);
		if (models[which].params.kernel != KERNEL_RBF)
			assert_int_equal(model_learn(model, x, 0.5, 1),
			    ERR_NUMERIC);
		assert_int_equal(model_learn(model, data.x[20], NAN, 1),
		    ERR_NUMERIC);
		assert_int_equal(model_learn(model, data.x[20], INFINITY, 1),
		    ERR_NUMERIC);
		for (int i = 0; i < 5; i++)
			assert_int_equal(
			    model_learn(model, data.x[20], 1, weights[i]),
			    ERR_NUMERIC);
		assert_same_bytes(model, before);
		models_learn(model, &data, 20, 21, 0);
		models_learn(before, &data, 20, 21, 0);
		assert_same_bytes(model, before);
		model_free(model);
		model_free(before);
	}
}

/* A full window has the capacity that it will ever need. */
static void
scoring_and_learning_allocate_nothing(void **state)
{
	uint64_t random = test_seed();
	struct models_data data;

	(void)state;
	models_data(&data, &random);
	for (size_t which = 0; which < MODELS; which++) {
		struct model *model;
		struct model_score s[QUERIES];

		allocations = 0;
		model = models_make(which);
		assert_true(allocations > 0);
		model_set_max_points(model, 20);
		models_learn(model, &data, 0, 21, 0);
		allocations = 0;
		for (int n = 21; n < POINTS; n++) {
			model_score(model, data.query[0], QUERIES, s);
			models_learn(model, &data, n, n + 1, 0);
		}
		assert_int_equal(allocations, 0);
		model_free(model);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_make_the_same_model),
		cmocka_unit_test(bytes_hold_the_weights),
		cmocka_unit_test(broken_bytes_are_refused),
		cmocka_unit_test(repetition_stays_finite),
		cmocka_unit_test(no_variance_is_negative),
		cmocka_unit_test(longest_contexts),
		cmocka_unit_test(refused_numbers_change_nothing),
		cmocka_unit_test(scoring_and_learning_allocate_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
