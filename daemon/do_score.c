/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score and explain: what is, or was, known of every arm. */
#include <math.h>
#include <string.h>

#include "base/pack.h"
#include "daemon/asked.h"
#include "daemon/handlers.h"
#include "daemon/scores.h"
#include "daemon/service.h"
#include "persist/record.h"

enum err
do_score(struct request *rq)
{
	struct router *r;
	struct wish w;
	enum err e;
	int d;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = asked_arms(rq, r, batch_why(rq->owner, r), &w)) != ERR_NONE)
		return e;
	if (r->dimension == 0)
		return fault_set(&rq->fault, ERR_DIMENSION_MISMATCH,
		    "router \"%s\" has not seen a vector yet; the first "
		    "decide or observe fixes its dimension",
		    r->name);
	if ((e = service_context(rq, r, &d)) != ERR_NONE)
		return e;
	w.all = true; /* bounds are for decisions that nobody looks into */
	if (router_eligible(r, &w) > 0)
		router_consider(r, &w, r->decisions + 1);
	else
		router_view(r);
	pack_map(rq->out, 1);
	scores_pack(r, rq->out);
	return ERR_NONE;
}

static void
pack_shown(const struct router *r, const struct decision *d, struct buf *out)
{
	pack_str(out, "slate");
	pack_array(out, (size_t)d->k);
	for (int i = 0; i < d->k; i++)
		arm_pack(r, d->shown[i].arm, out);
	pack_str(out, "propensities");
	pack_array(out, (size_t)d->k);
	for (int i = 0; i < d->k; i++)
		pack_num(out, d->shown[i].propensity);
}

static void
pack_prefer(const struct router *r, const struct decision *d, struct buf *out)
{
	pack_str(out, "prefer_arm");
	arm_pack(r, d->prefer, out);
	pack_str(out, "switch_cost");
	pack_num(out, d->switch_cost);
}

static void
pack_record(const struct router *r, const struct decision_record *record,
    struct buf *out)
{
	static const char *const states[] = { "pending", "rewarded",
		"expired" };
	const struct decision *d = &record->decision;
	const uint8_t *seen = record->seen;
	bool prefer = d->prefer != 0;

	pack_map(out, 9u + 2u * prefer + (seen != NULL));
	pack_str(out, "decision");
	pack_str(out, d->id);
	pack_str(out, "router");
	pack_str(out, r->name);
	pack_str(out, "number");
	pack_uint(out, d->number);
	pack_str(out, "time");
	pack_num(out, d->time);
	pack_str(out, "policy");
	pack_str(out, policies[d->policy].name);
	pack_str(out, "state_seq");
	pack_uint(out, d->state_seq);
	pack_str(out, "state");
	pack_str(out, states[record->state]);
	pack_shown(r, d, out);
	if (prefer)
		pack_prefer(r, d, out);
	if (seen != NULL)
		scores_repack(r,
		    (struct cursor){ seen, seen + record->seen_len }, out);
}

static void
answer_explain(void *arg, struct op *op)
{
	struct service *s = arg;
	struct decision_record record;
	const struct router *r = NULL;
	struct buf *out;

	if (op->err == ERR_NONE &&
	    decision_decode(op->data.data, op->data.len, &op->room, &record))
		op->err = ERR_INTERNAL;
	if (op->err == ERR_NONE)
		r = bandit_of(&s->bandit, record.decision.router);
	if (op->err == ERR_NONE && (r == NULL || !r->served))
		op->err = ERR_UNKNOWN_DECISION;
	if (op->err == ERR_UNKNOWN_DECISION)
		fault_set(&op->fault, op->err, "no decision \"%s\"",
		    op->ev.decision.id);
	out = service_answer(s, op);
	if (out == NULL)
		return;
	pack_record(r, &record, out);
	rpc_answer_done(&s->rpc, op->client);
}

enum err
do_explain(struct request *rq)
{
	struct service *s = rq->owner;
	struct op *op;
	enum err e = service_ask(s, rq, OP_EXPLAIN, 0, answer_explain, &op);

	if (e != ERR_NONE)
		return e;
	op->urgent = false;
	service_name_decision(rq, op);
	service_put(s, op);
	return ERR_NONE;
}
