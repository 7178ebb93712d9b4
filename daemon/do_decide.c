/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decide: which arm, or slate of arms, for this context. */
#include <string.h>

#include "daemon/asked.h"
#include "daemon/decided.h"
#include "daemon/handlers.h"
#include "daemon/service.h"
#include "features/context.h"

static enum err
say_none_eligible(struct request *rq, const struct router *r)
{
	fault_set(&rq->fault, ERR_NO_ELIGIBLE_ARM, "router \"%s\" %s", r->name,
	    r->arms == 0 ? "has no arms; add one with arm.add"
			 : "has no eligible arm:");
	for (int i = 0; i < r->arms; i++)
		fault_add(&rq->fault, "%s %s %s", i > 0 ? "," : "",
		    r->arm[i]->name, why_words[r->view[i].why]);
	return ERR_NO_ELIGIBLE_ARM;
}

/* Whether the policy can fill so long a slate in the order that is set. */
static enum err
check_order(struct request *rq, const struct router *r, int k)
{
	const struct policy *p = &policies[r->settings.policy];
	int most = p->rule->rank_major_most;

	if (r->settings.slate_order != SLATE_RANK_MAJOR || most == 0 ||
	    k <= most)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "k = %d: with slate_order = \"rank-major\" a slate has up to %d "
	    "arms, since its propensities are sums over all their orders",
	    k, most);
}

/* An id of the gateway's own: valid, not of our form; and where it was sent
 * before, *known is what was decided then. */
static enum err
own_id(struct request *rq, const struct router *r, char *id,
    struct pending **known)
{
	struct service *s = rq->owner;
	const struct arg *arg = rpc_arg(rq, "decision");

	*known = NULL;
	id[0] = '\0';
	if (!arg->given)
		return ERR_NONE;
	memcpy(id, arg->str, arg->len);
	id[arg->len] = '\0';
	if (id_parse(id, NULL, NULL))
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "decision \"%s\" looks like an id of banditd's own; "
		    "choose another form",
		    id);
	if (batch_has(s, id))
		batch_settle(s);
	*known = pending_find(s->pending, id);
	if (*known == NULL &&
	    s->queued + (uint64_t)s->batch.n >=
		(uint64_t)s->config.top.max_in_flight)
		return fault_set(&rq->fault, ERR_OVERLOADED,
		    "decision \"%s\" cannot be remembered now: the disk is "
		    "behind; try again later, or without an id",
		    id);
	if (*known != NULL && (*known)->decision.router != r->id)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "decision \"%s\" was made by another router", id);
	return ERR_NONE;
}

static enum err
answer_known(struct request *rq, const struct router *r, struct pending *p)
{
	struct service *s = rq->owner;
	const struct waiting *w = pending_waiting(p);
	struct shown *shown = room_shown(&s->room, p->k);

	for (int i = 0; i < p->k; i++)
		shown[i] = (struct shown){ .arm = w[i].arm,
			.propensity = w[i].propensity };
	if (router_arm_of(r, shown[0].arm) == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "the arm of decision \"%s\" has been removed",
		    p->decision.id);
	decided_pack(&(struct decided){ .id = p->decision.id,
			 .r = r,
			 .asked = p->decision.asked,
			 .k = p->k,
			 .shown = shown },
	    rq->out);
	return ERR_NONE;
}

/* The context goes from the frame to where the writer takes it from. */
static enum err
take_context(struct request *rq, struct router *r, struct op *op)
{
	struct decision *d = &op->ev.decision;
	enum err e = service_vector(rq, r, op->room.x, d->d);

	if (e != ERR_NONE)
		return e;
	return context_check(d->x, d->d, r->settings.normalize,
	    batch_context(rq->owner, r), &rq->fault);
}

static enum err
add(struct request *rq, struct router *r, const struct wish *w, const char *id)
{
	struct service *s = rq->owner;
	struct op *op;
	enum err e;
	int d;

	if ((e = service_length(rq, r, &d)) != ERR_NONE)
		return e;
	op = writer_op(s->writer, OP_DECISION, d);
	if ((e = take_context(rq, r, op)) != ERR_NONE) {
		writer_recycle(s->writer, op);
		return e;
	}
	strcpy(op->ev.decision.id, id);
	op->own_id = id[0] != '\0';
	batch_add(rq, w, op);
	return ERR_NONE;
}

static enum err
check_eligible(struct request *rq, struct router *r, const struct wish *w)
{
	int eligible = router_eligible(r, w);

	if (eligible == 0)
		return say_none_eligible(rq, r);
	return check_order(rq, r, w->k < eligible ? w->k : eligible);
}

enum err
do_decide(struct request *rq)
{
	struct pending *known;
	char id[NAME_SIZE];
	struct router *r;
	struct wish w;
	enum err e;

	if ((e = service_router(rq, &r)) != ERR_NONE)
		return e;
	batch_open(rq->owner, r);
	if ((e = own_id(rq, r, id, &known)) != ERR_NONE)
		return e;
	if (known != NULL)
		return answer_known(rq, r, known);
	if ((e = asked_all(rq, r, batch_why(rq->owner, r), &w)) != ERR_NONE ||
	    (e = check_eligible(rq, r, &w)) != ERR_NONE)
		return e;
	w.all = rpc_arg(rq, "explain")->given && rpc_arg(rq, "explain")->yes;
	return add(rq, r, &w, id);
}
