/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feedback and observe: rewards come in. */
#include <math.h>
#include <string.h>

#include "daemon/handlers.h"
#include "daemon/service.h"

static enum err
check_reward(struct request *rq, const struct router *r, double reward)
{
	const double *range = r->settings.reward_range;

	if (reward >= range[0] && reward <= range[1])
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "reward = %g is outside the reward_range {%g, %g} of router "
	    "\"%s\"",
	    reward, range[0], range[1], r->name);
}

/* The optional parameters that both methods have, before the op is made. */
static enum err
check_options(struct request *rq, bool *urgent)
{
	struct service *s = rq->owner;
	const struct arg *cost = rpc_arg(rq, "cost");
	const struct arg *word = rpc_arg(rq, "durability");
	bool disk =
	    word->given && word->len == 4 && memcmp(word->str, "disk", 4) == 0;
	bool memory = word->given && word->len == 6 &&
	    memcmp(word->str, "memory", 6) == 0;

	if (word->given && !disk && !memory)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "durability is \"disk\" or \"memory\"");
	if (cost->given && (cost->num < 0 || cost->num > 1e12))
		return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
		    "cost = %g: it takes a number from 0 to 1e+12", cost->num);
	*urgent =
	    disk || (!memory && s->config.top.durability == DURABILITY_DISK);
	return ERR_NONE;
}

static void
set_options(struct request *rq, struct op *op, bool urgent)
{
	const struct arg *cost = rpc_arg(rq, "cost");

	op->urgent = urgent;
	op->ev.reward = rpc_arg(rq, "reward")->num;
	if (cost->given)
		op->ev.cost = cost->num;
}

static enum err
check_arm(struct request *rq, const struct router *r, const struct pending *p)
{
	const struct arg *named = rpc_arg(rq, "arm");
	const struct arm *a = router_arm_of(r, p->decision.arm);

	if (a == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "the arm of decision \"%s\" has been removed",
		    p->decision.id);
	if (!named->given ||
	    (strlen(a->name) == named->len &&
		memcmp(a->name, named->str, named->len) == 0))
		return ERR_NONE;
	if (router_arm_find(r, named->str, named->len) == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "router \"%s\" has no arm \"%.*s\"", r->name,
		    (int)named->len, named->str);
	return fault_set(&rq->fault, ERR_BAD_REQUEST,
	    "decision \"%s\" chose arm \"%s\", not \"%.*s\"", p->decision.id,
	    a->name, (int)named->len, named->str);
}

/* What can be said at once of a decision that waits. */
static enum err
check_pending(struct request *rq, const struct pending *p)
{
	struct service *s = rq->owner;
	const struct router *r = bandit_of(&s->bandit, p->decision.router);
	enum err e;

	if (r == NULL || !r->served)
		return fault_set(&rq->fault, ERR_UNKNOWN_ROUTER,
		    "the router of decision \"%s\" is not served",
		    p->decision.id);
	e = check_arm(rq, r, p);
	return e != ERR_NONE ? e
			     : check_reward(rq, r, rpc_arg(rq, "reward")->num);
}

/*
 * A decision that does not wait (rewarded, expired, or never made) goes to
 * the writer too, whose records know what became of it.
 */
enum err
do_feedback(struct request *rq)
{
	struct service *s = rq->owner;
	const struct arg *arg = rpc_arg(rq, "decision");
	struct pending *p;
	char id[NAME_SIZE];
	struct op *op;
	bool urgent;
	enum err e;

	memcpy(id, arg->str, arg->len);
	id[arg->len] = '\0';
	p = pending_find(s->pending, id);
	if (p != NULL && p->rewarded)
		p = NULL;
	if ((e = check_options(rq, &urgent)) != ERR_NONE ||
	    (p != NULL && (e = check_pending(rq, p)) != ERR_NONE) ||
	    (e = service_ask(s, rq, OP_REWARD, 0, answer_applied, &op)))
		return e;
	set_options(rq, op, urgent && p != NULL);
	op->probe = p == NULL;
	memcpy(op->ev.decision.id, id, sizeof id);
	op->own_id =
	    !id_parse(id, &op->ev.decision.router, &op->ev.decision.number);
	service_put(s, op);
	return ERR_NONE;
}

static enum err
find_arm(struct request *rq, const struct router *r, struct arm **out)
{
	const struct arg *arg = rpc_arg(rq, "arm");

	*out = router_arm_find(r, arg->str, arg->len);
	if (*out != NULL)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
	    "router \"%s\" has no arm \"%.*s\"", r->name, (int)arg->len,
	    arg->str);
}

enum err
do_observe(struct request *rq)
{
	struct service *s = rq->owner;
	const struct arg *key = rpc_arg(rq, "key");
	struct router *r;
	struct arm *a;
	struct op *op;
	bool urgent;
	enum err e;
	int d;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = find_arm(rq, r, &a)) != ERR_NONE ||
	    (e = check_reward(rq, r, rpc_arg(rq, "reward")->num)) ||
	    (e = check_options(rq, &urgent)) != ERR_NONE ||
	    (e = service_context(rq, r, &d)) != ERR_NONE ||
	    (e = service_ask(s, rq, OP_OBSERVE, d, answer_applied, &op)))
		return e;
	set_options(rq, op, urgent);
	op->ev.router = r->id;
	op->ev.arm = a->uid;
	memcpy(op->x, s->x, (size_t)d * sizeof *op->x);
	if (key->given)
		memcpy(op->ev.key, key->str, key->len);
	router_sample(r, op->ev.time);
	service_put(s, op);
	service_bandwidth(s, r);
	return ERR_NONE;
}
