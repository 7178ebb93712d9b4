/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The arm with the highest score, without the scores of most others.
 *
 * Each arm has a bound that its score cannot exceed (model_bound()).  The arm
 * with the highest is scored, until no bound is higher than the best score.
 * Which arm is chosen, and with what probability, is the same as if all had
 * been scored: an arm that ties with the best has a bound that is no lower.
 */
#include <float.h>
#include <math.h>

#include "bandit/consider.h"
#include "features/rng.h"

#define ARMS_LEAST 3 /* of fewer, bounds cost as much as they spare */
#define FEATURES_LEAST 64

/* What float32 may round of a score, in widths of the reward range. */
#define ROUNDING 1e-5

/* The lot that explore_floor casts before anything else (policy_choose()). */
static bool
by_lot(struct router *r, uint64_t number)
{
	if (r->settings.explore_floor == 0)
		return false;
	rng_set(r->rng, (uint64_t)r->settings.seed, RNG_DECISION, number);
	return gsl_rng_uniform(r->rng) < r->settings.explore_floor;
}

static bool
worth_it(const struct router *r, const struct wish *w)
{
	return policies[r->settings.policy].bounded && !w->all && w->k == 1 &&
	    r->map != NULL && r->settings.features == FEATURES_RFF &&
	    r->arms >= ARMS_LEAST && r->map->out >= FEATURES_LEAST;
}

/* The bounds of all arms; what has none is scored. */
static void
bound_all(struct router *r, const struct wish *w, int i)
{
	const struct ask *a = &r->ask;
	double prior = fabs(router_prior(r));

	ask_bounds(r, w);
	for (int arm = 0; arm < r->arms; arm++) {
		const struct model_bound *b = &a->bound[arm * a->n + i];

		r->at_most[arm] = a->bounded[arm];
		r->score[arm] =
		    a->bounded[arm] ? bound_as_score(b) : *ask_score(r, arm, i);
		r->margin[arm] =
		    a->bounded[arm] ? b->fit_error + prior * b->unit_error : 0;
	}
}

/* Of the candidates the one with the highest bound that is no lower than any
 * score; -1: there is none. */
static int
next_to_score(struct router *r, const struct candidates *c,
    const double *centre)
{
	double best = -INFINITY, highest = -INFINITY, width = c->reward_width;
	int next = -1;

	for (int i = 0; i < c->n; i++) {
		double score =
		    centre[i] + (i == c->prefer ? c->switch_cost : 0);
		int arm = r->index[i];

		if (!r->at_most[arm]) {
			best = fmax(best, score);
			continue;
		}
		score += r->margin[arm] + ROUNDING * (width + fabs(score));
		if (!(score <= highest)) { /* also what is not finite */
			highest = score;
			next = i;
		}
	}
	return highest < best ? -1 : next;
}

static void
score_one(struct router *r, int arm, int i)
{
	r->score[arm] = *ask_score(r, arm, i);
	r->at_most[arm] = false;
}

/* An untried arm goes first, whatever the scores are. */
static bool
settled_by_untried(struct router *r, const struct policy *p,
    const struct candidates *c, int i)
{
	bool any = false;

	for (int k = 0; p->untried_first && c->prefer < 0 && k < c->n; k++) {
		if (c->untried[k])
			score_one(r, r->index[k], i);
		any = any || c->untried[k];
	}
	return any;
}

bool
prune(struct router *r, const struct wish *w, uint64_t number, int i)
{
	const struct policy *p = &policies[r->settings.policy];
	double *centre, *spread;
	struct candidates c;
	int next;

	if (!worth_it(r, w) || by_lot(r, number))
		return false;
	bound_all(r, w, i);
	centre = r->column + 6 * (size_t)r->arms; /* the work of a choice */
	spread = centre + r->arms;
	for (;;) {
		view_arms(r);
		gather(r, w, &c);
		p->score(&c, centre, spread);
		if (settled_by_untried(r, p, &c, i) ||
		    (next = next_to_score(r, &c, centre)) < 0)
			break;
		score_one(r, r->index[next], i);
	}
	for (int arm = 0; arm < r->arms; arm++) {
		if (r->view[arm].why != WHY_ELIGIBLE)
			continue;
		r->spared += r->at_most[arm];
		r->scored += !r->at_most[arm];
	}
	return true;
}
