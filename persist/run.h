/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.h: a run of records that were dropped from the log, as one record.
 *
 * It stands under the number of the run's last record and carries that
 * record's place in the chain, so the record after it continues the chain as
 * before.  How many there were is the sum of what it says of each router; so
 * it also says where the run begins.  The last four bytes of its body, its
 * "sum", are the CRC-32C, continued from the chain before the run, of its
 * number, of its body up to there, and of the place in the chain that it
 * carries: so it can no more be changed, moved or left out than any record.
 */
#ifndef PERSIST_RUN_H
#define PERSIST_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandit/event.h"
#include "base/buf.h"

/* Whether the body is of one; it may be broken all the same. */
bool run_is(const void *body, size_t len);

/* Appends the value that stands in the log: chain and body. */
void run_encode(const struct event *, uint64_t seq, uint32_t before,
    uint32_t chain, struct buf *);

/* Whether it follows what has that chain, and ends in that. */
bool run_proven(const void *body, size_t len, uint64_t seq, uint32_t before,
    uint32_t chain);

/*
 * Adds to what was dropped, an array of struct dropped in the buffer; from an
 * event of a router, or from another run.
 */
void run_add(struct buf *, const struct event *);

#endif
