/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens when the writer hands an op back, and what time brings. */
#include <inttypes.h>
#include <sysexits.h>

#include "base/log.h"
#include "daemon/service.h"
#include "persist/record.h"

#define EXPIRE_MOST 1000 /* per router and tick, so that nobody waits long */
#define PURGE_SECONDS 60.0

/* Folds the op's event; what the event does not fit becomes the op's error. */
static void
fold(struct service *s, struct op *op)
{
	enum err e = bandit_fold(&s->bandit, &op->ev, &op->fault);

	log_debug("record %" PRIu64 ": %s", op->seq, event_word(op->ev.kind));
	if (e == ERR_DATA) {
		/* It was checked before it was written: a defect of ours, and
		 * to go on would make it worse. */
		log_error("record %" PRIu64 " does not fit: %s", op->seq,
		    op->fault.text);
		s->exit_status = EX_SOFTWARE;
		event_base_loopbreak(s->base);
	}
	if (e != ERR_NONE)
		op->err = e;
}

/* The decision no longer waits: it is forgotten, or, where the gateway named
 * it, remembered as decided. */
static void
pending_end(struct service *s, const struct decision *d, bool rewarded)
{
	struct pending *p = pending_find(s->pending, d->id);
	struct router *r;
	struct arm *a;

	if (p == NULL || p->rewarded)
		return;
	r = bandit_of(&s->bandit, p->decision.router);
	a = r != NULL ? router_arm_of(r, p->decision.arm) : NULL;
	if (a != NULL)
		router_unpend(r, a);
	if (rewarded && p->own_id)
		p->rewarded = true;
	else
		pending_remove(s->pending, p);
}

static void
done_decision(struct service *s, struct op *op)
{
	if (op->err == ERR_NONE)
		return;
	s->unrecorded++;
	pending_end(s, &op->ev.decision, false);
}

static void
done_reward(struct service *s, struct op *op)
{
	if (op->err == ERR_UNKNOWN_DECISION)
		fault_set(&op->fault, op->err, "no decision \"%s\"",
		    op->ev.decision.id);
	if (op->err == ERR_EXPIRED)
		fault_set(&op->fault, op->err,
		    "decision \"%s\" was not rewarded in its time",
		    op->ev.decision.id);
	if (op->err != ERR_NONE || !op->applied)
		return;
	pending_end(s, &op->ev.decision, true);
	fold(s, op);
}

static void
done_observe(struct service *s, struct op *op)
{
	if (op->err != ERR_NONE || !op->applied)
		return;
	fold(s, op);
}

static void
done_expire(struct service *s, struct op *op)
{
	if (op->err == ERR_NONE && op->applied)
		fold(s, op);
}

static void
after_event(struct service *s, const struct event *ev)
{
	if (ev->kind == EVENT_ROUTER)
		bandit_of(&s->bandit, ev->router)->served = true;
	if (ev->kind == EVENT_ARM_REMOVE)
		snapshot_removed(s, ev->router, ev->arm);
}

static void
done_event(struct service *s, struct op *op)
{
	if (op->err == ERR_NONE)
		fold(s, op);
	if (op->err == ERR_NONE)
		after_event(s, &op->ev);
}

static void
done_cell(struct service *s, struct op *op)
{
	snapshot_written(s, op);
}

static void
done_purge(struct service *s, struct op *op)
{
	struct op *more;

	if (op->err != ERR_NONE || op->seq < PURGE_MOST)
		return;
	more = service_op(s, OP_PURGE, 0);
	more->ev.router = op->ev.router;
	more->ev.time = op->ev.time;
	service_put(s, more);
}

static void
done_nothing(struct service *s, struct op *op)
{
	(void)s, (void)op;
}

static void (*const done[OP_KINDS])(struct service *, struct op *) = {
	[OP_DECISION] = done_decision,
	[OP_REWARD] = done_reward,
	[OP_OBSERVE] = done_observe,
	[OP_EVENT] = done_event,
	[OP_EXPIRE] = done_expire,
	[OP_CELL] = done_cell,
	[OP_PURGE] = done_purge,
	[OP_SYNC] = done_nothing,
	[OP_JOB] = done_nothing,
};

static void
finish(struct service *s, struct op *op)
{
	if (op->finished)
		return;
	op->finished = true;
	done[op->kind](s, op);
	if (op->answer != NULL)
		op->answer(s, op);
}

void
service_collect(struct service *s)
{
	struct op *early, *op, *next;
	const char *failure;

	writer_drain_fd(s->writer);
	op = writer_take(s->writer, &early);
	for (; early != NULL; early = next) {
		next = early->next_early;
		finish(s, early);
	}
	for (; op != NULL; op = next) {
		next = op->next;
		if (op->kind != OP_JOB)
			s->queued--;
		finish(s, op);
		writer_recycle(s->writer, op);
	}
	failure = writer_failed(s->writer);
	if (failure != NULL && s->exit_status == 0) {
		log_error("the disk failed, stopping: %s", failure);
		s->exit_status = EX_IOERR;
		event_base_loopbreak(s->base);
	}
}

/* The loop forgets it at once; that it expired is known when it is on disk. */
void
service_expire(struct service *s, struct pending *p)
{
	struct op *op = service_op(s, OP_EXPIRE, 0);

	op->ev.decision = p->decision;
	op->own_id = p->own_id;
	pending_end(s, &op->ev.decision, false);
	service_put(s, op);
}

static void
expire_due(struct service *s, const struct router *r, double now)
{
	struct pending *p = pending_oldest(s->pending, r->id), *newer;

	for (int n = 0; p != NULL && n < EXPIRE_MOST; n++, p = newer) {
		newer = pending_newer(s->pending, p);
		if (now < p->decision.time) /* the clock was ahead then */
			continue;
		if (now < p->decision.time + r->settings.decision_ttl)
			return;
		if (p->rewarded)
			pending_remove(s->pending, p);
		else
			service_expire(s, p);
	}
}

/* Records of decisions stay for twice their time, so that a reward sent again
 * or too late is still told what became of the first. */
static void
purge(struct service *s, const struct router *r, double now)
{
	struct op *op = service_op(s, OP_PURGE, 0);

	op->ev.router = r->id;
	op->ev.time = now - 2 * r->settings.decision_ttl;
	service_put(s, op);
}

static void
watch_disk(struct service *s)
{
	struct writer_stats stats;

	writer_stats(s->writer, &stats);
	if (stats.full && !s->was_full)
		log_warn("%s: the disk is full; decisions go on, rewards are "
			 "answered with \"storage\"",
		    s->store.dir);
	if (!stats.full && s->was_full)
		log_info("%s: there is space again", s->store.dir);
	s->was_full = stats.full;
}

void
service_tick(struct service *s)
{
	double now = clock_wall(&s->clock), mono = clock_mono(&s->clock);
	bool purge_due = mono >= s->purged + PURGE_SECONDS;

	for (int i = 0; i < s->bandit.routers; i++) {
		struct router *r = s->bandit.router[i];

		expire_due(s, r, now);
		service_bandwidth(s, r);
		if (purge_due)
			purge(s, r, now);
	}
	if (purge_due)
		s->purged = mono;
	snapshot_tick(s);
	watch_disk(s);
}
