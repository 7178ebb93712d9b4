/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "bandit/cell.h"
#include "base/fail.h"
#include "base/mem.h"
#include "daemon/retain.h"
#include "daemon/service.h"

static struct op *
cell_op(struct service *s, const struct router *r, uint32_t arm, uint64_t as_of)
{
	struct op *op = service_op(s, OP_CELL, 0);

	op->ev.router = r->id;
	op->ev.arm = arm;
	op->as_of = as_of;
	op->urgent = s->draining || s->snapshot.waiting != NULL ||
	    s->snapshot.next != NULL;
	s->snapshot.ahead++;
	return op;
}

static void
put_arm(struct service *s, const struct router *r, struct arm *a)
{
	struct op *op = cell_op(s, r, a->uid, s->bandit.seq);

	cell_encode_arm(r, a, &op->data);
	a->spare = a->saved;
	a->saved = a->seq;
	service_put(s, op);
}

static void
put_router(struct service *s, const struct router *r)
{
	struct op *op = cell_op(s, r, 0, s->snapshot.as_of);

	cell_encode_router(r, &op->data);
	service_put(s, op);
}

static bool
is_due(const struct router *r, const struct arm *a)
{
	return a->saved != a->seq || (a->spare != a->seq && retain_wanted(r));
}

/* Puts the next cell of the round; false: there is none left. */
static bool
put_next(struct service *s)
{
	struct snapshot *n = &s->snapshot;

	while (n->router < s->bandit.routers) {
		struct router *r = s->bandit.router[n->router];

		while (n->arm < r->arms) {
			struct arm *a = r->arm[n->arm++];

			if (is_due(r, a)) {
				put_arm(s, r, a);
				return true;
			}
		}
		if (n->ahead > 0) /* one of them may yet fail */
			return false;
		if (fail_point("round.router") != 0) {
			n->failed = true;
			return false;
		}
		n->arm = 0;
		n->router++;
		put_router(s, r);
		return true;
	}
	return false;
}

static void
answer_waiting(struct service *s)
{
	struct snapshot *n = &s->snapshot;

	while (n->waiting != NULL) {
		struct op *op = n->waiting;

		n->waiting = op->next;
		op->seq = n->as_of;
		if (n->failed)
			op->err = fault_set(&op->fault, ERR_STORAGE,
			    "the disk is full: no snapshot was written");
		op->answer(s, op);
		writer_recycle(s->writer, op);
	}
}

static void
delete_removed(struct service *s)
{
	struct snapshot *n = &s->snapshot;

	for (int i = 0; i < n->ripe; i++) {
		struct op *op = service_op(s, OP_CELL, 0);

		op->ev.router = n->gone[i].router;
		op->ev.arm = n->gone[i].arm;
		service_put(s, op);
	}
	n->removed -= n->ripe;
	if (n->removed > 0)
		memmove(n->gone, n->gone + n->ripe,
		    (size_t)n->removed * sizeof *n->gone);
	n->ripe = n->removable - n->ripe;
	n->removable = 0;
}

static void
round_end(struct service *s)
{
	struct snapshot *n = &s->snapshot;

	n->running = false;
	if (fail_point("round.end") != 0)
		n->failed = true;
	if (!n->failed) {
		n->before = n->done;
		n->done = n->as_of;
		delete_removed(s);
		retain_begin(s);
	}
	answer_waiting(s);
	if (n->next != NULL) {
		n->waiting = n->next;
		n->next = NULL;
		snapshot_begin(s);
	}
}

static void
round_step(struct service *s)
{
	struct snapshot *n = &s->snapshot;

	while (!n->failed && n->ahead < SNAPSHOT_AHEAD && put_next(s))
		continue;
	if (n->running && n->ahead == 0)
		round_end(s);
}

void
snapshot_begin(struct service *s)
{
	struct snapshot *n = &s->snapshot;

	n->running = true;
	n->failed = fail_point("round.begin") != 0;
	n->as_of = s->bandit.seq;
	n->router = n->arm = 0;
	n->removable = n->removed;
	n->started = clock_mono(&s->clock);
	round_step(s);
}

/* Those behind it have moved up: the round looks at all of them again. */
void
snapshot_removed(struct service *s, uint32_t router, uint32_t arm)
{
	struct snapshot *n = &s->snapshot;

	n->arm = 0;
	if (n->removed == n->removed_cap) {
		n->removed_cap = n->removed_cap > 0 ? 2 * n->removed_cap : 16;
		n->gone = mem_realloc(n->gone, (size_t)n->removed_cap,
		    sizeof *n->gone);
	}
	n->gone[n->removed++] = (struct removed){ router, arm };
}

void
snapshot_fini(struct service *s)
{
	free(s->snapshot.gone);
}

/* Whether what the last round wrote is still to be written twice. */
static bool
once_more(const struct service *s)
{
	if (s->snapshot.before == s->snapshot.done)
		return false;
	for (int i = 0; i < s->bandit.routers; i++)
		if (retain_wanted(s->bandit.router[i]))
			return true;
	return false;
}

void
snapshot_tick(struct service *s)
{
	struct snapshot *n = &s->snapshot;
	uint64_t events = s->bandit.seq - n->done;

	if (n->running || (events == 0 && !once_more(s)))
		return;
	if (events >= SNAPSHOT_EVENTS ||
	    clock_mono(&s->clock) >= n->started + SNAPSHOT_SECONDS)
		snapshot_begin(s);
}

/* A cell that was not written must be tried again. */
static void
mark_unsaved(struct service *s, const struct op *op)
{
	struct router *r = bandit_of(&s->bandit, op->ev.router);
	struct arm *a = r != NULL ? router_arm_of(r, op->ev.arm) : NULL;

	if (a != NULL)
		a->saved = a->spare = 0;
}

void
snapshot_written(struct service *s, const struct op *op)
{
	struct snapshot *n = &s->snapshot;

	if (op->data.len == 0) /* the deletion of a removed arm's */
		return;
	n->ahead--;
	if (op->err != ERR_NONE) {
		n->failed = true;
		mark_unsaved(s, op);
	}
	if (n->running)
		round_step(s);
}

void
snapshot_await(struct service *s, struct op *op)
{
	struct snapshot *n = &s->snapshot;
	struct op **list = n->running ? &n->next : &n->waiting;

	op->next = *list;
	*list = op;
	if (!n->running)
		snapshot_begin(s);
}
