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
	bool hurry, stop, failed, hold, ending;
	char failure[512];
	struct writer_stats stats;

	/* The loop's. */
	struct op *spare;

	/* The thread's. */
	struct applier a;
	struct queue held;     /* not committed yet, in order */
	struct op **unapplied; /* the first of them not in the transaction */
	double deadline;       /* when held must be tried, monotonic */
	bool spent;            /* the ballast was given up: keep its room */
	double looked;         /* at the disk, whether there is room again */
	double trimmed;        /* the map, monotonic */
};

void queue_init(struct queue *);
void queue_put(struct queue *, struct op *);
void queue_move(struct queue *to, struct queue *from); /* all, to the end */

/* Decisions and housekeeping, which nobody waits for. */
bool op_lazy(const struct op *);
bool op_adds_record(const struct op *);

/* For the front of held, or what of it is not kept. */
void writer_hand_back(struct writer *, struct queue *);

/*
 * writer_full.c: a disk that is full, in the thread.
 *
 * full_is(): whether that is what the LMDB error means; error: what errno was
 * after it, 0 before.
 * full_fail(): fails what cannot be kept of held, and spends the ballast;
 * true: try the rest again, there is room now.
 * full_look(): makes the ballast again where it is due and, until it can be,
 * fails what somebody waits for; whether there is anything to try.
 * full_wait(): waits for an op, the lock held; not for ever while all is not
 * well.
 */
bool full_is(const struct writer *, int rc, int error);
bool full_fail(struct writer *, int rc);
bool full_look(struct writer *);
void full_wait(struct writer *);
void full_start(struct writer *); /* before the thread: makes the ballast */

/*
 * writer_compact.c: hands back all that was held, which is committed, when the
 * compactions among it have been made.
 */
void compact_held(struct writer *);

/* Nothing is written any more. */
void writer_fail(struct writer *, const char *why);

void writer_sleep(struct writer *, double mono); /* with the lock */

/* The thread; its argument is the writer. */
void *writer_run(void *);

#endif
