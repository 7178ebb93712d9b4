/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * op.h: one thing to write, on its way to the disk and back.
 *
 * The event loop makes ops and queues them; the writer applies them in that
 * order, fills in the results, and hands them back in that order.
 */
#ifndef PERSIST_OP_H
#define PERSIST_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/event.h"
#include "base/buf.h"
#include "base/err.h"

enum op_kind {
	OP_DECISION, /* a decision was made; data: what was seen (record.h) */
	OP_REWARD,   /* the reward of a decision; its record says the rest */
	OP_CLICK,    /* what was chosen of a slate, or nothing */
	OP_PREFER,   /* which of two of a slate */
	OP_OBSERVE,  /* a reward without a decision */
	OP_IMPORT,   /* a record of another log, with a key (imported.h) */
	OP_EVENT,    /* any other event */
	OP_EXPIRE,   /* a decision ran out of time */
	OP_EXPLAIN,  /* data: the decision's record, as it is there */
	OP_CELL,     /* a cell of learnt state */
	OP_PURGE,    /* forget decisions of a router older than ev.time */
	OP_NOTE,     /* data becomes the value of ev.name in meta (store.h) */
	OP_DROP,    /* drop what is older than ev.time, or beyond keep_bytes, of
		       the records of a router, the oldest first */
	OP_COMPACT, /* write the file anew, when all before it is on disk */
	OP_SYNC,    /* nothing: done when all before it is on disk */
	OP_JOB,     /* done by another thread; never applied */
	OP_KINDS
};

#define PURGE_MOST 1000 /* decisions in one go, so that nobody waits long */

#define DROP_MOST 1000  /* records in one go, */
#define DROP_LOOKS 4000 /* of so many that are looked at */

/* ev.arm of a probe that names an arm where only the record knows the router:
 * the gateway named the decision, and it no longer waits.  No arm has it. */
#define ARM_UNSURE UINT32_MAX

/* The arm at that position of a slate of another log, where there is none of
 * its name.  No arm has it. */
#define ARM_NOBODY(position) (UINT32_MAX - 1 - (uint32_t)(position))

struct op {
	enum op_kind kind;
	bool urgent; /* somebody waits for it to be on disk */
	bool own_id; /* of a decision: the gateway named it */
	bool probe;  /* OP_REWARD ..: only say what became of the decision */
	struct event ev;
	uint64_t as_of; /* OP_CELL: all events up to it are folded; OP_IMPORT:
			   seq of the record in its own log */
	double keep_bytes; /* OP_DROP; may be INFINITY */
	uint64_t from;     /* OP_DROP: of the records up to it none is left */

	/* Results. */
	enum err err; /* ERR_STORAGE, ERR_UNKNOWN_DECISION, ERR_EXPIRED,
			 ERR_CONFLICT: ended in another way before,
			 ERR_BAD_REQUEST: it does not show that arm */
	bool applied; /* false: it was there already */
	uint64_t seq; /* of its record, or of the one that was there; OP_PURGE:
			 how many it forgot; OP_DROP: the next from */
	uint64_t count;         /* OP_DROP: how many it dropped */
	uint64_t before, after; /* OP_COMPACT: bytes of the file, */
	double seconds;         /* and how long it took */
	bool more;              /* OP_DROP: it has not looked at all */
	bool shown;             /* handed out before it is on disk (op_early) */

	/* The loop's. */
	bool finished; /* folded and answered, perhaps early */
	void (*answer)(void *owner, struct op *); /* NULL: nobody asked */
	uint64_t client;
	uint32_t msgid;

	/* The writer's. */
	double put_at; /* when it was queued, monotonic */
	struct op *next, *next_early;

	/* All before is cleared when the op is used again: its size counts. */
	struct room room; /* for what ev points to */
	struct buf data;  /* OP_CELL: the cell; empty: it is deleted; OP_NOTE */
	struct fault fault; /* why, where err is set */
};

#endif
