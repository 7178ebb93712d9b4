/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/learns.h"

enum err
learns_reward(struct request *rq, const struct router *r, double reward)
{
	const double *range = r->settings.reward_range;

	if (r->settings.reward_model != REWARD_GAUSSIAN)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "router \"%s\" has reward_model = \"choice\": it learns "
		    "from click and prefer",
		    r->name);
	if (reward >= range[0] && reward <= range[1])
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "reward = %g is outside the reward_range {%g, %g} of router "
	    "\"%s\"",
	    reward, range[0], range[1], r->name);
}

enum err
learns_choice(struct request *rq, const struct router *r)
{
	const struct router_settings *s = &r->settings;

	if (s->reward_model == REWARD_CHOICE ||
	    (s->reward_range[0] <= 0 && s->reward_range[1] >= 1))
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "%s is learnt as rewards of 0 and 1, which the reward_range {%g, "
	    "%g} of router \"%s\" does not hold",
	    rq->method->name, s->reward_range[0], s->reward_range[1], r->name);
}

enum err
learns_cost(struct request *rq, double cost)
{
	if (cost >= 0 && cost <= 1e12)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "cost = %g: it takes a number from 0 to 1e+12", cost);
}
