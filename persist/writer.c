/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/writer.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "persist/writer_thread.h"

#define DATA_KEEP 16384 /* bytes: what was seen of some hundred arms */

void
queue_init(struct queue *q)
{
	q->first = NULL;
	q->last = &q->first;
	q->count = 0;
}

void
queue_put(struct queue *q, struct op *op)
{
	op->next = NULL;
	*q->last = op;
	q->last = &op->next;
	q->count++;
}

void
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
	room_fini(&op->room);
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

bool
op_lazy(const struct op *op)
{
	bool waited = (op->kind >= OP_REWARD && op->kind <= OP_IMPORT) ||
	    op->kind == OP_EXPLAIN;

	return !op->urgent && !waited;
}

bool
op_adds_record(const struct op *op)
{
	return op->kind >= OP_REWARD && op->kind <= OP_EXPIRE && !op->probe;
}

void
writer_ring(struct writer *w)
{
	uint64_t one = 1;
	ssize_t n = write(w->fd, &one, sizeof one);

	(void)n; /* the counter is already positive: the loop will come */
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
	w->stats.head = store->head;
	w->stats.size = store_size(store);
	full_start(w);
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (w->fd < 0 || pthread_create(&w->thread, NULL, writer_run, w) != 0) {
		log_error("no thread or no file for the writer");
		_Exit(EX_OSERR);
	}
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
	buf_free(&w->a.run);
	room_fini(&w->a.room);
	close(w->fd);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

struct op *
writer_op(struct writer *w, enum op_kind kind, int d)
{
	struct op *op = w->spare;

	if (op != NULL)
		w->spare = op->next;
	else
		op = mem_zalloc(1, sizeof *op);
	memset(op, 0, offsetof(struct op, room));
	op->kind = kind;
	op->data.len = 0;
	op->fault.code = ERR_NONE;
	op->fault.text[0] = '\0';
	op->ev.decision.x = d > 0 ? room_x(&op->room, d) : NULL;
	op->ev.decision.d = d;
	return op;
}

void
writer_recycle(struct writer *w, struct op *op)
{
	if (op->data.cap > DATA_KEEP) /* of a cell: too much to keep per op */
		buf_free(&op->data);
	op->next = w->spare;
	w->spare = op;
}

void
writer_put(struct writer *w, struct op *op)
{
	bool wake;

	op->put_at = clock_mono(&w->clock);
	pthread_mutex_lock(&w->lock);
	queue_put(&w->in, op);
	w->stats.queued++;
	w->stats.queued_records += op_adds_record(op);
	w->hurry |= !op_lazy(op);
	wake = !op_lazy(op) || w->in.count == 1 || w->in.count >= BATCH_MOST;
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
	writer_ring(w);
}

void
writer_ends(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_mutex_unlock(&w->lock);
}

void
writer_hold(struct writer *w, bool hold)
{
	pthread_mutex_lock(&w->lock);
	w->hold = hold;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
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
	if (stats->oldest == 0 && w->in.first != NULL)
		stats->oldest = w->in.first->put_at;
	pthread_mutex_unlock(&w->lock);
}
