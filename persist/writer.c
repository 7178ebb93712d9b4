#include "persist/writer.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "features/context.h"

#define FLUSH_SECONDS 0.5 /* what nobody waits for is on disk after this */
#define RETRY_SECONDS 1.0 /* between two tries on a full disk */
#define BATCH_MOST 256    /* lazy ops that are let wait */
#define KEEP_MOST 10000   /* decisions kept in memory while the disk is full */

struct queue {
	struct op *first, **last;
	uint64_t count;
};

struct writer {
	struct store *store;
	pthread_t thread;
	int fd; /* eventfd towards the loop */
	struct clock clock;

	pthread_mutex_t lock; /* over what follows, to the next blank line */
	pthread_cond_t wake;
	struct queue in, early, done;
	bool hurry, stop, failed;
	char failure[256];
	struct writer_stats stats;

	/* The loop's. */
	struct op *spare;

	/* The thread's. */
	struct applier a;
	struct queue held;     /* not committed yet, in order */
	struct op **unapplied; /* the first of them not in the transaction */
	double deadline;       /* when held must be tried, monotonic */
};

static void
queue_init(struct queue *q)
{
	q->first = NULL;
	q->last = &q->first;
	q->count = 0;
}

static void
queue_put(struct queue *q, struct op *op)
{
	op->next = NULL;
	*q->last = op;
	q->last = &op->next;
	q->count++;
}

static void
queue_move(struct queue *to, struct queue *from)
{
	if (from->first == NULL)
		return;
	*to->last = from->first;
	to->last = from->last;
	to->count += from->count;
	queue_init(from);
}

static void
op_free(struct op *op)
{
	free(op->x);
	buf_free(&op->data);
	free(op);
}

static void
ops_free(struct op *op)
{
	while (op != NULL) {
		struct op *next = op->next;

		op_free(op);
		op = next;
	}
}

/* Decisions and housekeeping, which nobody waits for. */
static bool
lazy(const struct op *op)
{
	return !op->urgent && op->kind != OP_REWARD && op->kind != OP_OBSERVE;
}

static bool
adds_record(const struct op *op)
{
	return op->kind >= OP_REWARD && op->kind <= OP_EXPIRE && !op->probe;
}

static void
ring(struct writer *w)
{
	uint64_t one = 1;
	ssize_t n = write(w->fd, &one, sizeof one);

	(void)n; /* the counter is already positive: the loop will come */
}

/* Hands the front of held, up to its end or those still to be kept, back. */
static void
hand_back(struct writer *w, struct queue *q)
{
	pthread_mutex_lock(&w->lock);
	w->stats.queued -= q->count;
	for (const struct op *op = q->first; op != NULL; op = op->next)
		w->stats.queued_records -= adds_record(op);
	queue_move(&w->done, q);
	pthread_mutex_unlock(&w->lock);
	ring(w);
}

static void
show_early(struct writer *w)
{
	bool any = false;

	pthread_mutex_lock(&w->lock);
	for (struct op *op = w->held.first; op != NULL; op = op->next) {
		/* All records, in their order, or the fold would not be the
		 * log's. */
		if (op->shown || (lazy(op) && !adds_record(op)))
			continue;
		op->shown = any = true;
		op->next_early = NULL;
		*w->early.last = op;
		w->early.last = &op->next_early;
	}
	pthread_mutex_unlock(&w->lock);
	if (any)
		ring(w);
}

static int
txn_open(struct writer *w)
{
	int rc;

	if (w->a.txn != NULL)
		return 0;
	pthread_rwlock_rdlock(&w->store->map_lock);
	rc = mdb_txn_begin(w->store->env, NULL, 0, &w->a.txn);
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

static void
count_commit(struct writer *w, double seconds)
{
	pthread_mutex_lock(&w->lock);
	w->stats.head = w->store->head = w->a.head;
	w->stats.commits++;
	w->stats.commit_last = seconds;
	if (seconds > w->stats.commit_max)
		w->stats.commit_max = seconds;
	w->stats.batch_last = w->held.count;
	w->stats.full = false;
	w->stats.size = store_size(w->store);
	pthread_mutex_unlock(&w->lock);
}

static int
txn_commit(struct writer *w)
{
	double start = clock_mono(&w->clock);
	int rc = head_put(&w->a);

	if (rc != 0)
		return rc;
	rc = mdb_txn_commit(w->a.txn);
	w->a.txn = NULL;
	pthread_rwlock_unlock(&w->store->map_lock);
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

/* LMDB calls a write that fell short EIO; on a full disk it was that. */
static bool
disk_full(const struct writer *w, int rc)
{
	struct statvfs fs;

	if (rc == ENOSPC || rc == EDQUOT || rc == EFBIG)
		return true;
	return rc == EIO && statvfs(w->store->dir, &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize < 1 << 20;
}

/* Whether the op waits in memory for space, or fails now. */
static bool
kept(const struct op *op, uint64_t keeping)
{
	if (op->shown)
		return true;
	if (op->urgent || op->kind >= OP_CELL)
		return false;
	return op->kind == OP_EVENT || keeping < KEEP_MOST;
}

static void
fail_full(struct writer *w)
{
	struct queue keep, fail;
	struct op *op = w->held.first, *next;

	queue_init(&keep);
	queue_init(&fail);
	for (; op != NULL; op = next) {
		next = op->next;
		if (kept(op, keep.count))
			queue_put(&keep, op);
		else {
			op->err = ERR_STORAGE;
			op->applied = false;
			queue_put(&fail, op);
		}
	}
	queue_init(&w->held);
	queue_move(&w->held, &keep);
	w->deadline = clock_mono(&w->clock) + RETRY_SECONDS;
	pthread_mutex_lock(&w->lock);
	w->stats.full = true;
	w->stats.commit_errors++;
	pthread_mutex_unlock(&w->lock);
	hand_back(w, &fail);
}

static void
fail_for_good(struct writer *w, int rc)
{
	pthread_mutex_lock(&w->lock);
	w->failed = true;
	snprintf(w->failure, sizeof w->failure, "%s: %s", w->store->dir,
	    mdb_strerror(rc));
	pthread_mutex_unlock(&w->lock);
	ring(w);
}

/* One try at everything held; false: look at the error and try again. */
static bool
try_held(struct writer *w)
{
	int rc = txn_open(w);

	if (rc == 0)
		rc = apply_held(w);
	if (rc == 0 && !commit_due(w)) {
		show_early(w);
		return true;
	}
	if (rc == 0)
		rc = txn_commit(w);
	if (rc == 0) {
		hand_back(w, &w->held);
		return true;
	}
	txn_abort(w);
	if (rc == MDB_MAP_FULL && store_grow(w->store) == ERR_NONE)
		return false;
	if (disk_full(w, rc))
		fail_full(w);
	else
		fail_for_good(w, rc);
	return true;
}

static void
sleep_until(struct writer *w, double mono)
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
	while (w->in.first == NULL && w->held.first == NULL && !w->stop)
		pthread_cond_wait(&w->wake, &w->lock);
	if (w->held.first == NULL)
		w->deadline = clock_mono(&w->clock) + FLUSH_SECONDS;
	while (!w->stop && !w->hurry && w->in.count < BATCH_MOST &&
	    clock_mono(&w->clock) < w->deadline)
		sleep_until(w, w->deadline);
	if (w->stop)
		w->deadline = 0;
	w->hurry = false;
	more = w->in.first != NULL || w->held.first != NULL;
	queue_move(&w->held, &w->in);
	pthread_mutex_unlock(&w->lock);
	return more;
}

static bool
stopped(struct writer *w)
{
	bool stop;

	pthread_mutex_lock(&w->lock);
	stop = w->failed || (w->stop && w->stats.full);
	pthread_mutex_unlock(&w->lock);
	return stop;
}

static void *
run(void *arg)
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

struct writer *
writer_new(struct store *store)
{
	struct writer *w = mem_zalloc(1, sizeof *w);
	pthread_condattr_t monotonic;

	w->store = store;
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	queue_init(&w->in);
	queue_init(&w->held);
	queue_init(&w->done);
	queue_init(&w->early);
	w->a.store = store;
	w->a.x = mem_alloc(CONTEXT_MAX_DIMENSION, sizeof *w->a.x);
	w->stats.head = store->head;
	w->stats.size = store_size(store);
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (w->fd < 0 || pthread_create(&w->thread, NULL, run, w) != 0)
		abort();
	return w;
}

void
writer_free(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	ops_free(w->in.first);
	ops_free(w->held.first);
	ops_free(w->done.first);
	ops_free(w->spare);
	buf_free(&w->a.body);
	free(w->a.x);
	close(w->fd);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

struct op *
writer_op(struct writer *w, enum op_kind kind, int d)
{
	struct op *op = w->spare, fresh = { .kind = kind };

	if (op != NULL) {
		w->spare = op->next;
		fresh.x = op->x;
		fresh.x_cap = op->x_cap;
	} else
		op = mem_alloc(1, sizeof *op);
	*op = fresh;
	if (d > op->x_cap) {
		op->x = mem_realloc(op->x, (size_t)d, sizeof *op->x);
		op->x_cap = d;
	}
	op->ev.decision.x = op->x;
	op->ev.decision.d = d;
	return op;
}

void
writer_recycle(struct writer *w, struct op *op)
{
	buf_free(&op->data); /* of a cell: too much to keep per op */
	op->next = w->spare;
	w->spare = op;
}

void
writer_put(struct writer *w, struct op *op)
{
	bool wake;

	pthread_mutex_lock(&w->lock);
	queue_put(&w->in, op);
	w->stats.queued++;
	w->stats.queued_records += adds_record(op);
	w->hurry |= !lazy(op);
	wake = !lazy(op) || w->in.count == 1 || w->in.count >= BATCH_MOST;
	if (wake)
		pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void
writer_post(struct writer *w, struct op *op)
{
	pthread_mutex_lock(&w->lock);
	queue_put(&w->done, op);
	pthread_mutex_unlock(&w->lock);
	ring(w);
}

int
writer_fd(const struct writer *w)
{
	return w->fd;
}

void
writer_drain_fd(struct writer *w)
{
	uint64_t count;
	ssize_t n = read(w->fd, &count, sizeof count);

	(void)n; /* nothing there is as good */
}

struct op *
writer_take(struct writer *w, struct op **early)
{
	struct op *list;

	pthread_mutex_lock(&w->lock);
	*early = w->early.first;
	list = w->done.first;
	queue_init(&w->early);
	queue_init(&w->done);
	pthread_mutex_unlock(&w->lock);
	return list;
}

const char *
writer_failed(struct writer *w)
{
	const char *failure;

	pthread_mutex_lock(&w->lock);
	failure = w->failed ? w->failure : NULL;
	pthread_mutex_unlock(&w->lock);
	return failure;
}

void
writer_stats(struct writer *w, struct writer_stats *stats)
{
	pthread_mutex_lock(&w->lock);
	*stats = w->stats;
	pthread_mutex_unlock(&w->lock);
}
