/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arm.add, arm.set, arm.remove, arms, routers. */
#include <math.h>
#include <string.h>

#include "base/pack.h"
#include "bandit/router.h"
#include "daemon/handlers.h"
#include "daemon/service.h"

static enum err
arm_fields(struct request *rq, struct event *ev)
{
	const struct arg *cost = rpc_arg(rq, "cost");
	const struct arg *group = rpc_arg(rq, "group");
	const struct arg *enabled = rpc_arg(rq, "enabled");

	if (cost->given && (cost->num < 0 || cost->num > 1e12))
		return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
		    "cost = %g: it takes a number from 0 to 1e+12", cost->num);
	ev->cost = cost->given ? cost->num : NAN;
	ev->group_said = group->given;
	if (group->given && group->len > 0 &&
	    !name_copy(ev->group, group->str, group->len))
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "group takes up to 64 characters from A-Z a-z 0-9 . _ : "
		    "/ -");
	ev->enabled_said = enabled->given;
	ev->enabled = enabled->yes;
	return ERR_NONE;
}

/* The arm that the new one is told to start from must have learnt something. */
static enum err
prior_from(struct request *rq, const struct router *r, struct event *ev)
{
	const struct arg *from = rpc_arg(rq, "prior_from");
	const struct arm *a;

	if (!from->given)
		return ERR_NONE;
	a = router_arm_find(r, from->str, from->len);
	if (a == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "prior_from: router \"%s\" has no arm \"%.*s\"", r->name,
		    (int)from->len, from->str);
	if (a->rewards == 0 || router_prior_size(r) == 0)
		return fault_set(&rq->fault, ERR_CONFLICT, "prior_from: %s",
		    a->rewards == 0
			? "that arm has learnt nothing yet"
			: "the router has no random features, or not yet");
	memcpy(ev->prior_from, from->str, from->len);
	return ERR_NONE;
}

/* Queues an arm event; it is on disk and folded when it is answered. */
static enum err
ask_arm(struct request *rq, const struct router *r, const struct event *fields)
{
	struct op *op;
	enum err e = service_ask(rq->owner, rq, OP_EVENT, 0, answer_empty, &op);

	if (e != ERR_NONE)
		return e;
	op->urgent = true;
	service_arm_event(op, r, fields);
	service_put(rq->owner, op);
	return ERR_NONE;
}

enum err
do_arm_add(struct request *rq)
{
	const struct arg *arm = rpc_arg(rq, "arm");
	struct event ev = { .kind = EVENT_ARM_ADD };
	struct router *r;
	enum err e;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = arm_fields(rq, &ev)) != ERR_NONE ||
	    (e = prior_from(rq, r, &ev)) != ERR_NONE)
		return e;
	if (router_arm_find(r, arm->str, arm->len) != NULL)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "router \"%s\" has an arm \"%.*s\" already", r->name,
		    (int)arm->len, arm->str);
	if (r->arms >= ARMS_MAX)
		return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
		    "router \"%s\" has %d arms, and that is the most", r->name,
		    r->arms);
	memcpy(ev.name, arm->str, arm->len);
	return ask_arm(rq, r, &ev);
}

static enum err
known_arm(struct request *rq, struct router **r, struct arm **a)
{
	const struct arg *arm = rpc_arg(rq, "arm");
	enum err e = service_router(rq, r);

	if (e != ERR_NONE)
		return e;
	*a = router_arm_find(*r, arm->str, arm->len);
	if (*a != NULL)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
	    "router \"%s\" has no arm \"%.*s\"", (*r)->name, (int)arm->len,
	    arm->str);
}

enum err
do_arm_set(struct request *rq)
{
	struct event ev = { .kind = EVENT_ARM_SET };
	struct router *r;
	struct arm *a;
	enum err e = arm_fields(rq, &ev);

	if (e != ERR_NONE || (e = known_arm(rq, &r, &a)) != ERR_NONE ||
	    (e = prior_from(rq, r, &ev)) != ERR_NONE)
		return e;
	if (isnan(ev.cost) && !ev.group_said && !ev.enabled_said &&
	    ev.prior_from[0] == '\0')
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "nothing to change: give cost, group, enabled or "
		    "prior_from");
	if (ev.prior_from[0] != '\0' && a->rewards > 0)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "arm \"%s\" has rewards of its own; only one that has "
		    "none can start from another",
		    a->name);
	ev.arm = a->uid;
	return ask_arm(rq, r, &ev);
}

enum err
do_arm_remove(struct request *rq)
{
	struct event ev = { .kind = EVENT_ARM_REMOVE, .cost = NAN };
	struct router *r;
	struct arm *a;
	enum err e = known_arm(rq, &r, &a);

	if (e != ERR_NONE)
		return e;
	ev.arm = a->uid;
	return ask_arm(rq, r, &ev);
}

static uint64_t
pulls(const struct arm *a)
{
	return a->decided + a->expired + a->pending;
}

static void
pack_field(struct buf *out, const char *name, double num)
{
	pack_str(out, name);
	pack_num(out, num);
}

static void
pack_count(struct buf *out, const char *name, uint64_t n)
{
	pack_str(out, name);
	pack_uint(out, n);
}

static void
pack_arm(const struct arm *a, uint64_t all_pulls, struct buf *out)
{
	double n = (double)a->rewards;

	pack_map(out, 15);
	pack_str(out, "arm");
	pack_str(out, a->name);
	pack_str(out, "enabled");
	pack_bool(out, a->enabled);
	pack_str(out, "group");
	pack_str(out, a->group);
	pack_field(out, "cost", a->cost);
	pack_str(out, "inherits");
	pack_bool(out, a->inherits);
	pack_count(out, "pulls", pulls(a));
	pack_count(out, "rewards", a->rewards);
	pack_count(out, "pending", a->pending);
	pack_count(out, "expired", a->expired);
	pack_field(out, "reward_mean", n > 0 ? a->mean : NAN);
	pack_field(out, "reward_sd", n > 1 ? sqrt(a->m2 / (n - 1)) : NAN);
	pack_field(out, "cost_mean", a->costs > 0 ? a->cost_mean : NAN);
	pack_field(out, "share",
	    all_pulls > 0 ? (double)pulls(a) / (double)all_pulls : NAN);
	pack_field(out, "last_pull", a->pull_time > 0 ? a->pull_time : NAN);
	pack_field(out, "last_reward",
	    a->reward_time > 0 ? a->reward_time : NAN);
}

enum err
do_arms(struct request *rq)
{
	uint64_t all = 0;
	struct router *r;
	enum err e = service_router(rq, &r);

	if (e != ERR_NONE)
		return e;
	for (int i = 0; i < r->arms; i++)
		all += pulls(r->arm[i]);
	pack_map(rq->out, 1);
	pack_str(rq->out, "arms");
	pack_array(rq->out, (size_t)r->arms);
	for (int i = 0; i < r->arms; i++)
		pack_arm(r->arm[i], all, rq->out);
	return ERR_NONE;
}

/* Its name, but where a count has that. */
static const char *
setting_key(const struct setting *s)
{
	return strcmp(s->name, "pending") == 0 ? "pending_mode" : s->name;
}

/* Every setting in force: where "auto" has been resolved, to what. */
static void
pack_router(const struct router *r, struct buf *out)
{
	struct router_settings set = r->settings;
	size_t rows = 0;

	if (r->dimension > 0)
		set.dimension = r->dimension;
	if (r->bandwidth > 0)
		set.bandwidth = r->bandwidth;
	while (router_settings[rows].name != NULL)
		rows++;
	pack_map(out, rows + 7);
	pack_str(out, "router");
	pack_str(out, r->name);
	pack_count(out, "arms", (uint64_t)r->arms);
	pack_str(out, "ready");
	pack_bool(out, router_ready(r));
	pack_count(out, "decisions", r->decisions);
	pack_count(out, "rewards", r->rewards);
	pack_count(out, "pending", r->pending);
	pack_field(out, "no_click",
	    r->settings.reward_model == REWARD_CHOICE
		? r->no_click.sum / r->no_click.precision
		: NAN);
	for (size_t i = 0; i < rows; i++) {
		pack_str(out, setting_key(&router_settings[i]));
		setting_pack(&router_settings[i], &set, out);
	}
}

enum err
do_routers(struct request *rq)
{
	struct service *s = rq->owner;
	size_t served = 0;

	for (int i = 0; i < s->bandit.routers; i++)
		served += s->bandit.router[i]->served;
	pack_map(rq->out, 1);
	pack_str(rq->out, "routers");
	pack_array(rq->out, served);
	for (int i = 0; i < s->bandit.routers; i++)
		if (s->bandit.router[i]->served)
			pack_router(s->bandit.router[i], rq->out);
	return ERR_NONE;
}
