/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_decay(): what was learnt fades, the prior does not. */
#include "tests/unit/learnt.h"

#include <string.h>

#define ALPHA 0.7

static struct model *
make(int n, double slack)
{
	struct model_params p = { .in = n, .alpha = ALPHA, .slack = slack };

	return model_new(&model_ridge, &p);
}

/* Decays, and learns a random reward; learnt may be NULL. */
static void
step(struct model *m, struct dense *learnt, double keep, uint64_t *random)
{
	double phi[DENSE_MAX], r = number(random);
	double weight = 0.1 + fabs(number(random));

	numbers_unit(random, phi, m->params.in);
	model_decay(m, keep);
	assert_int_equal(model_learn(m, phi, r, weight), ERR_NONE);
	if (learnt != NULL) {
		learnt_decay(learnt, keep);
		learnt_learn(learnt, phi, r, weight);
	}
}

static void
assert_same_bytes(const struct model *a, const struct model *b)
{
	struct buf of_a = { 0 }, of_b = { 0 };

	model_encode(a, &of_a);
	model_encode(b, &of_b);
	assert_int_equal(of_a.len, of_b.len);
	assert_memory_equal(of_a.data, of_b.data, of_a.len);
	buf_free(&of_a);
	buf_free(&of_b);
}

/* sigma of some random phi is positive and at most that of the prior. */
static void
assert_sigma(struct model *m, uint64_t *random)
{
	double phi[DENSE_MAX];
	struct model_score s;

	numbers_unit(random, phi, m->params.in);
	model_score(m, phi, 1, &s);
	assert_true(s.sigma > 0);
	assert_true(s.sigma <= (1 + 1e-13) / sqrt(m->params.alpha));
	assert_true(isfinite(s.fit) && isfinite(s.unit));
}

static const struct {
	int n;
	double slack, keep;
} cases[] = {
	{ 1, 1, 0.9 }, { 1, 1.05, 0.9 }, { 12, 1, 0.5 }, { 12, 1, 0.999 },
	{ 12, 1.05, 0.999 }, { 12, 2, 0.99 }, { 24, 1.05, 0.5 },
	{ 24, 1.05, 0.97 }, { 40, 1.05, 1e-5 }, { 12, 1.05, 1e-12 },
	{ 24, 0, 0.97 }, /* made as one that never forgets */
};

static void
what_was_learnt_fades_towards_the_prior(void **state)
{
	uint64_t random = test_seed();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct model *m = make(cases[i].n, cases[i].slack);
		struct dense learnt;

		dense_init(&learnt, cases[i].n, 0);
		learnt_assert(&learnt, m, 1e-15);
		for (int t = 0; t < 2000; t++) {
			step(m, &learnt, cases[i].keep, &random);
			if (t % 7 == 0 || t < 5)
				learnt_assert(&learnt, m, 1e-12);
			assert_sigma(m, &random);
		}
		model_free(m);
	}
}

static void
kept_in_full_is_not_touched(void **state)
{
	static const double slacks[] = { 0, 1, 1.05 };
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct model *m = make(9, slacks[i]), *before;

		step(m, NULL, 1, &random);
		before = model_copy(m);
		model_decay(m, 1);
		assert_same_bytes(m, before);
		model_free(before);
		model_free(m);
	}
}

/* With a slack of 1 every entry of the prior is alpha after every decay. */
static void
without_slack_the_prior_is_exact(void **state)
{
	uint64_t random = test_seed();
	struct model *m = make(12, 1);
	struct inside in;

	(void)state;
	for (int t = 0; t < 100; t++) {
		step(m, NULL, 0.99, &random);
		inside_of(&in, m);
		for (int j = 0; j < 12; j++)
			assert_close(in.scale * in.level[j], ALPHA, 1e-15);
		inside_fini(&in);
	}
	model_free(m);
}

/* How many entries of the prior one decay raises. */
static int
raised(struct model *m, double keep)
{
	struct inside before, after;
	int n = 0;

	inside_of(&before, m);
	model_decay(m, keep);
	inside_of(&after, m);
	assert_true(after.scale < before.scale);
	for (int j = 0; j < m->params.in; j++)
		n += after.level[j] != before.level[j];
	inside_fini(&before);
	inside_fini(&after);
	return n;
}

/* Entries are raised one by one from the first on, and so they are again
 * after all had to be at once. */
static void
no_two_are_raised_together(void **state)
{
	const double keep = exp2(-1.0 / 2000);
	struct model *m = make(DENSE_MAX, MODEL_SLACK);

	(void)state;
	for (int round = 0; round < 3; round++) {
		int all = 0;

		for (int t = 0; t < 500; t++) {
			int n = raised(m, keep);

			assert_true(n <= 2);
			all += n;
		}
		assert_true(all > DENSE_MAX && all < 6 * DENSE_MAX);
		assert_int_equal(raised(m, 0.5), DENSE_MAX);
	}
	model_free(m);
}

static void
nothing_left_is_the_prior(void **state)
{
	static const double keeps[] = { 0x1p-1074, 1e-300, 1e-100, 1e-20 };
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct model *m = make(24, MODEL_SLACK);
		struct dense learnt;

		dense_init(&learnt, 24, 0);
		for (int t = 0; t < 100; t++)
			step(m, NULL, 0.99, &random);
		model_decay(m, keeps[i]);
		learnt_assert(&learnt, m, 1e-13);
		step(m, &learnt, 0.99, &random);
		learnt_assert(&learnt, m, 1e-13);
		model_free(m);
	}
}

/* The scale comes to its lowest, and is lifted again, many times over. */
static void
a_hundred_thousand_decays_end_at_the_prior(void **state)
{
	uint64_t random = test_seed();
	struct model *m = make(8, MODEL_SLACK);
	struct dense learnt;
	struct inside in;
	double lowest = 1;

	(void)state;
	dense_init(&learnt, 8, 0);
	for (int t = 0; t < 100; t++)
		step(m, NULL, 0.99, &random);
	for (int t = 0; t < 100000; t++) {
		model_decay(m, 0.95);
		assert_sigma(m, &random);
		inside_of(&in, m);
		lowest = fmin(lowest, in.scale);
		inside_fini(&in);
	}
	assert_true(lowest >= 0x1p-64 && lowest < 0x1p-62);
	learnt_assert(&learnt, m, 1e-13);
	model_free(m);
}

/* Of what was learnt, the last 500 are all that anything is left of. */
static void
a_million_updates(int n, double keep)
{
	uint64_t random = test_seed();
	struct model *m = make(n, MODEL_SLACK);
	struct dense learnt;

	for (int t = 0; t < 1000000; t++) {
		int round = t % 10000;

		if (round == 0)
			dense_init(&learnt, n, 0);
		step(m, round < 500 ? &learnt : NULL, keep, &random);
		if (round == 499)
			learnt_assert(&learnt, m, 1e-12);
		if (t % 10 == 0)
			assert_sigma(m, &random);
	}
	model_free(m);
}

static void
a_million_updates_at_half_life_one(void **state)
{
	(void)state;
	a_million_updates(16, 0.5);
}

static void
a_million_updates_at_half_life_seven(void **state)
{
	(void)state;
	a_million_updates(24, 0.9);
}

/* Saved in the middle: just before and after the scale is lifted as well. */
static void
bytes_make_the_same_model(void **state)
{
	static const double slacks[] = { 0, 1, 1.05 };
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct model *a = make(10, slacks[i]);

		for (int t = 0; t < 200; t++) {
			struct model *b = make(10, slacks[i]);
			uint64_t same = random;
			struct buf bytes = { 0 };

			model_encode(a, &bytes);
			assert_true(model_decode(b, bytes.data, bytes.len));
			buf_free(&bytes);
			assert_same_bytes(a, b);
			step(a, NULL, 0.6, &random);
			step(b, NULL, 0.6, &same);
			assert_same_bytes(a, b);
			model_free(b);
		}
		model_free(a);
	}
}

/* A model that was told to forget only later is, from then on, one that was
 * made to: its bytes alone decide. */
static void
the_bytes_alone_decide(void **state)
{
	uint64_t random = test_seed(), same;
	struct model *a = make(10, 0), *b = make(10, MODEL_SLACK);
	struct buf bytes = { 0 };

	(void)state;
	step(a, NULL, 1, &random);
	model_encode(a, &bytes);
	assert_int_equal(bytes.len, chol_size(10));
	assert_true(model_decode(b, bytes.data, bytes.len));
	assert_same_bytes(a, b);
	same = random;
	for (int t = 0; t < 50; t++) {
		step(a, NULL, 0.97, &random);
		step(b, NULL, 0.97, &same);
	}
	assert_same_bytes(a, b);
	buf_free(&bytes);
	model_free(a);
	model_free(b);
}

static void
alpha_may_change(void **state)
{
	static const double alphas[] = { 0.01, 0.7, 30 };
	uint64_t random = test_seed();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct model *m = make(24, MODEL_SLACK);
		struct dense learnt;

		dense_init(&learnt, 24, 0);
		for (int t = 0; t < 300; t++) {
			step(m, &learnt, 0.97, &random);
			if (t == 100)
				assert_int_equal(ERR_NONE,
				    model_set_alpha(m, alphas[i]));
			if (t >= 100)
				learnt_assert(&learnt, m, 1e-11);
		}
		model_free(m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_learnt_fades_towards_the_prior),
		cmocka_unit_test(kept_in_full_is_not_touched),
		cmocka_unit_test(without_slack_the_prior_is_exact),
		cmocka_unit_test(no_two_are_raised_together),
		cmocka_unit_test(nothing_left_is_the_prior),
		cmocka_unit_test(a_hundred_thousand_decays_end_at_the_prior),
		cmocka_unit_test(a_million_updates_at_half_life_one),
		cmocka_unit_test(a_million_updates_at_half_life_seven),
		cmocka_unit_test(bytes_make_the_same_model),
		cmocka_unit_test(the_bytes_alone_decide),
		cmocka_unit_test(alpha_may_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
