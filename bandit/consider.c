/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One decision: who is eligible, what is known of each, which one it is. */
#include <math.h>

#include "bandit/model.h"
#include "bandit/router.h"
#include "base/mem.h"
#include "features/rng.h"

const char *const why_words[] = { "", "disabled", "costs more than max_cost",
	"not among arms", "excluded" };

/* Scratch for one decision over n arms, so that deciding allocates nothing. */
static void
scratch_grow(struct router *r)
{
	size_t n = (size_t)r->arms;

	if (r->arms <= r->scratch_arms)
		return;
	r->scratch_arms = r->arms;
	r->column = mem_realloc(r->column, n, 5 * sizeof *r->column);
	r->count = mem_realloc(r->count, n, 2 * sizeof *r->count);
	r->index = mem_realloc(r->index, n, sizeof *r->index);
	r->view = mem_realloc(r->view, n, sizeof *r->view);
}

/* Mean and sigma of the kernel model, or before there is one those of its
 * context-free limit, a kernel of 1 everywhere. */
static struct model_score
arm_score(const struct router *r, const struct arm *a)
{
	double n = (double)a->rewards, alpha = r->settings.regularization;
	struct model_score s;

	if (a->model != NULL) {
		model_score(a->model, r->phi, 1, &s);
		return s;
	}
	s.fit = n * a->mean / (n + alpha);
	s.unit = n / (n + alpha);
	s.sigma = 1 / sqrt(n + alpha);
	return s;
}

static void
view_arm(const struct router *r, const struct arm *a, bool contextual,
    struct view *v)
{
	double prior = router_prior(r);
	struct model_score s;

	v->untried = a->rewards == 0 && a->pending == 0;
	v->score = v->probability = 0;
	if (contextual) {
		s = arm_score(r, a);
		v->mean = s.fit + prior * (1 - s.unit);
		v->sigma = s.sigma;
	} else {
		v->mean = a->rewards > 0 ? a->mean : prior;
		v->sigma =
		    1 / sqrt((double)a->rewards + r->settings.regularization);
	}
}

static enum why
eligibility(const struct arm *a, enum why why, double max_cost)
{
	if (why != WHY_ELIGIBLE)
		return why;
	if (!a->enabled)
		return WHY_DISABLED;
	return a->cost > max_cost ? WHY_TOO_DEAR : WHY_ELIGIBLE;
}

/* The eligible arms side by side, as policies take them; returns how many. */
static int
gather(struct router *r, struct candidates *c)
{
	size_t n = (size_t)r->arms;
	double *mean = r->column, *sigma = mean + n, *cost = sigma + n;
	uint64_t *rewards = r->count, *pending = rewards + n;
	int m = 0;

	for (int i = 0; i < r->arms; i++) {
		if (r->view[i].why != WHY_ELIGIBLE)
			continue;
		r->index[m] = i;
		mean[m] = r->view[i].mean;
		sigma[m] = r->view[i].sigma;
		cost[m] = r->arm[i]->cost;
		rewards[m] = r->arm[i]->rewards;
		pending[m++] = r->arm[i]->pending;
	}
	*c = (struct candidates){ .n = m,
		.mean = mean,
		.sigma = sigma,
		.cost = cost,
		.rewards = rewards,
		.pending = pending,
		.exploration = r->settings.exploration,
		.alpha = r->settings.regularization,
		.cost_weight = r->settings.cost_weight,
		.reward_width =
		    r->settings.reward_range[1] - r->settings.reward_range[0] };
	return m;
}

int
router_eligible(struct router *r, const enum why *why, double max_cost)
{
	int n = 0;

	scratch_grow(r);
	for (int i = 0; i < r->arms; i++) {
		r->view[i].why = eligibility(r->arm[i], why[i], max_cost);
		n += r->view[i].why == WHY_ELIGIBLE;
	}
	return n;
}

int
router_consider(struct router *r, uint64_t number)
{
	const struct policy *p = &policies[r->settings.policy];
	double *score, *probability;
	struct candidates c;
	int chosen;

	if (r->map != NULL)
		map_fill(r->map, r->x, r->phi);
	for (int i = 0; i < r->arms; i++)
		view_arm(r, r->arm[i], p->contextual, &r->view[i]);
	if (gather(r, &c) == 0)
		return -1;
	score = r->column + 3 * (size_t)r->arms;
	probability = score + r->arms;
	rng_set(r->rng, (uint64_t)r->settings.seed, RNG_DECISION, number);
	chosen = policy_choose(p, &c, r->settings.explore_floor, r->rng, score,
	    probability);
	for (int i = 0; i < c.n; i++) {
		r->view[r->index[i]].score = score[i];
		r->view[r->index[i]].probability = probability[i];
	}
	return r->index[chosen];
}
