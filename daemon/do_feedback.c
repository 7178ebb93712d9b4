/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feedback and observe: rewards come in. */
#include <math.h>
#include <string.h>

#include "daemon/handlers.h"
#include "daemon/learns.h"
#include "daemon/service.h"
#include "daemon/shown.h"

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
	*urgent =
	    disk || (!memory && s->config.top.durability == DURABILITY_DISK);
	return cost->given ? learns_cost(rq, cost->num) : ERR_NONE;
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

enum err
do_feedback(struct request *rq)
{
	struct shown_by by;
	struct op *op;
	uint32_t arm;
	bool urgent;
	enum err e;

	if ((e = check_options(rq, &urgent)) != ERR_NONE ||
	    (e = shown_by(rq, &by)) != ERR_NONE ||
	    (e = shown_arm(rq, &by, "arm", &arm)) != ERR_NONE ||
	    (by.waits &&
		(e = learns_reward(rq, by.router,
		     rpc_arg(rq, "reward")->num)) != ERR_NONE) ||
	    (e = shown_ask(rq, &by, OP_REWARD, answer_applied, &op)))
		return e;
	set_options(rq, op, urgent && by.waits);
	op->ev.arm = arm;
	service_put(rq->owner, op);
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

	batch_yield(s);
	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = find_arm(rq, r, &a)) != ERR_NONE ||
	    (e = learns_reward(rq, r, rpc_arg(rq, "reward")->num)) ||
	    (e = check_options(rq, &urgent)) != ERR_NONE ||
	    (e = service_context(rq, r, &d)) != ERR_NONE ||
	    (e = service_ask(s, rq, OP_OBSERVE, d, answer_applied, &op)))
		return e;
	set_options(rq, op, urgent);
	op->ev.router = r->id;
	op->ev.arm = a->uid;
	memcpy(op->room.x, s->x, (size_t)d * sizeof *s->x);
	if (key->given)
		memcpy(op->ev.key, key->str, key->len);
	router_sample(r, op->ev.time);
	service_put(s, op);
	service_bandwidth(s, r);
	return ERR_NONE;
}
