/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writer_thread.h: what the two sides of the writer share: writer.c, called by
 * the loop, and writer_thread.c, which is the thread.
 */
#ifndef PERSIST_WRITER_THREAD_H
#define PERSIST_WRITER_THREAD_H

#include "base/clock.h"
#include "persist/writer.h"

#define BATCH_MOST 256 /* lazy ops that are let wait */

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
	bool hurry, stop, failed, hold;
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

void queue_init(struct queue *);
void queue_put(struct queue *, struct op *);
void queue_move(struct queue *to, struct queue *from); /* all, to the end */

/* Decisions and housekeeping, which nobody waits for. */
bool op_lazy(const struct op *);
bool op_adds_record(const struct op *);

/* Tells the loop that there is something to take. */
void writer_ring(struct writer *);

/* The thread; its argument is the writer. */
void *writer_run(void *);

#endif
