/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.h: the log, record by record, within one read transaction.
 *
 * A run of records that were dropped is read as one event, EVENT_DROPPED, with
 * the number of the last of them.
 */
#ifndef PERSIST_READING_H
#define PERSIST_READING_H

#include "persist/record.h"
#include "persist/store.h"

struct reading {
	struct store *store;
	struct fault *fault; /* of whoever reads; NULL: nobody asks why */
	MDB_txn *txn;
	MDB_cursor *cursor; /* over the log */
	struct room room;   /* what the event that was last read points to */
};

/* A record as it stands in the log. */
struct stored {
	uint64_t seq;
	uint32_t chain; /* its own place */
	MDB_val body;
};

/* ERR_STORAGE.  While it lasts the map cannot grow. */
enum err reading_begin(struct reading *);
void reading_end(struct reading *);

/* "record N of the log in DIR is damaged: what"; ERR_DATA. */
enum err reading_bad(const struct reading *, uint64_t seq, const char *what);

/* The record of that number.  ERR_DATA: there is none. */
enum err reading_record(const struct reading *, uint64_t seq, struct stored *);

/* The first that stands after that number, which is the next, or the run that
 * begins with the next.  ERR_DATA: there is none. */
enum err reading_next(const struct reading *, uint64_t seq, struct stored *);

/* Its event, if it continues the log after *seq and the chain there; both are
 * then its own.  Of a reading that need not have begun.  ERR_DATA. */
enum err reading_decode(struct reading *, const struct stored *, uint64_t *seq,
    uint32_t *chain, struct event *);

/* Both: the event after *seq.  ERR_DATA. */
enum err reading_event(struct reading *, uint64_t *seq, uint32_t *chain,
    struct event *);

/* Where to begin in order to read what comes after *seq, which is then that
 * record, or where the run that it is in begins; and the chain there. */
enum err reading_start(struct reading *, uint64_t *seq, uint32_t *chain);

#endif
