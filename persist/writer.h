/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * writer.h: the one thread that writes.
 *
 * It takes all ops that are queued, applies them in one transaction, commits
 * where one of them is urgent (or a second has passed), and hands them back.
 * The loop never waits for it: writer_put() and writer_take() only hold a
 * lock for a few instructions.  A full disk fails the urgent ops with
 * ERR_STORAGE, at once until the ballast can be made again; the others are
 * written in its room, and when that is used up are kept for a later try.  Any
 * other error of the disk is final (writer_failed()).
 */
#ifndef PERSIST_WRITER_H
#define PERSIST_WRITER_H

#include <stdbool.h>

#include "base/hist.h"
#include "persist/op.h"
#include "persist/store.h"

struct writer;

/* Starts the thread; the store stays the caller's and must outlive it. */
struct writer *writer_new(struct store *);

/* Writes all that is queued, ends the thread; ops not taken are freed. */
void writer_free(struct writer *);

/* An op of the kind with room for d floats, recycled where possible. */
struct op *writer_op(struct writer *, enum op_kind, int d);
void writer_recycle(struct writer *, struct op *);

void writer_put(struct writer *, struct op *);

/* A stop is near: a compaction that has not begun fails from now on, with
 * ERR_SHUTTING_DOWN. */
void writer_ends(struct writer *);

/* While held nothing new is taken; what was put meanwhile is then taken at
 * once, into one transaction. */
void writer_hold(struct writer *, bool);

/* Readable while writer_take() has something. */
int writer_fd(const struct writer *);
void writer_drain_fd(struct writer *);
void writer_ring(struct writer *); /* makes it readable; any thread */

/*
 * What is done, in order, linked by next; the caller recycles each.  Before
 * that, ops that nobody asked to be on disk may come as early, linked by
 * next_early and to be looked at first: their results are final, they are
 * still the writer's, and they come again, perhaps at once, when they are done.
 */
struct op *writer_take(struct writer *, struct op **early);

/* Hands an op back that another thread has done (OP_JOB); any thread. */
void writer_post(struct writer *, struct op *);

/* The sentence, once an error of the disk was final; else NULL. */
const char *writer_failed(struct writer *);

struct writer_stats {
	struct store_head head;  /* committed */
	uint64_t queued;         /* ops not yet done */
	uint64_t queued_records; /* those of them that add to the log */
	uint64_t commits, commit_errors;
	double commit_last, commit_max; /* seconds */
	struct hist commit_times;
	uint64_t batch_last, batch_max; /* ops in a commit */
	uint64_t batch_sum;             /* of all commits */
	double oldest; /* when the first op not yet done was queued,
			  monotonic; 0: there is none */
	bool full;        /* a commit found no space: rewards are refused */
	bool stalled;     /* and what nobody waits for is not written either */
	uint64_t ballast; /* bytes; 0: given up, or there is no room for it */
	struct store_size size;
};
void writer_stats(struct writer *, struct writer_stats *);

/* apply.c: applies one op within the transaction; an LMDB error or 0.  The
 * head moves on with every record. */
struct applier {
	struct store *store;
	MDB_txn *txn;
	struct store_head head;
	struct buf body;
	struct buf run;   /* what was dropped: an array of struct dropped */
	struct room room; /* for the decision that is looked at */
};
int op_apply(struct applier *, struct op *);
int apply_drop(struct applier *, struct op *); /* drop.c */
int head_put(struct applier *);

#endif
