/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One decision: who is eligible, what is known of each, which one it is. */
#include <math.h>

#include "bandit/consider.h"
#include "bandit/model.h"
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
	r->column = mem_realloc(r->column, n, 11 * sizeof *r->column);
	r->count = mem_realloc(r->count, n, 2 * sizeof *r->count);
	r->index = mem_realloc(r->index, n, 2 * sizeof *r->index);
	r->flag = mem_realloc(r->flag, n, 2 * sizeof *r->flag);
	r->view = mem_realloc(r->view, n, sizeof *r->view);
	r->score = mem_realloc(r->score, n, sizeof *r->score);
	r->at_most = mem_realloc(r->at_most, n, sizeof *r->at_most);
	r->margin = mem_realloc(r->margin, n, sizeof *r->margin);
}

/* Without a context: how often the arm was rewarded, and with what. */
static struct model_score
plain_score(const struct router *r, const struct arm *a)
{
	struct model_score s = { .fit = a->rewards > 0 ? a->mean : 0,
		.unit = a->rewards > 0,
		.sigma =
		    1 / sqrt((double)a->rewards + r->settings.regularization) };

	return s;
}

void
view_arms(struct router *r)
{
	bool contextual = policies[r->settings.policy].contextual;
	double prior = router_prior(r);

	for (int i = 0; i < r->arms; i++) {
		const struct arm *a = r->arm[i];
		struct model_score s =
		    contextual ? r->score[i] : plain_score(r, a);
		struct view *v = &r->view[i];

		v->untried = a->rewards == 0 && a->pending == 0 && !a->inherits;
		v->score = v->probability = 0;
		v->at_most = false;
		v->mean = s.fit + prior * (1 - s.unit);
		v->sigma = s.sigma;
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

/* The settings as policies take them. */
static void
configure(const struct router_settings *s, struct candidates *c)
{
	c->exploration = s->exploration;
	c->alpha = s->regularization;
	c->choice = s->reward_model == REWARD_CHOICE;
	c->cost_weight = s->cost_weight;
	c->reward_width = s->reward_range[1] - s->reward_range[0];
	c->rank_major = s->slate_order == SLATE_RANK_MAJOR;
}

void
gather(struct router *r, const struct wish *w, struct candidates *c)
{
	size_t n = (size_t)r->arms;
	double *mean = r->column, *sigma = mean + n, *cost = sigma + n;
	uint64_t *rewards = r->count, *pending = rewards + n;
	int m = 0;

	c->prefer = -1;
	for (int i = 0; i < r->arms; i++) {
		if (r->view[i].why != WHY_ELIGIBLE)
			continue;
		r->index[m] = i;
		mean[m] = r->view[i].mean;
		sigma[m] = r->view[i].sigma;
		cost[m] = r->arm[i]->cost;
		rewards[m] = r->arm[i]->rewards;
		r->flag[m] = r->view[i].untried;
		if (r->arm[i]->uid == w->prefer)
			c->prefer = m;
		pending[m++] = r->arm[i]->pending;
	}
	c->n = m;
	c->mean = mean;
	c->sigma = sigma;
	c->cost = cost;
	c->rewards = rewards;
	c->pending = pending;
	c->untried = r->flag;
	c->switch_cost = w->switch_cost;
	configure(&r->settings, c);
}

int
router_eligible(struct router *r, const struct wish *w)
{
	int n = 0;

	scratch_grow(r);
	for (int i = 0; i < r->arms; i++) {
		r->view[i].why = eligibility(r->arm[i], w->why[i], w->max_cost);
		n += r->view[i].why == WHY_ELIGIBLE;
	}
	return n;
}

/* The scores of context i, in r->score. */
static void
score_all(struct router *r, int i)
{
	const struct policy *p = &policies[r->settings.policy];

	if (p->contextual && !p->bounded)
		ask_all(r);
	for (int arm = 0; p->contextual && arm < r->arms; arm++)
		r->score[arm] = *ask_score(r, arm, i);
}

/* Asks for the context in r->x alone. */
static void
ask_own(struct router *r)
{
	bool wanted =
	    policies[r->settings.policy].contextual && r->map != NULL;

	router_ask(r, wanted ? router_features(r) : NULL, 1);
}

void
router_view(struct router *r)
{
	ask_own(r);
	score_all(r, 0);
	view_arms(r);
}

/* Where the parts of the answer go; the first columns are the candidates'. */
static void
choice_place(struct router *r)
{
	size_t n = (size_t)r->arms;

	r->choice = (struct choice){ .slate = r->index + n,
		.propensity = r->column + 3 * n,
		.score = r->column + 4 * n,
		.probability = r->column + 5 * n,
		.work = r->column + 6 * n,
		.placed = r->flag + n };
}

/* Of the view of every arm. */
static void
choose(struct router *r, const struct wish *w, uint64_t number)
{
	const struct policy *p = &policies[r->settings.policy];
	struct choice *chosen = &r->choice;
	struct candidates c;

	gather(r, w, &c);
	choice_place(r);
	rng_set(r->rng, (uint64_t)r->settings.seed, RNG_DECISION, number);
	policy_choose(p, &c, r->settings.explore_floor, w->k < c.n ? w->k : c.n,
	    r->race, r->rng, chosen);
	for (int i = 0; i < c.n; i++) {
		r->view[r->index[i]].score = chosen->score[i];
		r->view[r->index[i]].probability = chosen->probability[i];
	}
	for (int i = 0; i < chosen->k; i++)
		chosen->slate[i] = r->index[chosen->slate[i]];
}

void
router_consider_asked(struct router *r, const struct wish *w, uint64_t number,
    int i)
{
	bool some = prune(r, w, number, i);

	if (!some)
		score_all(r, i);
	view_arms(r);
	choose(r, w, number);
	for (int arm = 0; some && arm < r->arms; arm++)
		r->view[arm].at_most = r->at_most[arm];
}

void
router_consider(struct router *r, const struct wish *w, uint64_t number)
{
	ask_own(r);
	router_consider_asked(r, w, number, 0);
}
