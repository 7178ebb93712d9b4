/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.h: every record of every database, each by its own checks and against
 * those it belongs to.
 *
 * meta       what must be there is, and fits the log
 * log        numbers without gaps but for what was dropped, the chain, each
 *            body reads as an event; what meta says of each router
 * cells      each under the key it says itself, checksum, not from the future
 * decisions  checksum, each under its own number; one that waits and has an id
 *            of the gateway's is found by it
 * own_ids    each leads to a decision that has that id
 * keys       each record of the log with a key is there, and nothing else
 */
#ifndef PERSIST_CHECK_H
#define PERSIST_CHECK_H

#include "persist/reading.h"

struct compare;

struct check {
	struct reading log;      /* its store is open, its fault is set */
	const uint64_t *entries; /* [DB_COUNT], as the pages say */
	struct compare *compare; /* what folds the log; NULL: only read */
	void (*progress)(void *, uint64_t done, uint64_t total); /* or NULL */
	void *progress_arg;

	/* Results. */
	uint64_t records, dropped, decisions, own_ids, keys, cells;
	uint64_t bad_cells; /* of those: the checksum does not fit */
	bool mended;        /* what is wrong heals by itself at a start */

	/* While it runs. */
	uint64_t start; /* highest of an id */
	uint32_t births;
	uint64_t *rebuilt; /* [births + 1], seq of the last of each router */
	struct log_part *part; /* [births + 1], as the log has them */
};

/*
 * Stops at the first that is wrong.  A damaged cell is counted, as the log
 * makes up for it, and is an error where the log is compared with the cells.
 * ERR_DATA, ERR_STORAGE.
 */
enum err check_records(struct check *);

/* "DIR is damaged: what"; ERR_DATA. */
enum err check_bad(const struct check *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* check_log.c: the log, and what meta says of it. */
enum err check_log(struct check *);

#endif
