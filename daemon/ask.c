/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What most methods have in common: the router of a request, and the answers
 * that come later. */
#include <string.h>

#include "base/pack.h"
#include "daemon/service.h"

struct buf *
service_answer(struct service *s, struct op *op)
{
	if (op->err == ERR_NONE)
		return rpc_answer_later(&s->rpc, op->client, op->msgid);
	if (op->fault.text[0] == '\0')
		fault_set(&op->fault, op->err, "%s",
		    op->err == ERR_STORAGE
			? "the disk is full; send it again later"
			: "it could not be done");
	op->fault.code = op->err;
	rpc_error_later(&s->rpc, op->client, op->msgid, &op->fault);
	return NULL;
}

void
answer_applied(void *arg, struct op *op)
{
	struct service *s = arg;
	struct buf *out = service_answer(s, op);

	if (out == NULL)
		return;
	pack_map(out, 2);
	pack_str(out, "applied");
	pack_bool(out, op->applied);
	pack_str(out, "seq");
	pack_uint(out, op->seq);
	rpc_answer_done(&s->rpc, op->client);
}

void
answer_empty(void *arg, struct op *op)
{
	struct service *s = arg;
	struct buf *out = service_answer(s, op);

	if (out == NULL)
		return;
	pack_map(out, 0);
	rpc_answer_done(&s->rpc, op->client);
}

void
answer_seq(void *arg, struct op *op)
{
	struct service *s = arg;
	struct buf *out = service_answer(s, op);

	if (out == NULL)
		return;
	pack_map(out, 1);
	pack_str(out, "seq");
	pack_uint(out, op->seq);
	rpc_answer_done(&s->rpc, op->client);
}

void
service_name_decision(struct request *rq, struct op *op)
{
	const struct arg *arg = rpc_arg(rq, "decision");
	struct decision *d = &op->ev.decision;

	memcpy(d->id, arg->str, arg->len);
	d->id[arg->len] = '\0';
	op->own_id = !id_parse(d->id, &d->router, &d->number);
}

void
service_arm_event(struct op *op, const struct router *r,
    const struct event *fields)
{
	bool heir = fields->kind == EVENT_ARM_ADD || fields->prior_from[0];
	double time = op->ev.time;
	int size = router_prior_size(r);

	op->ev = *fields;
	op->ev.time = time;
	op->ev.router = r->id;
	if (!heir || size == 0)
		return;
	room_prior(&op->room, 2 * size);
	if (!router_relatives(r, fields->group, fields->prior_from,
		op->room.prior))
		return;
	op->ev.prior = op->room.prior;
	op->ev.prior_len = size;
}

static void
say_routers(const struct service *s, struct fault *f)
{
	const char *sep = "; there is ";

	for (int i = 0; i < s->bandit.routers; i++) {
		if (!s->bandit.router[i]->served)
			continue;
		fault_add(f, "%s\"%s\"", sep, s->bandit.router[i]->name);
		sep = ", ";
	}
}

enum err
service_router(struct request *rq, struct router **out)
{
	const struct arg *arg = rpc_arg(rq, "router");

	return service_router_named(rq, arg->given ? arg->str : "default",
	    arg->given ? arg->len : 7, out);
}

enum err
service_router_named(struct request *rq, const char *name, size_t len,
    struct router **out)
{
	struct service *s = rq->owner;

	*out = bandit_find(&s->bandit, name, len);
	if (*out != NULL && (*out)->served)
		return ERR_NONE;
	fault_set(&rq->fault, ERR_UNKNOWN_ROUTER, "no router \"%.*s\"",
	    (int)len, name);
	say_routers(s, &rq->fault);
	return ERR_UNKNOWN_ROUTER;
}

void
service_bandwidth(struct service *s, struct router *r)
{
	int points = r->hold.contexts;
	struct op *op;
	double h;

	if (router_ready(r) ||
	    (h = router_bandwidth_due(r, service_time(s))) <= 0)
		return;
	router_take_bandwidth(r, h);
	op = service_op(s, OP_EVENT, 0);
	op->ev.kind = EVENT_BANDWIDTH;
	op->ev.router = r->id;
	op->ev.bandwidth = h;
	op->ev.points = points;
	service_put(s, op);
}
