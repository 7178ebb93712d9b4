/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An arm's cell, after its head: u32 uid, u64 seq, rewards, decided, expired,
 * costs, numeric_errors, u32 flags (ARM_), f64 mean, m2, cost_mean, decided_time,
 * reward_time, aged, faded, firmness, the habits (f64 regularization,
 * half_life, default_reward, group_spread, prior_mean, u64 max_points, and with
 * ARM_WEIGHS f64 history_weight, which else is 1), then either nothing or the
 * model's bytes.
 */
#include "bandit/cell.h"

#include <math.h>

#include "bandit/cell_head.h"
#include "bandit/model.h"
#include "base/bytes.h"

#define ARM_INHERITS 1u
#define ARM_WEIGHS 2u

static uint32_t
arm_flags(const struct arm *a)
{
	return (a->inherits ? ARM_INHERITS : 0) |
	    (a->habits.history_weight != 1 ? ARM_WEIGHS : 0);
}

static void
put_habits(const struct habits *h, struct buf *out)
{
	put_f64(out, h->regularization);
	put_f64(out, h->half_life);
	put_f64(out, h->default_reward);
	put_f64(out, h->group_spread);
	put_f64(out, h->prior_mean);
	put_u64(out, (uint64_t)h->max_points);
	if (h->history_weight != 1)
		put_f64(out, h->history_weight);
}

void
cell_encode_arm(const struct router *r, const struct arm *a, struct buf *out)
{
	cell_head_put(r, out);
	put_u32(out, a->uid);
	put_u64(out, a->seq);
	put_u64(out, a->rewards);
	put_u64(out, a->decided);
	put_u64(out, a->expired);
	put_u64(out, a->costs);
	put_u64(out, a->numeric_errors);
	put_u32(out, arm_flags(a));
	put_f64(out, a->mean);
	put_f64(out, a->m2);
	put_f64(out, a->cost_mean);
	put_f64(out, a->decided_time);
	put_f64(out, a->reward_time);
	put_f64(out, router_provisional(r) ? 0 : a->aged);
	put_f64(out, router_provisional(r) ? 0 : a->faded);
	put_f64(out, a->firmness);
	put_habits(&a->habits, out);
	if (a->model != NULL && !router_provisional(r))
		model_encode(a->model, out);
}

/* False: out of the range of its setting. */
static bool
take_habits(struct reader *in, bool weighs, struct habits *h)
{
	uint64_t max_points;

	h->regularization = take_f64(in);
	h->half_life = take_f64(in);
	h->default_reward = take_f64(in);
	h->group_spread = take_f64(in);
	h->prior_mean = take_f64(in);
	max_points = take_u64(in);
	h->max_points = (long)max_points;
	h->history_weight = weighs ? take_f64(in) : 1;
	if (!(h->history_weight > 0 && h->history_weight <= 1))
		return false;
	return in->ok && h->regularization > 0 &&
	    (isnan(h->half_life) || fabs(h->half_life) >= 1) &&
	    h->group_spread > 0 && h->group_spread <= 1e3 && max_points >= 1 &&
	    max_points <= INT32_MAX;
}

static bool
take_arm(struct reader *in, struct arm *a)
{
	uint32_t flags;

	a->seq = take_u64(in);
	a->rewards = take_u64(in);
	a->decided = take_u64(in);
	a->expired = take_u64(in);
	a->costs = take_u64(in);
	a->numeric_errors = take_u64(in);
	flags = take_u32(in);
	a->inherits = flags & ARM_INHERITS;
	a->mean = take_f64(in);
	a->m2 = take_f64(in);
	a->cost_mean = take_f64(in);
	a->decided_time = take_f64(in);
	a->reward_time = take_f64(in);
	a->aged = take_f64(in);
	a->faded = take_f64(in);
	a->firmness = take_f64(in);
	return flags <= (ARM_INHERITS | ARM_WEIGHS) &&
	    take_habits(in, flags & ARM_WEIGHS, &a->habits) &&
	    a->firmness > 0 && a->firmness < 1e6;
}

/* A model where the router is ready, none where it is not. */
static bool
take_model(struct reader *in, const struct router *r, struct arm *a)
{
	a->model = NULL;
	if (r->map == NULL)
		return in->p == in->end;
	a->model = arm_model_new(r, a, NULL);
	if (model_decode(a->model, in->p, (size_t)(in->end - in->p)))
		return true;
	model_free(a->model);
	return false;
}

bool
cell_decode_arm(const struct router *r, struct arm *a, const void *data,
    size_t len)
{
	struct reader in = { data, (const uint8_t *)data + len, true };
	struct arm read = *a;
	uint64_t era;

	if (!cell_head_take(&in, &era) || era != r->era ||
	    take_u32(&in) != a->uid || !take_arm(&in, &read) ||
	    !take_model(&in, r, &read))
		return false;
	model_free(a->model);
	*a = read;
	a->pull_time = a->decided_time;
	a->saved = a->seq;
	return true;
}
