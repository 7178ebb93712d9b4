/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/judge.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "eval/direct.h"
#include "eval/walk.h"

/* A propensity of 1, whatever rounding made of it. */
#define CERTAIN (1 - 1e-9)

static size_t
cell(const struct judge *j, long round)
{
	return (size_t)round * (size_t)j->rounds->arms;
}

static bool
had_choice(const struct judge *j, long round)
{
	int eligible = 0;

	for (int arm = 0; arm < j->rounds->arms; arm++)
		eligible += j->rounds->round[round].eligible[arm];
	return eligible > 1;
}

static enum err
propensities_check(const struct judge *j, struct fault *f)
{
	for (long i = j->from; i < j->to; i++) {
		double p = j->propensity[i];

		if (!(p > 0 && p <= 1))
			return fault_set(f, ERR_DATA,
			    "%s:%ld: %s; --estimator dm does without one",
			    j->rounds->name, j->rounds->round[i].line,
			    isnan(p) ? "there is no propensity"
				     : "a propensity is above 0 and at most 1");
	}
	return ERR_NONE;
}

static enum err
support_check(const struct judge *j, struct fault *f)
{
	long choices = 0, open = 0;

	for (long i = j->from; i < j->to; i++) {
		choices += had_choice(j, i);
		open += had_choice(j, i) && j->propensity[i] < CERTAIN;
	}
	if (choices == 0 || open > 0)
		return ERR_NONE;
	return fault_set(f, ERR_DATA,
	    "%s: only the arm that was shown ever had a chance (each "
	    "propensity is 1), so the log cannot say what others would have "
	    "earned: log with explore_floor above 0, or with policy "
	    "thompson; --estimator dm says what a regression makes of it",
	    j->rounds->name);
}

static void
columns_take(struct judge *j)
{
	size_t n = (size_t)j->rounds->n;

	j->arm = mem_alloc(n, sizeof *j->arm);
	j->propensity = mem_alloc(n, sizeof *j->propensity);
	j->reward = mem_alloc(n, sizeof *j->reward);
	j->term = mem_alloc(n, sizeof *j->term);
	j->target = mem_alloc(cell(j, (long)n), sizeof *j->target);
	for (size_t i = 0; i < n; i++) {
		j->arm[i] = j->rounds->round[i].arm;
		j->propensity[i] = j->rounds->round[i].propensity;
		j->reward[i] = j->rounds->round[i].reward;
	}
	j->logged = ope_mean(j->reward + j->from, j->to - j->from);
}

/* With a guard the model, too, knows nothing of the holdout. */
static enum err
model_fit(struct judge *j, struct fault *f)
{
	const struct rounds *r = j->rounds;
	struct direct_log l = { r->n, r->dimension, r->arms, r->x, j->arm,
		j->reward, NULL };
	bool *teaches = NULL;
	enum err e;

	if (j->guard != NULL) {
		teaches = mem_alloc((size_t)r->n, sizeof *teaches);
		for (long i = 0; i < r->n; i++)
			teaches[i] =
			    !thresholdout_held(j->guard->state.seed, i);
		l.teaches = teaches;
	}
	j->model = mem_alloc(cell(j, r->n), sizeof *j->model);
	e = direct_fit(&l, DIRECT_FOLDS, j->model, f);
	free(teaches);
	return e;
}

enum err
judge_init(struct judge *j, const struct rounds *r, long from, long to,
    unsigned needs, double clip, struct holdout *guard, struct fault *f)
{
	enum err e = ERR_NONE;

	*j = (struct judge){ .rounds = r,
		.from = from,
		.to = to,
		.clip = clip,
		.guard = guard };
	if (to - from < 2)
		return fault_set(f, ERR_DATA,
		    "%s: %ld rounds in that time, and it takes 2", r->name,
		    to - from);
	columns_take(j);
	if (needs & OPE_PROPENSITY) {
		e = propensities_check(j, f);
		if (e == ERR_NONE)
			e = support_check(j, f);
	}
	if (e == ERR_NONE && needs & OPE_MODEL)
		e = model_fit(j, f);
	if (e != ERR_NONE)
		judge_fini(j);
	return e;
}

void
judge_fini(struct judge *j)
{
	free(j->arm);
	free(j->propensity);
	free(j->reward);
	free(j->model);
	free(j->target);
	free(j->term);
	*j = (struct judge){ 0 };
}

enum err
judge_player(struct judge *j, const char *spec, uint64_t seed, struct fault *f)
{
	return walk(spec, j->rounds, seed, j->target, f);
}

struct ope_log
judge_view(const struct judge *j)
{
	return (struct ope_log){ j->to - j->from, j->rounds->arms,
		j->arm + j->from, j->propensity + j->from, j->reward + j->from,
		j->target + cell(j, j->from),
		j->model != NULL ? j->model + cell(j, j->from) : NULL,
		j->clip };
}

struct ope_estimate
judge_gain(const struct ope_estimator *e, const struct ope_log *l, double *term,
    struct ope_estimate *reward)
{
	*reward = ope_estimate(e, l, term);
	for (long i = 0; i < l->n; i++)
		term[i] -= l->reward[i];
	return ope_mean(term, l->n);
}

static double
blind(const struct judge *j)
{
	double sum = 0;

	for (long i = j->from; i < j->to; i++)
		if (j->propensity[i] >= CERTAIN)
			sum += 1 - j->target[cell(j, i) + (size_t)j->arm[i]];
	return sum / (double)(j->to - j->from);
}

enum err
judge_verdict(struct judge *j, const struct ope_estimator *e, const char *spec,
    struct verdict *v, struct fault *f)
{
	bool weighs = (e->needs & OPE_PROPENSITY) != 0;
	struct ope_log l = judge_view(j);
	struct ope_estimate reward, more;

	*v = (struct verdict){ .spec = spec,
		.estimator = e,
		.reward_se = NAN,
		.gain_se = NAN,
		.effective = weighs ? ope_effective(&l) : NAN,
		.blind = blind(j) };
	if (j->guard != NULL)
		return judge_ask(j, e, v, f);
	more = judge_gain(e, &l, j->term, &reward);
	v->reward = reward.value;
	v->reward_se = reward.se;
	v->gain = more.value;
	v->gain_se = more.se;
	v->within = 1.96 * more.se;
	return ERR_NONE;
}
