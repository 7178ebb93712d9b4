/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decide and score: which arm for this context. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "daemon/handlers.h"
#include "daemon/service.h"

static void
pack_view(const struct arm *a, const struct view *v, struct buf *out)
{
	const char *reason = v->why != WHY_ELIGIBLE ? why_words[v->why]
	    : v->untried                            ? "untried"
						    : NULL;

	pack_map(out, reason != NULL ? 8 : 7);
	pack_str(out, "arm");
	pack_str(out, a->name);
	pack_str(out, "mean");
	pack_num(out, v->mean);
	pack_str(out, "sigma");
	pack_num(out, v->sigma);
	pack_str(out, "score");
	pack_num(out, v->why == WHY_ELIGIBLE ? v->score : NAN);
	pack_str(out, "cost");
	pack_num(out, a->cost);
	pack_str(out, "eligible");
	pack_bool(out, v->why == WHY_ELIGIBLE);
	if (reason != NULL) {
		pack_str(out, "reason");
		pack_str(out, reason);
	}
	pack_str(out, "probability");
	pack_num(out, v->probability);
}

static void
pack_scores(const struct router *r, struct buf *out)
{
	pack_str(out, "scores");
	pack_array(out, (size_t)r->arms);
	for (int i = 0; i < r->arms; i++)
		pack_view(r->arm[i], &r->view[i], out);
}

/* Marks the named arms; ERR_UNKNOWN_ARM names the one that is not there. */
static enum err
mark(struct request *rq, const struct router *r, const char *param,
    enum why named)
{
	struct service *s = rq->owner;
	struct cursor at = rpc_arg(rq, param)->at;
	struct value list;
	const char *name;
	uint32_t len;

	cursor_next(&at, &list);
	for (uint32_t n = 0; n < list.u.count; n++) {
		int i = 0;

		cursor_str(&at, &name, &len);
		while (i < r->arms &&
		    (strlen(r->arm[i]->name) != len ||
			memcmp(r->arm[i]->name, name, len) != 0))
			i++;
		if (i == r->arms)
			return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
			    "%s: router \"%s\" has no arm \"%.*s\"", param,
			    r->name, (int)len, name);
		if (s->why[i] != WHY_EXCLUDED)
			s->why[i] = named;
	}
	return ERR_NONE;
}

static void
why_clear(struct service *s, const struct router *r, enum why why)
{
	if (r->arms > s->whys) {
		s->whys = r->arms;
		s->why = mem_realloc(s->why, (size_t)s->whys, sizeof *s->why);
	}
	for (int i = 0; i < r->arms; i++)
		s->why[i] = why;
}

static enum err
mark_asked(struct request *rq, const struct router *r)
{
	bool some = rpc_arg(rq, "arms")->given;

	why_clear(rq->owner, r, some ? WHY_NOT_ASKED : WHY_ELIGIBLE);
	return some ? mark(rq, r, "arms", WHY_ELIGIBLE) : ERR_NONE;
}

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

static void
pack_decision(const char *id, const char *arm, double propensity,
    struct buf *out)
{
	pack_str(out, "decision");
	pack_str(out, id);
	pack_str(out, "arm");
	pack_str(out, arm);
	pack_str(out, "propensity");
	pack_num(out, propensity);
}

/* An id of the gateway's own: valid, not of our form; and where it was sent
 * before, *known is what was decided then. */
static enum err
own_id(struct request *rq, const struct router *r, char *id,
    const struct pending **known)
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
	*known = pending_find(s->pending, id);
	if (*known == NULL &&
	    s->queued >= (uint64_t)s->config.top.max_in_flight)
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
answer_known(struct request *rq, const struct router *r,
    const struct pending *p)
{
	const struct arm *a = router_arm_of(r, p->decision.arm);

	if (a == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "the arm of decision \"%s\" has been removed",
		    p->decision.id);
	pack_map(rq->out, 3);
	pack_decision(p->decision.id, a->name, p->decision.propensity, rq->out);
	return ERR_NONE;
}

static struct pending *
oldest_of_all(struct service *s)
{
	struct pending *oldest = NULL;

	for (int i = 0; i < s->bandit.routers; i++) {
		struct pending *p =
		    pending_oldest(s->pending, s->bandit.router[i]->id);

		if (p != NULL &&
		    (oldest == NULL ||
			p->decision.time < oldest->decision.time))
			oldest = p;
	}
	return oldest;
}

/* The decision is remembered and on its way to the disk; nobody waits.  Where
 * too much is on its way already it is answered and forgotten. */
static void
record(struct service *s, struct router *r, struct arm *a, struct decision *d)
{
	struct op *op;
	bool own = d->id[0] != '\0';

	if (!own)
		id_make(d->id, s->store.starts, r->id, d->number);
	if (s->queued >= (uint64_t)s->config.top.max_in_flight) {
		s->unrecorded++;
		return;
	}
	if (pending_count(s->pending) >= (uint64_t)s->config.top.max_pending) {
		struct pending *oldest = oldest_of_all(s);

		if (oldest->rewarded)
			pending_remove(s->pending, oldest);
		else
			service_expire(s, oldest);
	}
	pending_add(s->pending, d, own);
	router_pend(r, a, d->time);
	op = service_op(s, OP_DECISION, d->d);
	memcpy(op->x, s->x, (size_t)d->d * sizeof *op->x);
	op->ev.decision = *d;
	op->ev.decision.x = op->x;
	op->own_id = own;
	service_put(s, op);
}

static void
decide(struct request *rq, struct router *r, int chosen, struct decision *d)
{
	struct service *s = rq->owner;
	const struct arg *explain = rpc_arg(rq, "explain");
	bool scores = explain->given && explain->yes;
	struct arm *a = r->arm[chosen];

	d->number = ++r->decisions;
	d->router = r->id;
	d->arm = a->uid;
	d->time = clock_wall(&s->clock);
	d->propensity = r->view[chosen].probability;
	d->state_seq = r->seq;
	d->policy = r->settings.policy;
	record(s, r, a, d);
	router_sample(r, d->time);
	service_bandwidth(s, r);
	pack_map(rq->out, scores ? 4 : 3);
	pack_decision(d->id, a->name, d->propensity, rq->out);
	if (scores)
		pack_scores(r, rq->out);
}

enum err
do_decide(struct request *rq)
{
	struct service *s = rq->owner;
	const struct arg *max_cost = rpc_arg(rq, "max_cost");
	const struct pending *known;
	struct decision d = { 0 };
	struct router *r;
	int chosen;
	enum err e;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = own_id(rq, r, d.id, &known)) != ERR_NONE)
		return e;
	if (known != NULL)
		return answer_known(rq, r, known);
	if ((e = mark_asked(rq, r)) != ERR_NONE)
		return e;
	if (rpc_arg(rq, "exclude")->given &&
	    (e = mark(rq, r, "exclude", WHY_EXCLUDED)) != ERR_NONE)
		return e;
	if (router_eligible(r, s->why, max_cost->given ? max_cost->num : NAN) ==
	    0)
		return say_none_eligible(rq, r);
	if ((e = service_context(rq, r, &d.d)) != ERR_NONE)
		return e;
	chosen = router_consider(r, r->decisions + 1);
	decide(rq, r, chosen, &d);
	return ERR_NONE;
}

enum err
do_score(struct request *rq)
{
	struct service *s = rq->owner;
	struct router *r;
	enum err e;
	int d;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = mark_asked(rq, r)) != ERR_NONE)
		return e;
	if (r->dimension == 0)
		return fault_set(&rq->fault, ERR_DIMENSION_MISMATCH,
		    "router \"%s\" has not seen a vector yet; the first "
		    "decide or observe fixes its dimension",
		    r->name);
	if ((e = service_context(rq, r, &d)) != ERR_NONE)
		return e;
	router_eligible(r, s->why, NAN);
	router_consider(r, r->decisions + 1);
	pack_map(rq->out, 1);
	pack_scores(r, rq->out);
	return ERR_NONE;
}
