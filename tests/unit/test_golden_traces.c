/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forty decisions in a closed loop, and UCB1, against the golden numbers. */
#include "tests/unit/golden.h"

#include <string.h>

#include "bandit/model.h"
#include "bandit/policy.h"
#include "features/rng.h"

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

struct arms {
	struct model *model[GOLDEN_ARMS];
	double mean[GOLDEN_ARMS], sigma[GOLDEN_ARMS], cost[GOLDEN_ARMS];
	uint64_t rewards[GOLDEN_ARMS], pending[GOLDEN_ARMS];
};

static struct golden g;

static const struct policy *
find(const char *name)
{
	const struct policy *p = policies;

	while (strcmp(p->name, name) != 0)
		p++;
	return p;
}

static void
arms_init(struct arms *a, const struct setup *s, double alpha)
{
	struct model_params p = { .alpha = alpha,
		.kernel = s->kernel,
		.in = s->features != NULL ? GOLDEN_PHI : GOLDEN_D,
		.bandwidth = 1,
		.max_points = GOLDEN_CONTEXTS };

	*a = (struct arms){ 0 };
	for (int i = 0; i < GOLDEN_ARMS; i++)
		a->model[i] = model_new(s->type, &p);
}

static void
arms_score(struct arms *a, const double *phi)
{
	for (int i = 0; i < GOLDEN_ARMS; i++) {
		struct model_score s;

		model_score(a->model[i], phi, 1, &s);
		a->mean[i] = s.fit;
		a->sigma[i] = s.sigma;
	}
}

/* The files take untried arms in order; ours come in any order. */
static void
check_choice(const json_t *step, struct arms *a, double alpha, double eta)
{
	struct candidates c = { GOLDEN_ARMS, a->mean, a->sigma, a->cost,
		a->rewards, a->pending, eta, alpha, 0, 1 };
	double score[GOLDEN_ARMS], probability[GOLDEN_ARMS];
	int arm = golden_int(step, "arm"), chosen;
	gsl_rng *r = gsl_rng_alloc(rng_splitmix64);

	rng_set(r, 1, RNG_DECISION, (uint64_t)golden_int(step, "t"));
	chosen = policy_choose(find("pak-ucb"), &c, 0, r, score, probability);
	gsl_rng_free(r);
	if (golden_int(step, "forced")) {
		assert_int_equal(a->rewards[chosen], 0);
		assert_true(probability[arm] > 0);
		return;
	}
	assert_int_equal(chosen, arm);
	assert_true(probability[arm] == 1);
	golden_compare(step, "mu", a->mean, GOLDEN_ARMS);
	golden_compare(step, "sigma", a->sigma, GOLDEN_ARMS);
	golden_compare(step, "ucb", score, GOLDEN_ARMS);
}

static void
follow(const struct setup *s, const json_t *trace)
{
	double alpha = golden_num(trace, "alpha"), phi[GOLDEN_PHI];
	double eta = golden_num(trace, "eta");
	struct arms a;
	json_t *step;
	size_t t;

	arms_init(&a, s, alpha);
	json_array_foreach (golden_get(trace, "steps"), t, step) {
		int arm = golden_int(step, "arm");

		memcpy(phi, g.x[t], sizeof g.x[t]);
		if (s->features != NULL)
			golden_phi(&g, s->features, g.x[t], phi);
		arms_score(&a, phi);
		check_choice(step, &a, alpha, eta);
		assert_int_equal(model_learn(a.model[arm], phi,
				     golden_num(step, "reward"), 1),
		    ERR_NONE);
		a.rewards[arm]++;
	}
	assert_int_equal(t, GOLDEN_CONTEXTS);
	for (int i = 0; i < GOLDEN_ARMS; i++)
		model_free(a.model[i]);
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
	double mean[3], n[3], cost[3] = { 0 }, score[3];
	uint64_t rewards[3], pending[3];
	struct candidates c = { 3, mean, NULL, cost, rewards, pending, NAN, 1,
		0, 1 };

	(void)state;
	golden_read(file, "means", mean, 3);
	golden_read(file, "counts", n, 3);
	for (int i = 0; i < 3; i++) {
		pending[i] = (uint64_t)i;
		rewards[i] = (uint64_t)n[i] - pending[i];
	}
	score_ucb1(&c, NULL, score);
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
