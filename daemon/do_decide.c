/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decide: which arm, or slate of arms, for this context. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "daemon/asked.h"
#include "daemon/handlers.h"
#include "daemon/scores.h"
#include "daemon/service.h"

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

/* What decide answers: of a decision now made, or made before. */
struct answer {
	const char *id;
	const struct router *r;
	bool asked; /* for a slate */
	int k;
	const struct waiting *shown; /* [k] */
	int wanted;                  /* more than k: there were not enough */
	bool scores;
};

static void
pack_slate(const struct answer *a, struct buf *out)
{
	pack_str(out, "slate");
	pack_array(out, (size_t)a->k);
	for (int i = 0; i < a->k; i++)
		arm_pack(a->r, a->shown[i].arm, out);
	pack_str(out, "propensities");
	pack_array(out, (size_t)a->k);
	for (int i = 0; i < a->k; i++)
		pack_num(out, a->shown[i].propensity);
}

static void
pack_note(const struct answer *a, struct buf *out)
{
	char note[80];

	snprintf(note, sizeof note, "k = %d, but only %d %s eligible",
	    a->wanted, a->k, a->k == 1 ? "arm is" : "arms are");
	pack_str(out, "note");
	pack_str(out, note);
}

static void
pack_answer(const struct answer *a, struct buf *out)
{
	bool note = a->asked && a->wanted > a->k;

	pack_map(out, 3u + 2u * a->asked + note + a->scores);
	pack_str(out, "decision");
	pack_str(out, a->id);
	pack_str(out, "arm");
	arm_pack(a->r, a->shown[0].arm, out);
	pack_str(out, "propensity");
	pack_num(out, a->shown[0].propensity);
	if (a->asked)
		pack_slate(a, out);
	if (note)
		pack_note(a, out);
	if (a->scores)
		scores_pack(a->r, out);
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
answer_known(struct request *rq, const struct router *r, struct pending *p)
{
	const struct waiting *shown = pending_waiting(p);

	if (router_arm_of(r, shown[0].arm) == NULL)
		return fault_set(&rq->fault, ERR_UNKNOWN_ARM,
		    "the arm of decision \"%s\" has been removed",
		    p->decision.id);
	pack_answer(&(struct answer){ .id = p->decision.id,
			.r = r,
			.asked = p->decision.asked,
			.k = p->k,
			.shown = shown },
	    rq->out);
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

/* Makes room for one more that waits. */
static void
pending_limit(struct service *s)
{
	if (pending_count(s->pending) >= (uint64_t)s->config.top.max_pending)
		service_expire(s, oldest_of_all(s), true);
}

/* The decision is remembered and on its way to the disk; nobody waits. */
static void
remember(struct service *s, struct router *r, const struct decision *d,
    bool own)
{
	struct waiting *w;
	struct op *op;

	pending_limit(s);
	w = pending_waiting(pending_add(s->pending, d, own));
	r->pending++;
	for (int i = 0; i < d->k; i++) {
		router_pend(r, router_arm_of(r, w[i].arm), d, i, &w[i].mark);
		w[i].pends = true;
	}
	op = service_op(s, OP_DECISION, 0);
	op->ev.decision = *d;
	room_take(&op->room, &op->ev.decision);
	scores_keep(r, &op->data);
	op->own_id = own;
	service_put(s, op);
}

/* Positions of the slate, as they are recorded and as they are answered. */
static void
show(struct service *s, const struct router *r, struct decision *d)
{
	const struct choice *c = &r->choice;
	struct shown *shown = room_shown(&s->room, c->k);

	if (c->k > s->showns) {
		s->showns = c->k;
		s->shown =
		    mem_realloc(s->shown, (size_t)c->k, sizeof *s->shown);
	}
	for (int i = 0; i < c->k; i++) {
		const struct view *v = &r->view[c->slate[i]];
		uint32_t uid = r->arm[c->slate[i]]->uid;

		shown[i] = (struct shown){ .arm = uid,
			.propensity = c->propensity[i],
			.mean = v->mean,
			.sigma = v->sigma,
			.faded = r->arm[c->slate[i]]->faded };
		s->shown[i] = (struct waiting){ .arm = uid,
			.propensity = c->propensity[i] };
	}
	d->k = c->k;
	d->shown = shown;
}

static void
list_eligible(struct service *s, const struct router *r, struct decision *d)
{
	uint32_t *uid = room_eligible(&s->room, r->arms);

	d->eligible = 0;
	d->eligible_arm = uid;
	for (int i = 0; i < r->arms; i++)
		if (r->view[i].why == WHY_ELIGIBLE)
			uid[d->eligible++] = r->arm[i]->uid;
}

/* What there is to know of the decision that router_consider() has made. */
static void
describe(struct service *s, struct router *r, const struct wish *w,
    struct decision *d)
{
	d->number = ++r->decisions;
	d->router = r->id;
	d->time = service_time(s);
	d->state_seq = r->seq;
	d->policy = r->settings.policy;
	d->asked = w->asked;
	d->prefer = w->prefer;
	d->switch_cost = w->switch_cost;
	d->x = s->x;
	if (r->settings.reward_model == REWARD_CHOICE) {
		d->no_click = r->no_click.sum / r->no_click.precision;
		d->no_click_sigma = 1 / sqrt(r->no_click.precision);
	}
	show(s, r, d);
	list_eligible(s, r, d);
}

/* Where too much is on its way already it is answered and forgotten. */
static void
decide(struct request *rq, struct router *r, const struct wish *w,
    struct decision *d)
{
	struct service *s = rq->owner;
	const struct arg *explain = rpc_arg(rq, "explain");
	bool own = d->id[0] != '\0';

	describe(s, r, w, d);
	if (!own)
		id_make(d->id, s->store.starts, r->id, d->number);
	if (s->queued >= (uint64_t)s->config.top.max_in_flight)
		s->unrecorded++;
	else
		remember(s, r, d, own);
	router_sample(r, d->time);
	pack_answer(&(struct answer){ .id = d->id,
			.r = r,
			.asked = w->asked,
			.k = d->k,
			.shown = s->shown,
			.wanted = w->k,
			.scores = explain->given && explain->yes },
	    rq->out);
	service_bandwidth(s, r);
}

enum err
do_decide(struct request *rq)
{
	struct decision d = { 0 };
	struct pending *known;
	struct router *r;
	struct wish w;
	int eligible;
	enum err e;

	if ((e = service_router(rq, &r)) != ERR_NONE ||
	    (e = own_id(rq, r, d.id, &known)) != ERR_NONE)
		return e;
	if (known != NULL)
		return answer_known(rq, r, known);
	if ((e = asked_all(rq, r, &w)) != ERR_NONE)
		return e;
	w.all = rpc_arg(rq, "explain")->given && rpc_arg(rq, "explain")->yes;
	if ((eligible = router_eligible(r, &w)) == 0)
		return say_none_eligible(rq, r);
	if ((e = check_order(rq, r, w.k < eligible ? w.k : eligible)) != 0 ||
	    (e = service_context(rq, r, &d.d)) != ERR_NONE)
		return e;
	router_consider(r, &w, r->decisions + 1);
	decide(rq, r, &w, &d);
	return ERR_NONE;
}
