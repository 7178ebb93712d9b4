/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens when the writer hands an op back. */
#include <inttypes.h>
#include <sysexits.h>

#include "base/log.h"
#include "daemon/rebuild.h"
#include "daemon/retain.h"
#include "daemon/service.h"
#include "persist/record.h"

#define COLLECT_SECONDS 25e-6 /* then others have a turn */

/* To go on would make it worse. */
static void
give_up(struct service *s, enum err e)
{
	s->exit_status = e == ERR_STORAGE ? EX_IOERR : EX_SOFTWARE;
	event_base_loopbreak(s->base);
}

/* Folds the op's event; what the event does not fit becomes the op's error. */
static void
fold(struct service *s, struct op *op)
{
	enum err e = bandit_fold(&s->bandit, &op->ev, &op->fault);

	log_debug("record %" PRIu64 ": %s", op->seq, event_word(op->ev.kind));
	if (e == ERR_DATA) {
		/* It was checked before it was written: ours. */
		log_error("record %" PRIu64 " does not fit: %s", op->seq,
		    op->fault.text);
		give_up(s, e);
	}
	if (e != ERR_NONE)
		op->err = e;
}

/* The position waits no more; x as in router_unpend(). */
static void
position_end(struct service *s, const struct pending *p, struct waiting *w,
    const struct decision *d)
{
	struct router *r = bandit_of(&s->bandit, p->decision.router);
	struct arm *a = r != NULL ? router_arm_of(r, w->arm) : NULL;

	if (a != NULL && w->pends)
		router_unpend(r, a, d->x, d->d, &w->mark);
	w->pends = false;
	w->ended = true;
}

/* Nothing waits any more: the decision is forgotten or, where the gateway named
 * it and it is on disk, known, so that sent again it is not decided again. */
static void
pending_done(struct service *s, struct pending *p, bool recorded)
{
	struct router *r = bandit_of(&s->bandit, p->decision.router);

	if (r != NULL)
		r->pending--;
	if (!recorded || !p->own_id) {
		pending_remove(s->pending, p);
		return;
	}
	pending_settle(s->pending, p);
	if (pending_known_count(s->pending) >
	    (uint64_t)s->config.top.max_pending)
		pending_remove(s->pending,
		    pending_known(s->pending, p->decision.router));
}

/* Positions of the op's decision end: that of the arm, or all (0). */
static void
pending_end(struct service *s, const struct decision *d, uint32_t arm,
    bool recorded)
{
	struct pending *p = pending_find(s->pending, d->id);
	struct waiting *w;

	if (p == NULL || p->over)
		return;
	w = pending_waiting(p);
	for (int i = 0; i < p->k; i++)
		if (!w[i].ended && (arm == 0 || w[i].arm == arm))
			position_end(s, p, &w[i], d);
	if (pending_all_ended(p))
		pending_done(s, p, recorded);
}

static void
done_decision(struct service *s, struct op *op)
{
	if (op->err == ERR_NONE)
		return;
	s->unrecorded++;
	pending_end(s, &op->ev.decision, 0, false);
}

/* What the writer had against it, in words. */
static void
say_refused(struct op *op)
{
	static const struct {
		enum err err;
		const char *before, *after; /* of its id */
	} words[] = {
		{ ERR_UNKNOWN_DECISION, "no decision", "" },
		{ ERR_EXPIRED, "decision", " was not rewarded in its time" },
		{ ERR_CONFLICT, "decision",
		    " was ended in another way before: "
		    "feedback, click and prefer do not mix" },
		{ ERR_BAD_REQUEST, "decision", " did not show that arm" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (op->err == words[i].err)
			fault_set(&op->fault, op->err, "%s \"%s\"%s",
			    words[i].before, op->ev.decision.id,
			    words[i].after);
}

/* Of feedback, click and prefer; only the first is about one arm. */
static void
done_reward(struct service *s, struct op *op)
{
	say_refused(op);
	if (op->err != ERR_NONE || !op->applied)
		return;
	pending_end(s, &op->ev.decision, op->kind == OP_REWARD ? op->ev.arm : 0,
	    true);
	fold(s, op);
}

static void
done_observe(struct service *s, struct op *op)
{
	if (op->err != ERR_NONE || !op->applied)
		return;
	fold(s, op);
}

/* Where the disk was full it expires another time. */
static void
done_expire(struct service *s, struct op *op)
{
	struct pending *p;

	if (op->err != ERR_STORAGE) {
		pending_end(s, &op->ev.decision, 0, op->err == ERR_NONE);
	} else if ((p = pending_find(s->pending, op->ev.decision.id)) != NULL &&
	    p->hidden) {
		pending_show(s->pending, p);
	}
	if (op->err == ERR_NONE && op->applied)
		fold(s, op);
}

static void
arm_aged(struct service *s, const struct event *ev)
{
	struct router *r = bandit_of(&s->bandit, ev->router);
	struct arm *a = r != NULL ? router_arm_of(r, ev->arm) : NULL;

	if (a != NULL)
		a->aging = false;
}

static void
after_event(struct service *s, const struct event *ev)
{
	if (ev->kind == EVENT_ROUTER)
		bandit_of(&s->bandit, ev->router)->served = true;
	if (ev->kind == EVENT_ARM_REMOVE)
		snapshot_removed(s, ev->router, ev->arm);
	if (ev->kind == EVENT_AGE)
		arm_aged(s, ev);
}

static void
done_event(struct service *s, struct op *op)
{
	enum err e = ERR_NONE;

	if (op->err == ERR_NONE && op->ev.kind == EVENT_REBUILD)
		e = rebuild_switch(s, op);
	if (e != ERR_NONE)
		give_up(s, e);
	else if (op->err == ERR_NONE)
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
done_drop(struct service *s, struct op *op)
{
	retain_done(s, op);
}

static void
done_nothing(struct service *s, struct op *op)
{
	(void)s, (void)op;
}

static void (*const done[OP_KINDS])(struct service *, struct op *) = {
	[OP_DECISION] = done_decision,
	[OP_REWARD] = done_reward,
	[OP_CLICK] = done_reward,
	[OP_PREFER] = done_reward,
	[OP_OBSERVE] = done_observe,
	[OP_IMPORT] = done_observe,
	[OP_EVENT] = done_event,
	[OP_EXPIRE] = done_expire,
	[OP_EXPLAIN] = done_nothing,
	[OP_CELL] = done_cell,
	[OP_PURGE] = done_purge,
	[OP_NOTE] = done_nothing,
	[OP_DROP] = done_drop,
	[OP_COMPACT] = done_nothing,
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

/* Finishes one op that came back, those early before those that are done;
 * false: there is none. */
static bool
collect_one(struct service *s)
{
	struct op *early = s->back_early, *op = s->back;

	if (early != NULL) {
		s->back_early = early->next_early;
		finish(s, early);
		return true;
	}
	if (op == NULL)
		return false;
	s->back = op->next;
	if (op->kind != OP_JOB)
		s->queued--;
	finish(s, op);
	writer_recycle(s->writer, op);
	return true;
}

/* A batch may be many rewards: what asks for decisions meanwhile takes its
 * turns between them. */
static void
collect_some(struct service *s)
{
	double until = clock_mono(&s->clock) + COLLECT_SECONDS;
	bool more = true;

	if (s->back_early == NULL && s->back == NULL) {
		writer_drain_fd(s->writer);
		s->back = writer_take(s->writer, &s->back_early);
	}
	while (more && clock_mono(&s->clock) < until)
		more = collect_one(s);
	if (more)
		writer_ring(s->writer);
}

void
service_collect(struct service *s)
{
	const char *failure;

	batch_settle(s); /* in the state that it came in */
	collect_some(s);
	failure = writer_failed(s->writer);
	if (failure != NULL && s->exit_status == 0) {
		log_error("the disk failed, stopping: %s", failure);
		s->exit_status = EX_IOERR;
		event_base_loopbreak(s->base);
	}
}
