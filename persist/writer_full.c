/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that is full.
 *
 * A commit that finds no space gives the ballast up, and its room is for what
 * nobody waits for.  Until the ballast can be made again, what somebody waits
 * for is refused without a try: it would use the room up.  Where there is no
 * ballast, or its room is not what is missing, all is tried again.
 */
#include <errno.h>

#include "base/log.h"
#include "persist/ballast.h"
#include "persist/writer_thread.h"

#define RETRY_SECONDS 1.0  /* between two tries on a full disk, */
#define DEMAND_SECONDS 0.1 /* and where somebody waits */
#define KEEP_MOST 10000    /* decisions kept in memory for want of space */

/* LMDB calls a write that fell short EIO, as the kernel calls a disk that is
 * broken, but only the kernel sets errno.  Where the disk has been full there
 * may be space again by now. */
static bool
fell_short(const struct writer *w, int error)
{
	return error != EIO && (w->stats.full || store_cannot_append(w->store));
}

/* Also where the map cannot grow. */
bool
full_is(const struct writer *w, int rc, int error)
{
	return rc == ENOSPC || rc == EDQUOT || rc == EFBIG ||
	    rc == MDB_MAP_FULL || (rc == EIO && fell_short(w, error));
}

/* Whether somebody waits for it, who can send it again. */
static bool
waited(const struct op *op)
{
	return !op->shown && !op_lazy(op) && op->kind != OP_EXPLAIN;
}

static bool
any_waited(const struct writer *w)
{
	const struct op *op = w->held.first;

	while (op != NULL && !waited(op))
		op = op->next;
	return op != NULL;
}

static bool
not_waited(const struct op *op, uint64_t keeping)
{
	(void)keeping;
	return !waited(op);
}

/* Whether the op waits in memory for space, or fails now. */
static bool
kept(const struct op *op, uint64_t keeping)
{
	if (op->shown)
		return true;
	if (!op_lazy(op) || op->kind >= OP_EXPLAIN)
		return false;
	return op->kind == OP_EVENT || keeping < KEEP_MOST;
}

/* What is in an open transaction is of what stays. */
static void
fail_others(struct writer *w, bool (*stays)(const struct op *, uint64_t))
{
	struct queue keep, fail;
	struct op *op = w->held.first, *next;

	queue_init(&keep);
	queue_init(&fail);
	for (; op != NULL; op = next) {
		next = op->next;
		if (stays(op, keep.count))
			queue_put(&keep, op);
		else {
			op->err = ERR_STORAGE;
			op->applied = false;
			queue_put(&fail, op);
		}
	}
	queue_init(&w->held);
	queue_move(&w->held, &keep);
	if (fail.first != NULL)
		writer_hand_back(w, &fail);
}

static void
set_ballast(struct writer *w, bool there)
{
	pthread_mutex_lock(&w->lock);
	w->stats.ballast = there ? BALLAST_BYTES : 0;
	pthread_mutex_unlock(&w->lock);
}

/* Whether there is room now that there was not before. */
static bool
spend(struct writer *w, int rc)
{
	if (w->stats.ballast == 0 || rc == EFBIG || rc == MDB_MAP_FULL)
		return false;
	set_ballast(w, false);
	w->spent = ballast_spend(w->store->dir);
	return w->spent;
}

bool
full_fail(struct writer *w, int rc)
{
	bool again = spend(w, rc);
	double now = clock_mono(&w->clock);

	w->looked = now;
	w->deadline = again ? now : now + RETRY_SECONDS;
	pthread_mutex_lock(&w->lock);
	w->stats.full = true;
	w->stats.stalled = !again;
	w->stats.commit_errors++;
	pthread_mutex_unlock(&w->lock);
	fail_others(w, kept);
	return again;
}

/* All is tried again then. */
static void
make(struct writer *w, double now)
{
	w->looked = now;
	if (!ballast_make(w->store->dir))
		return;
	set_ballast(w, true);
	if (w->spent)
		w->deadline = now;
	w->spent = false;
}

bool
full_look(struct writer *w)
{
	double now = clock_mono(&w->clock);
	double pause = any_waited(w) ? DEMAND_SECONDS : RETRY_SECONDS;

	if (w->stats.ballast == 0 && now >= w->looked + pause)
		make(w, now);
	if (w->spent)
		fail_others(w, not_waited);
	if (w->spent && w->stats.stalled && now < w->deadline)
		return false;
	if (w->held.first != NULL || !w->stats.full || w->spent)
		return w->held.first != NULL;
	w->looked = w->deadline = now; /* whether it is still full */
	return true;
}

void
full_wait(struct writer *w)
{
	bool well = w->stats.ballast > 0 && !w->stats.full;
	double until = w->looked + RETRY_SECONDS;

	while (w->in.first == NULL && !w->stop &&
	    (well || clock_mono(&w->clock) < until)) {
		if (well)
			pthread_cond_wait(&w->wake, &w->lock);
		else
			writer_sleep(w, until);
	}
}

void
full_start(struct writer *w)
{
	w->looked = clock_mono(&w->clock);
	if (ballast_make(w->store->dir))
		w->stats.ballast = BALLAST_BYTES;
	else
		log_warn("%s: no room for the ballast: if the disk is full, "
			 "decisions may be lost at a stop",
		    w->store->dir);
}
