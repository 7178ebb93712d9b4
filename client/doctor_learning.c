/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was learnt, and from what: the counts and rewards of arms. */
#include "client/doctor.h"

#include <math.h>
#include <string.h>

#define FEW 20      /* of anything: too little to say more */
#define SOME 100    /* decisions that should have shown something */
#define MANY 500    /* decisions by which a router should know better */
#define EDGE 0.01   /* of the range's width */
#define EXPIRED 0.5 /* share of decisions that were never rewarded */
#define STUCK 0.95  /* share of one arm */
#define FLAT 1.25   /* times the share of a fair draw */
#define DIFFER 0.1  /* of the range's width, between the best and the worst */
#define SURE 4      /* standard errors */

typedef void router_fn(const struct seen_router *, struct finding *);

static void
each_router(const struct facts *f, struct finding *out, router_fn *fn)
{
	for (size_t i = 0; i < f->seen.routers; i++)
		fn(&f->seen.router[i], out);
}

static void
arms_of(const struct seen_router *r, struct finding *out)
{
	struct listing off = { 0 };

	for (size_t i = 0; i < r->arms; i++)
		if (!r->arm[i].enabled)
			listing_add(&off, r->arm[i].name);
	if (r->arms == 0)
		finding_note(out, DOCTOR_BAD,
		    "Add the models it is to choose from: \"banditctl arm "
		    "add\".",
		    "router %s has no arms", r->name);
	else if (off.n == r->arms)
		finding_note(out, DOCTOR_BAD,
		    "Enable one: \"banditctl arm "
		    "enable\".",
		    "every arm of router %s is disabled", r->name);
	else if (off.n > 0)
		finding_note(out, DOCTOR_WARNING,
		    "If that is over: \"banditctl arm enable\".",
		    "disabled in router %s: %s", r->name, listing_text(&off));
	else if (r->arms == 1)
		finding_note(out, DOCTOR_WARNING,
		    "Add another: \"banditctl arm add\".",
		    "router %s has one arm, so there is nothing to choose",
		    r->name);
}

static void
feedback_of(const struct seen_router *r, struct finding *out)
{
	struct listing never = { 0 };

	if (r->decisions >= FEW && r->rewards == 0) {
		finding_note(out, DOCTOR_BAD,
		    "Call feedback with the id that decide answered, once the "
		    "answer is judged.",
		    "%.0f decisions of router %s, and not one reward",
		    r->decisions, r->name);
		return;
	}
	for (size_t i = 0; i < r->arms; i++)
		if (r->arm[i].pulls >= FEW && r->arm[i].rewards == 0)
			listing_add(&never, r->arm[i].name);
	if (never.n > 0)
		finding_note(out, DOCTOR_WARNING,
		    "See whether those models answer at all, and whether their "
		    "answers are judged; reward a failure, too.",
		    "never rewarded in router %s, though chosen: %s", r->name,
		    listing_text(&never));
}

static void
expired_of(const struct seen_router *r, struct finding *out)
{
	double pulls = 0, expired = 0;

	for (size_t i = 0; i < r->arms; i++) {
		pulls += r->arm[i].pulls;
		expired += r->arm[i].expired;
	}
	if (pulls >= FEW && expired > EXPIRED * pulls)
		finding_note(out, DOCTOR_WARNING,
		    "Reward more of them, or raise decision_ttl; if no reward "
		    "means a bad one, set default_reward.",
		    "%.0f %% of the decisions of router %s expired without a "
		    "reward",
		    100 * expired / pulls, r->name);
}

/* What the rewards of a router are like, over arms that have a few. */
struct spread {
	size_t arms;
	double n, mean;       /* rewards of them, and the mean of all */
	double low, high, sd; /* means of arms, and their largest sd */
};

static struct spread
spread_of(const struct seen_router *r)
{
	struct spread s = { .low = INFINITY, .high = -INFINITY };

	for (size_t i = 0; i < r->arms; i++) {
		const struct seen_arm *a = &r->arm[i];

		if (!(a->rewards >= FEW) || isnan(a->reward_mean))
			continue;
		s.arms++;
		s.n += a->rewards;
		s.mean += a->rewards * a->reward_mean;
		s.low = fmin(s.low, a->reward_mean);
		s.high = fmax(s.high, a->reward_mean);
		s.sd = fmax(s.sd, a->reward_sd);
	}
	s.mean /= s.n;
	return s;
}

static void
range_of(const struct seen_router *r, struct finding *out)
{
	struct spread s = spread_of(r);
	double width = r->range[1] - r->range[0], edge = EDGE * width;
	static const char scale_it[] =
	    "Have the judge tell good from better, or set reward_range to what "
	    "your rewards are.";

	if (s.arms == 0)
		return;
	if (s.high - s.low < 1e-9 * width && s.sd < 1e-9 * width)
		finding_note(out, DOCTOR_BAD,
		    "Nothing can be learnt from that: see that the reward is "
		    "computed from the answer.",
		    "every reward of router %s is %g", r->name, s.mean);
	else if (s.high - s.low < edge && s.sd < edge)
		finding_note(out, DOCTOR_WARNING, scale_it,
		    "the rewards of router %s take up less than %g %% of its "
		    "reward_range",
		    r->name, 100 * EDGE);
	else if (s.mean > r->range[1] - edge || s.mean < r->range[0] + edge)
		finding_note(out, DOCTOR_WARNING, scale_it,
		    "nearly all rewards of router %s are at the edge of its "
		    "reward_range: the mean is %g",
		    r->name, s.mean);
}

static double
worth(const struct seen_router *r, const struct seen_arm *a)
{
	double cost = isnan(a->cost_mean) ? a->cost : a->cost_mean;

	return a->reward_mean - (isnan(cost) ? 0 : r->cost_weight * cost);
}

/* Whether the difference of two arms is no chance. */
static bool
sure(const struct seen_router *r, const struct seen_arm *a,
    const struct seen_arm *b)
{
	double error = hypot(a->reward_sd / sqrt(a->rewards),
	    b->reward_sd / sqrt(b->rewards));

	return worth(r, a) - worth(r, b) > SURE * error;
}

/* The best and the worst of the arms that are enabled; false: there are not
 * two, or one has too few rewards to tell. */
static bool
extremes(const struct seen_router *r, const struct seen_arm **best,
    const struct seen_arm **worst)
{
	*best = *worst = NULL;
	for (size_t i = 0; i < r->arms; i++) {
		const struct seen_arm *a = &r->arm[i];

		if (!a->enabled)
			continue;
		if (!(a->rewards >= FEW))
			return false;
		if (*best == NULL || worth(r, a) > worth(r, *best))
			*best = a;
		if (*worst == NULL || worth(r, a) < worth(r, *worst))
			*worst = a;
	}
	return *best != *worst;
}

static double
largest_share(const struct seen_router *r)
{
	double most = 0;

	for (size_t i = 0; i < r->arms; i++)
		most = fmax(most, r->arm[i].share);
	return most;
}

/* Shares over all time, which is what `arms` answers. */
static void
settling_of(const struct seen_router *r, struct finding *out)
{
	const struct seen_arm *best, *worst;

	if (!(r->decisions >= MANY) || !extremes(r, &best, &worst) ||
	    largest_share(r) * (double)r->arms > FLAT ||
	    worth(r, best) - worth(r, worst) <
		DIFFER * (r->range[1] - r->range[0]) ||
	    !sure(r, best, worst))
		return;
	finding_note(out, DOCTOR_WARNING,
	    "Lower exploration and explore_floor, or see whether x tells "
	    "prompts apart; \"banditctl explain\" shows mean and sigma.",
	    "router %s does not settle: after %.0f decisions shares are even, "
	    "while %s earns %.3g and %s %.3g",
	    r->name, r->decisions, best->name, worth(r, best), worst->name,
	    worth(r, worst));
}

static void
stuck_of(const struct seen_router *r, struct finding *out)
{
	struct listing untried = { 0 };

	if (!(r->decisions >= SOME) || largest_share(r) < STUCK)
		return;
	for (size_t i = 0; i < r->arms; i++)
		if (r->arm[i].enabled && r->arm[i].share < STUCK &&
		    r->arm[i].pulls < FEW)
			listing_add(&untried, r->arm[i].name);
	if (untried.n > 0)
		finding_note(out, DOCTOR_WARNING,
		    "Raise exploration or set explore_floor; see whether "
		    "requests leave the others out (arms, exclude, max_cost).",
		    "router %s is stuck: one arm has %.3g %% of %.0f "
		    "decisions, and hardly tried are %s",
		    r->name, 100 * largest_share(r), r->decisions,
		    listing_text(&untried));
}

static void
cost_of(const struct seen_router *r, struct finding *out)
{
	bool some = false;

	for (size_t i = 0; i < r->arms; i++)
		some |= r->arm[i].cost != 0 || r->arm[i].cost_mean > 0;
	if (r->cost_weight > 0 && r->arms > 0 && !some)
		finding_note(out, DOCTOR_WARNING,
		    "Say what arms cost: \"banditctl arm set ARM cost=N\", or "
		    "cost in banditd.conf or feedback.",
		    "router %s has cost_weight = %g, but no arm has a cost",
		    r->name, r->cost_weight);
}

#define EACH(fn)                                                           \
	static void check_##fn(const struct facts *f, struct finding *out) \
	{                                                                  \
		each_router(f, out, fn##_of);                              \
	}
EACH(arms)
EACH(feedback)
EACH(expired)
EACH(range)
EACH(settling)
EACH(stuck)
EACH(cost)

/* clang-format off */
const struct check learning_checks[] = {
	{ "arms", check_arms, "every router has arms, and all are enabled" },
	{ "feedback", check_feedback, "arms that are chosen are rewarded" },
	{ "expired", check_expired, "most rewards come in time" },
	{ "range", check_range, "rewards differ, and keep off the edges of their range" },
	{ "settling", check_settling, "no router chooses evenly among arms that differ" },
	{ "stuck", check_stuck, "no router is stuck with one arm" },
	{ "cost", check_cost, "where cost counts, arms have one" },
	{ 0 }
};
/* clang-format on */
