/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an arm takes in a lesson, and forgets. */
#include <math.h>

#include "bandit/choice.h"
#include "bandit/model.h"
#include "bandit/router.h"
#include "features/fmath.h"

/* Half-lives that pass with one reward (half_life > 0), or in so many seconds;
 * at most HALF_LIVES_MOST in one step. */
static double
half_lives(double half_life, double seconds)
{
	if (isnan(half_life))
		return 0;
	return fmin(half_life > 0 ? 1 / half_life : seconds / -half_life,
	    HALF_LIVES_MOST);
}

/* What is left of 1 after that. */
static double
keep_of(double passed)
{
	double e = -LN2 * passed, keep;

	fmath_exp(&e, 1, &keep);
	return keep;
}

/* Time passes for the arm, by one lesson or up to `time`; a clock that was set
 * back does not bring anything back.  Returns the half-lives. */
static double
age(struct arm *a, double time, bool lesson)
{
	double half_life = a->habits.half_life;
	double seconds = a->aged > 0 && time > a->aged ? time - a->aged : 0;

	a->aged = fmax(a->aged, time);
	return half_life > 0 && !lesson ? 0 : half_lives(half_life, seconds);
}

static void
forget(struct arm *a, double passed)
{
	double keep = keep_of(passed);

	if (passed == 0)
		return;
	a->faded += passed;
	model_decay(a->model, keep);
	ahead_decay(&a->ahead, keep);
}

void
arm_age(struct arm *a, double time)
{
	if (a->model != NULL) /* else what is held says when it was */
		forget(a, age(a, time, false));
}

/* A choice becomes a reward with a weight: bandit/choice.h; history has one of
 * its own. */
static struct choice_step
weigh(const struct arm *a, const struct lesson *l, const double *phi)
{
	double prior = a->habits.prior_mean;
	struct model_score s;

	if (!l->choice)
		return (struct choice_step){
			l->observed ? a->habits.history_weight : 1, l->reward };
	model_score(a->model, phi, 1, &s);
	return choice_step(s.fit + prior * (1 - s.unit), s.sigma, l->rest,
	    l->rest_variance, l->reward > 0);
}

void
arm_take_in(struct arm *a, const struct lesson *l, const double *phi)
{
	struct choice_step step;

	forget(a, age(a, l->time, true));
	step = weigh(a, l, phi);
	if (model_learn(a->model, phi, step.target, step.weight) != ERR_NONE) {
		a->numeric_errors++;
		return;
	}
	ahead_learn(&a->ahead, phi, step.weight);
}

/* A click, or none, teaches the level of not clicking what it teaches an arm.
 */
void
no_click_take_in(struct no_click *n, double half_life, const struct lesson *l)
{
	double seconds =
	    l->time > n->time && n->time > 0 ? l->time - n->time : 0;
	double keep = keep_of(half_lives(half_life, seconds));
	struct choice_step step;

	n->precision =
	    NO_CLICK_PRECISION + keep * (n->precision - NO_CLICK_PRECISION);
	n->sum *= keep;
	n->time = fmax(n->time, l->time);
	step = choice_step(n->sum / n->precision, 1 / sqrt(n->precision),
	    l->rest, l->rest_variance, l->reward > 0);
	n->precision += step.weight;
	n->sum += step.weight * step.target;
}
