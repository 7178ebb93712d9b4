/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forty decisions in a closed loop, and UCB1, against the golden numbers. */
#include "tests/unit/golden.h"

#include <string.h>

#include "bandit/model.h"
#include "features/rng.h"
#include "tests/unit/arms.h"

/* How the files name what a router would be set to. */
static const struct setup {
	const char *trace;
	const struct model_type *type;
	enum kernel kernel;
	const char *features; /* NULL: the context itself */
} setups[] = {
	{ "pak_lin", &model_kernel, KERNEL_LINEAR, NULL },
	{ "pak_poly3_g1", &model_kernel, KERNEL_POLY, NULL },
	{ "pak_rbf_s1", &model_kernel, KERNEL_RBF, NULL },
	{ "rff_2D", &model_ridge, 0, "2D" },
	{ "rff_D", &model_ridge, 0, "D" },
};

struct learners {
	struct model *model[GOLDEN_ARMS];
	struct arms arms;
};

static struct golden g;

static void
learners_init(struct learners *l, const struct setup *s, double alpha)
{
	struct model_params p = { .alpha = alpha,
		.kernel = s->kernel,
		.in = s->features != NULL ? GOLDEN_PHI : GOLDEN_D,
		.bandwidth = 1,
		.max_points = GOLDEN_CONTEXTS };
	struct arms *a = &l->arms;

	arms_init(a);
	arms_limit(a, GOLDEN_ARMS);
	for (int i = 0; i < GOLDEN_ARMS; i++) {
		l->model[i] = model_new(s->type, &p);
		a->rewards[i] = a->pending[i] = 0;
	}
}

static void
learners_score(struct learners *l, const double *phi)
{
	for (int i = 0; i < GOLDEN_ARMS; i++) {
		struct model_score s;

		model_score(l->model[i], phi, 1, &s);
		l->arms.mean[i] = s.fit;
		l->arms.sigma[i] = s.sigma;
	}
	arms_count(&l->arms);
}

/* The files take untried arms in order; ours come in any order. */
static void
check_choice(const json_t *step, const struct arms *a)
{
	int arm = golden_int(step, "arm");
	gsl_rng *r = gsl_rng_alloc(rng_splitmix64);
	struct chosen x;

	rng_set(r, 1, RNG_DECISION, (uint64_t)golden_int(step, "t"));
	arms_choose(policy_get("pak-ucb"), a, 0, 1, r, &x);
	gsl_rng_free(r);
	if (golden_int(step, "forced")) {
		assert_int_equal(a->rewards[x.slate[0]], 0);
		assert_true(x.probability[arm] > 0);
		return;
	}
	assert_int_equal(x.slate[0], arm);
	assert_true(x.probability[arm] == 1);
	golden_compare(step, "mu", a->mean, GOLDEN_ARMS);
	golden_compare(step, "sigma", a->sigma, GOLDEN_ARMS);
	golden_compare(step, "ucb", x.score, GOLDEN_ARMS);
}

static void
follow(const struct setup *s, const json_t *trace)
{
	double alpha = golden_num(trace, "alpha"), phi[GOLDEN_PHI];
	struct learners l;
	json_t *step;
	size_t t;

	learners_init(&l, s, alpha);
	l.arms.c.alpha = alpha;
	l.arms.c.exploration = golden_num(trace, "eta");
	json_array_foreach (golden_get(trace, "steps"), t, step) {
		int arm = golden_int(step, "arm");

		memcpy(phi, g.x[t], sizeof g.x[t]);
		if (s->features != NULL)
			golden_phi(&g, s->features, g.x[t], phi);
		learners_score(&l, phi);
		check_choice(step, &l.arms);
		assert_int_equal(model_learn(l.model[arm], phi,
				     golden_num(step, "reward"), 1),
		    ERR_NONE);
		l.arms.rewards[arm]++;
	}
	assert_int_equal(t, GOLDEN_CONTEXTS);
	for (int i = 0; i < GOLDEN_ARMS; i++)
		model_free(l.model[i]);
}

static void
every_trace(void **state)
{
	json_t *file = golden_load("ucb_traces.json");
	json_t *traces = golden_get(file, "traces");

	(void)state;
	assert_int_equal(json_object_size(traces),
	    sizeof setups / sizeof *setups);
	for (size_t i = 0; i < sizeof setups / sizeof *setups; i++)
		follow(&setups[i], golden_get(traces, setups[i].trace));
	json_decref(file);
}

/* Decisions that wait for their reward count as the others do. */
static void
ucb1_of_counts(void **state)
{
	json_t *file = golden_load("classic.json");
	double n[3], score[3], spread[3] = { 0 };
	struct arms a;

	(void)state;
	arms_init(&a);
	arms_limit(&a, 3);
	golden_read(file, "means", a.mean, 3);
	golden_read(file, "counts", n, 3);
	for (int i = 0; i < 3; i++) {
		a.pending[i] = (uint64_t)i;
		a.rewards[i] = (uint64_t)n[i] - a.pending[i];
	}
	score_ucb1(&a.c, score, spread);
	golden_compare(file, "ucb1_anytime", score, 3);
	json_decref(file);
}

static int
read_inputs(void **state)
{
	(void)state;
	golden_inputs(&g);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_trace),
		cmocka_unit_test(ucb1_of_counts),
	};

	return cmocka_run_group_tests(tests, read_inputs, NULL);
}
