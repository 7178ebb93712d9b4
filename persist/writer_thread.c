/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer's thread: applies, commits, and says what is done. */
#include "persist/writer_thread.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/fail.h"

#define FLUSH_SECONDS 0.5 /* what nobody waits for is on disk after this */
#define TRIM_SECONDS 1.0

static double
oldest(const struct queue *q)
{
	return q->first != NULL ? q->first->put_at : 0;
}

void
writer_hand_back(struct writer *w, struct queue *q)
{
	pthread_mutex_lock(&w->lock);
	w->stats.oldest = q != &w->held ? oldest(&w->held) : 0;
	w->stats.queued -= q->count;
	for (const struct op *op = q->first; op != NULL; op = op->next)
		w->stats.queued_records -= op_adds_record(op);
	queue_move(&w->done, q);
	pthread_mutex_unlock(&w->lock);
	writer_ring(w);
}

static void
show_early(struct writer *w)
{
	bool any = false;

	pthread_mutex_lock(&w->lock);
	/* Not past what is done and not yet taken, which comes before it in
	 * the log; and not while the disk is full, when it may never be. */
	for (struct op *op =
		 w->done.first == NULL && !w->stats.full ? w->held.first : NULL;
	     op != NULL; op = op->next) {
		/* All records, in their order, or the fold would not be the
		 * log's. */
		if (op->shown || (op_lazy(op) && !op_adds_record(op)))
			continue;
		op->shown = any = true;
		op->next_early = NULL;
		*w->early.last = op;
		w->early.last = &op->next_early;
	}
	pthread_mutex_unlock(&w->lock);
	if (any)
		writer_ring(w);
}

static int
txn_open(struct writer *w)
{
	int rc;

	if (w->a.txn != NULL)
		return 0;
	pthread_rwlock_rdlock(&w->store->map_lock);
	rc = fail_point("writer.begin")
	    ?: mdb_txn_begin(w->store->env, NULL, 0, &w->a.txn);
	if (rc != 0) {
		w->a.txn = NULL;
		pthread_rwlock_unlock(&w->store->map_lock);
		return rc;
	}
	w->a.head = w->store->head;
	w->unapplied = &w->held.first;
	return 0;
}

static void
txn_abort(struct writer *w)
{
	if (w->a.txn == NULL)
		return;
	mdb_txn_abort(w->a.txn);
	w->a.txn = NULL;
	pthread_rwlock_unlock(&w->store->map_lock);
}

static int
apply_held(struct writer *w)
{
	int rc = 0;

	while (rc == 0 && *w->unapplied != NULL) {
		rc = op_apply(&w->a, *w->unapplied);
		if (rc == 0)
			w->unapplied = &(*w->unapplied)->next;
	}
	return rc;
}

/* For which those that were there have been read. */
static bool
wrote_cells(const struct writer *w)
{
	const struct op *op = w->held.first;

	while (op != NULL && op->kind != OP_CELL)
		op = op->next;
	return op != NULL;
}

/* Early, as a backup or a rebuild would hold growing up when it must be. */
static void
tend_map(struct writer *w, const struct store_size *size)
{
	double now = clock_mono(&w->clock);

	if (2 * size->used > size->map)
		store_grow(w->store, false);
	if (wrote_cells(w) || now >= w->trimmed + TRIM_SECONDS) {
		w->trimmed = now;
		store_trim(w->store);
	}
}

static void
count_commit(struct writer *w, double seconds)
{
	struct store_size size =
	    store_size(w->store); /* the lock is for less */

	pthread_mutex_lock(&w->lock);
	w->stats.head = w->store->head = w->a.head;
	w->stats.commits++;
	w->stats.commit_last = seconds;
	if (seconds > w->stats.commit_max)
		w->stats.commit_max = seconds;
	hist_add(&w->stats.commit_times, seconds);
	w->stats.batch_last = w->held.count;
	w->stats.batch_sum += w->held.count;
	if (w->held.count > w->stats.batch_max)
		w->stats.batch_max = w->held.count;
	w->stats.full = w->spent;
	w->stats.stalled = false;
	w->stats.size = size;
	pthread_mutex_unlock(&w->lock);
	tend_map(w, &size);
}

static int
txn_commit(struct writer *w)
{
	double start = clock_mono(&w->clock);
	int rc = fail_point("writer.commit") ?: head_put(&w->a);

	if (rc != 0)
		return rc;
	rc = mdb_txn_commit(w->a.txn);
	w->a.txn = NULL;
	pthread_rwlock_unlock(&w->store->map_lock);
	if (rc == 0)
		rc = fail_point("writer.committed");
	if (rc == 0)
		count_commit(w, clock_mono(&w->clock) - start);
	return rc;
}

static bool
commit_due(struct writer *w)
{
	if (w->held.count >= BATCH_MOST || clock_mono(&w->clock) >= w->deadline)
		return true;
	for (const struct op *op = w->held.first; op != NULL; op = op->next)
		if (op->urgent)
			return true;
	return false;
}

void
writer_fail(struct writer *w, const char *why)
{
	pthread_mutex_lock(&w->lock);
	w->failed = true;
	snprintf(w->failure, sizeof w->failure, "%s: %.400s", w->store->dir,
	    why);
	pthread_mutex_unlock(&w->lock);
	writer_ring(w);
}

/* One try at everything held; false: look at the error and try again. */
static bool
try_held(struct writer *w)
{
	int rc, error;

	if (!full_look(w))
		return true;
	errno = 0;
	rc = txn_open(w);
	if (rc == 0)
		rc = apply_held(w);
	if (rc == 0 && !commit_due(w)) {
		show_early(w);
		return true;
	}
	if (rc == 0)
		rc = txn_commit(w);
	if (rc == 0) {
		compact_held(w);
		return true;
	}
	error = errno;
	txn_abort(w);
	if (rc == MDB_PANIC && w->stats.full &&
	    store_reopen(w->store) == ERR_NONE)
		return false;
	if (rc == MDB_MAP_FULL && store_grow(w->store, true) == ERR_NONE)
		return false;
	if (full_is(w, rc, error))
		return !full_fail(w, rc);
	writer_fail(w, mdb_strerror(rc));
	return true;
}

void
writer_sleep(struct writer *w, double mono)
{
	struct timespec ts = { (time_t)mono, 0 };

	ts.tv_nsec = (long)((mono - (double)ts.tv_sec) * 1e9);
	pthread_cond_timedwait(&w->wake, &w->lock, &ts);
}

/* Waits for something to do and takes it; false: told to stop, all done. */
static bool
take_queued(struct writer *w)
{
	bool more;

	pthread_mutex_lock(&w->lock);
	if (w->in.first == NULL && w->held.first == NULL && !w->stop)
		full_wait(w);
	if (w->held.first == NULL)
		w->deadline = clock_mono(&w->clock) + FLUSH_SECONDS;
	while ((w->in.first != NULL || w->held.first != NULL) && !w->stop &&
	    !w->hurry && w->in.count < BATCH_MOST &&
	    clock_mono(&w->clock) < w->deadline)
		writer_sleep(w, w->deadline);
	while (w->hold)
		pthread_cond_wait(&w->wake, &w->lock);
	if (w->stop)
		w->deadline = 0;
	w->hurry = false;
	more = !w->stop || w->in.first != NULL || w->held.first != NULL;
	queue_move(&w->held, &w->in);
	w->stats.oldest = oldest(&w->held);
	pthread_mutex_unlock(&w->lock);
	return more;
}

static bool
stopped(struct writer *w)
{
	bool stop;

	pthread_mutex_lock(&w->lock);
	stop = w->failed || (w->stop && w->stats.stalled);
	pthread_mutex_unlock(&w->lock);
	return stop;
}

void *
writer_run(void *arg)
{
	struct writer *w = arg;

	while (take_queued(w)) {
		while (!try_held(w))
			continue;
		if (stopped(w))
			break;
	}
	txn_abort(w);
	return NULL;
}
