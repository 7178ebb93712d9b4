/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify.h: whether a state directory is what it was written as.
 *
 * First its pages, without LMDB; then, in a process of its own, every record
 * with LMDB.  Takes memory for one record and, where the log is folded, for
 * what was learnt.
 */
#ifndef PERSIST_VERIFY_H
#define PERSIST_VERIFY_H

#include <stdint.h>

#include "bandit/bandit.h"
#include "base/err.h"
#include "persist/guard.h"

struct verify_report {
	uint64_t pages, bytes;     /* of the data file in use */
	uint64_t first, last;      /* seq; 0: the log is empty */
	uint64_t records, dropped; /* that are there, and that are not */
	uint64_t decisions, own_ids, keys;
	uint64_t cells, compared, old, bad_cells;
	uint32_t routers;
	double seconds;
	char hash[STATE_HASH_SIZE]; /* of what the whole log gives */
};

/*
 * Reads everything, folds the whole log, and compares every snapshot with it
 * bit for bit; changes nothing but the process id in dir/lock, which it holds
 * meanwhile.  Progress, in records, where it is not NULL.
 * ERR_DATA: damaged, or of a newer schema; the sentence names what is and says
 * what helps.  ERR_UNAVAILABLE: a daemon uses it.  ERR_STORAGE.
 */
enum err verify_state(const char *dir, struct verify_report *,
    guard_progress_fn *progress, void *progress_arg, struct fault *);

/*
 * What a start needs: the same without the fold.  A snapshot whose checksum
 * does not fit is no error: the log makes up for it.  The lock is the
 * caller's, and lock_fd is closed in the process that reads.
 */
enum err verify_start(const char *dir, int lock_fd, struct fault *);

#endif
