/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.h: the log, record by record, within one read transaction.
 */
#ifndef PERSIST_READING_H
#define PERSIST_READING_H

#include "persist/record.h"
#include "persist/store.h"

struct reading {
	struct store *store;
	struct fault *fault; /* of whoever reads; NULL: nobody asks why */
	MDB_txn *txn;
	struct room room; /* what the event that was last read points to */
};

/* ERR_STORAGE.  While it lasts the map cannot grow. */
enum err reading_begin(struct reading *);
void reading_end(struct reading *);

/* "record N of the log in DIR is damaged: what"; ERR_DATA. */
enum err reading_bad(const struct reading *, uint64_t seq, const char *what);

/* The bytes of a record, and its place in the chain.  ERR_DATA. */
enum err reading_record(const struct reading *, uint64_t seq, MDB_val *body,
    uint32_t *chain);

/* The event of such bytes, if they continue the chain; *chain is then their
 * own. Of a reading that need not have begun.  ERR_DATA. */
enum err reading_decode(struct reading *, uint64_t seq, MDB_val body,
    uint32_t stored, uint32_t *chain, struct event *);

/* The event, if it continues the chain; *chain is then its own.  ERR_DATA. */
enum err reading_event(struct reading *, uint64_t seq, uint32_t *chain,
    struct event *);

#endif
