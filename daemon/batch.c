/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/decided.h"
#include "daemon/scores.h"
#include "daemon/service.h"

void
batch_fini(struct batch *b)
{
	free(b->x);
	free(b->phi);
	free(b->why);
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
remember(struct service *s, struct router *r, struct op *op)
{
	const struct decision *d = &op->ev.decision;
	struct waiting *w;

	pending_limit(s);
	w = pending_waiting(pending_add(s->pending, d, op->own_id));
	r->pending++;
	for (int i = 0; i < d->k; i++) {
		router_pend(r, router_arm_of(r, w[i].arm), d, i, &w[i].mark);
		w[i].pends = true;
	}
	scores_keep(r, &op->data);
	service_put(s, op);
}

static void
show(const struct router *r, struct op *op)
{
	const struct choice *c = &r->choice;
	struct shown *shown = room_shown(&op->room, c->k);

	for (int i = 0; i < c->k; i++) {
		const struct view *v = &r->view[c->slate[i]];
		const struct arm *a = r->arm[c->slate[i]];

		shown[i] = (struct shown){ .arm = a->uid,
			.propensity = c->propensity[i],
			.mean = v->mean,
			.sigma = v->sigma,
			.faded = a->faded };
	}
	op->ev.decision.k = c->k;
	op->ev.decision.shown = shown;
}

static void
list_eligible(const struct router *r, struct op *op)
{
	uint32_t *uid = room_eligible(&op->room, r->arms);
	struct decision *d = &op->ev.decision;

	d->eligible = 0;
	d->eligible_arm = uid;
	for (int i = 0; i < r->arms; i++)
		if (r->view[i].why == WHY_ELIGIBLE)
			uid[d->eligible++] = r->arm[i]->uid;
}

/* What there is to know of the decision that router_consider() has made. */
static void
describe(struct router *r, const struct wish *w, struct op *op)
{
	struct decision *d = &op->ev.decision;

	d->number = ++r->decisions;
	d->router = r->id;
	d->time = op->ev.time;
	d->state_seq = r->seq;
	d->policy = r->settings.policy;
	d->asked = w->asked;
	d->prefer = w->prefer;
	d->switch_cost = w->switch_cost;
	if (r->settings.reward_model == REWARD_CHOICE) {
		d->no_click = r->no_click.sum / r->no_click.precision;
		d->no_click_sigma = 1 / sqrt(r->no_click.precision);
	}
	show(r, op);
	list_eligible(r, op);
}

static void
answer(struct service *s, const struct router *r, const struct slot *slot)
{
	const struct decision *d = &slot->op->ev.decision;
	struct buf *out = rpc_answer_later(&s->rpc, slot->client, slot->msgid);

	if (out == NULL)
		return;
	decided_pack(&(struct decided){ .id = d->id,
			 .r = r,
			 .asked = d->asked,
			 .k = d->k,
			 .shown = d->shown,
			 .wanted = slot->wish.k,
			 .scores = slot->explain },
	    out);
	rpc_answer_done(&s->rpc, slot->client);
}

/* Of what router_consider() has chosen.  Where too much is on its way already
 * it is answered and forgotten. */
static void
decide(struct service *s, struct router *r, const struct slot *slot)
{
	struct op *op = slot->op;
	struct decision *d = &op->ev.decision;

	describe(r, &slot->wish, op);
	if (!op->own_id)
		id_make(d->id, s->store.starts, r->id, d->number);
	router_sample(r, d->time);
	answer(s, r, slot);
	if (s->queued < (uint64_t)s->config.top.max_in_flight) {
		remember(s, r, op);
	} else {
		s->unrecorded++;
		writer_recycle(s->writer, op);
	}
	service_bandwidth(s, r);
}

/* A decision that changes what the next one is to be scored from, or that may,
 * is made alone. */
static bool
alone(const struct router *r)
{
	return !router_ready(r) || r->settings.pending == PENDING_HALLUCINATE;
}

/* Only grows; while something waits no arm comes and no dimension changes. */
static void
room(struct batch *b, const struct router *r)
{
	if (r->arms > b->arms) {
		size_t n = (size_t)r->arms;

		b->arms = r->arms;
		b->why = mem_realloc(b->why, n, MODEL_FAST * sizeof *b->why);
	}
	if (r->dimension > b->dimension) {
		b->dimension = r->dimension;
		free(b->x);
		b->x = mem_aligned((size_t)r->dimension,
		    MODEL_FAST * sizeof *b->x);
	}
}

void
batch_open(struct service *s, struct router *r)
{
	if (s->batch.router != r)
		batch_settle(s);
	s->batch.router = r;
}

enum why *
batch_why(struct service *s, const struct router *r)
{
	room(&s->batch, r);
	return s->batch.why + (size_t)s->batch.n * (size_t)r->arms;
}

double *
batch_context(struct service *s, const struct router *r)
{
	room(&s->batch, r);
	return s->batch.x + (size_t)s->batch.n * (size_t)r->dimension;
}

void
batch_add(struct request *rq, const struct wish *w, struct op *op)
{
	struct service *s = rq->owner;
	struct batch *b = &s->batch;
	const struct arg *explain = rpc_arg(rq, "explain");

	b->slot[b->n++] = (struct slot){ .client = rq->client,
		.msgid = rq->msgid,
		.explain = explain->given && explain->yes,
		.wish = *w,
		.op = op };
	rq->later = true;
	if (b->n == MODEL_FAST || alone(b->router))
		batch_settle(s);
}

bool
batch_has(const struct service *s, const char *id)
{
	for (int i = 0; i < s->batch.n; i++)
		if (strcmp(s->batch.slot[i].op->ev.decision.id, id) == 0)
			return true;
	return false;
}

/* Where there is room for all of it, what is put beside it meets no limit, and
 * nor does it. */
void
batch_yield(struct service *s)
{
	uint64_t n = (uint64_t)s->batch.n;

	if (s->queued + n >= (uint64_t)s->config.top.max_in_flight ||
	    pending_count(s->pending) + n > (uint64_t)s->config.top.max_pending)
		batch_settle(s);
}

/* Of a router that is ready. */
static void
ask_together(struct batch *b, int n)
{
	struct router *r = b->router;

	if (r->map->out > b->features) {
		b->features = r->map->out;
		free(b->phi);
		b->phi = mem_aligned((size_t)b->features,
		    MODEL_FAST * sizeof *b->phi);
	}
	if (policies[r->settings.policy].contextual)
		map_fill_many(r->map, b->x, n, b->phi);
	router_ask(r, b->phi, n);
}

static void
consider_alone(struct batch *b)
{
	struct router *r = b->router;

	memcpy(r->x, b->x, (size_t)r->dimension * sizeof *r->x);
	router_consider(r, &b->slot[0].wish, r->decisions + 1);
}

/* The batch is empty for whom is called from here. */
void
batch_settle(struct service *s)
{
	double start = clock_mono(&s->clock), now = service_time(s);
	struct batch *b = &s->batch;
	struct router *r = b->router;
	int n = b->n;

	if (n == 0)
		return;
	b->n = 0;
	if (n > 1)
		ask_together(b, n);
	for (int i = 0; i < n; i++) {
		b->slot[i].op->ev.time = now;
		router_eligible(r, &b->slot[i].wish);
		if (n > 1)
			router_consider_asked(r, &b->slot[i].wish,
			    r->decisions + 1, i);
		else
			consider_alone(b);
		decide(s, r, &b->slot[i]);
	}
	start = clock_mono(&s->clock) - start;
	for (int i = 0; i < n; i++)
		hist_add(&b->times, start);
	rpc_spent(&s->rpc, "decide", start);
}
