/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cross-fitted direct model, against one ridge per arm and fold that has
 * learnt the other rounds one after the other.
 */
#include "tests/unit/numbers.h"

#include <string.h>

#include "bandit/hold.h"
#include "bandit/model.h"
#include "bandit/settings.h"
#include "base/mem.h"
#include "eval/direct.h"
#include "features/bandwidth.h"
#include "features/map.h"

enum { N = 203, D = 5, ARMS = 3, FOLDS = 4 };

struct log {
	struct direct_log l;
	float x[N][D];
	int arm[N];
	double reward[N];
	bool teaches[N];
};

/* Arm 2 is shown in the first quarter only. */
static void
log_fill(struct log *g, uint64_t *random)
{
	double x[D];

	for (int i = 0; i < N; i++) {
		numbers_unit(random, x, D);
		for (int j = 0; j < D; j++)
			g->x[i][j] = (float)x[j];
		g->arm[i] = (int)test_below(random, i * FOLDS < N ? 3 : 2);
		g->reward[i] = x[g->arm[i]] + 0.1 * number(random);
		g->teaches[i] = test_below(random, 3) > 0;
	}
	g->l = (struct direct_log){ .n = N,
		.dimension = D,
		.arms = ARMS,
		.x = g->x[0],
		.arm = g->arm,
		.reward = g->reward };
}

static void
fit(const struct log *g, double *model)
{
	struct fault f;

	assert_int_equal(direct_fit(&g->l, FOLDS, model, &f), ERR_NONE);
}

static void
doubles(const float *from, double *to, int n)
{
	double square = 0;

	for (int i = 0; i < n; i++)
		square += (double)from[i] * from[i];
	for (int i = 0; i < n; i++)
		to[i] = from[i] / sqrt(square);
}

static struct map *
map_of(const struct log *g, const struct router_settings *s)
{
	double x[HOLD_CONTEXTS * D];

	for (int i = 0; i < HOLD_CONTEXTS; i++)
		doubles(g->x[i], x + i * D, D);
	return map_new(&map_rff,
	    &(struct map_params){ .in = D,
		.out = (int)s->rff_dimension,
		.frequencies = (enum frequencies)s->frequencies,
		.bandwidth = bandwidth_median(x, HOLD_CONTEXTS, D),
		.seed = (uint64_t)s->seed });
}

/* The prediction of a round the long way. */
static double
plain(const struct log *g, int round, int arm)
{
	struct router_settings s;
	struct model_score score;
	double x[D], phi[1024], sum = 0;
	struct model *m;
	struct map *map;
	int n = 0;

	settings_default(router_settings, &s);
	map = map_of(g, &s);
	m = model_new(&model_ridge,
	    &(struct model_params){ .in = map->out,
		.alpha = s.regularization });
	for (int i = 0; i < N; i++) {
		if (i * FOLDS / N == round * FOLDS / N ||
		    (g->l.teaches != NULL && !g->l.teaches[i]))
			continue;
		sum += g->reward[i];
		n++;
		doubles(g->x[i], x, D);
		map_fill(map, x, phi);
		if (g->arm[i] == arm)
			model_learn(m, phi, g->reward[i], 1);
	}
	doubles(g->x[round], x, D);
	map_fill(map, x, phi);
	model_score(m, phi, 1, &score);
	model_free(m);
	map_free(map);
	return score.fit + sum / n * (1 - score.unit);
}

static void
a_round_is_predicted_by_the_other_folds(void **state)
{
	static double model[N][ARMS];
	uint64_t random = test_seed();
	struct log g;

	(void)state;
	log_fill(&g, &random);
	for (int masked = 0; masked < 2; masked++) {
		g.l.teaches = masked ? g.teaches : NULL;
		fit(&g, model[0]);
		for (int i = 0; i < N; i += 23)
			for (int a = 0; a < ARMS; a++)
				assert_close(model[i][a], plain(&g, i, a),
				    1e-9);
	}
}

static void
no_reward_predicts_its_own_fold(void **state)
{
	static double model[N][ARMS], again[N][ARMS];
	uint64_t random = test_seed();
	struct log g;
	int changed = 0;

	(void)state;
	log_fill(&g, &random);
	fit(&g, model[0]);
	g.reward[60] += 1;
	fit(&g, again[0]);
	for (int i = 0; i < N; i++)
		for (int a = 0; a < ARMS; a++) {
			bool own = i * FOLDS / N == 60 * FOLDS / N;

			assert_true(!own || model[i][a] == again[i][a]);
			changed += model[i][a] != again[i][a];
		}
	assert_true(changed > N);
}

static void
an_arm_that_was_not_shown_brings_the_mean(void **state)
{
	static double model[N][ARMS];
	uint64_t random = test_seed();
	struct log g;
	double sum = 0;
	int n = 0;

	(void)state;
	log_fill(&g, &random);
	fit(&g, model[0]);
	for (int i = 0; i < N; i++)
		if (i * FOLDS / N != 0) {
			sum += g.reward[i];
			n++;
		}
	assert_close(model[0][2], sum / n, 1e-12);
	assert_close(model[9][2], sum / n, 1e-12);
	assert_true(fabs(model[N - 1][2] - sum / n) > 1e-3);
}

/* It says something: it explains most of the rewards' variance. */
static void
what_can_be_learnt_is_learnt(void **state)
{
	static double model[N][ARMS];
	uint64_t random = test_seed();
	struct log g;
	double off = 0, all = 0;

	(void)state;
	log_fill(&g, &random);
	fit(&g, model[0]);
	for (int i = N / FOLDS + 1; i < N; i++) {
		off += pow(g.reward[i] - model[i][g.arm[i]], 2);
		all += pow(g.reward[i], 2);
	}
	assert_true(off < 0.3 * all);
}

static void
a_bad_context_is_named(void **state)
{
	static double model[N][ARMS];
	uint64_t random = test_seed();
	struct log g;
	struct fault f;

	(void)state;
	log_fill(&g, &random);
	g.x[100][2] = NAN;
	assert_int_equal(direct_fit(&g.l, FOLDS, model[0], &f), ERR_NOT_FINITE);
	assert_non_null(strstr(f.text, "round 101"));
}

static void
a_log_may_be_shorter_than_its_folds(void **state)
{
	static double model[N][ARMS];
	uint64_t random = test_seed();
	struct log g;

	(void)state;
	log_fill(&g, &random);
	for (g.l.n = 1; g.l.n <= FOLDS; g.l.n++) {
		fit(&g, model[0]);
		for (int i = 0; i < g.l.n; i++)
			for (int a = 0; a < ARMS; a++)
				assert_true(isfinite(model[i][a]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_is_predicted_by_the_other_folds),
		cmocka_unit_test(no_reward_predicts_its_own_fold),
		cmocka_unit_test(an_arm_that_was_not_shown_brings_the_mean),
		cmocka_unit_test(what_can_be_learnt_is_learnt),
		cmocka_unit_test(a_bad_context_is_named),
		cmocka_unit_test(a_log_may_be_shorter_than_its_folds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
