/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recover.h: from the state directory back to the state.
 *
 * The newest good cells, then the log after the oldest of them, checked
 * record by record; the result is, bit for bit, the fold of the whole log.
 *
 * Of a router whose log was cut, which is one of whose records some were
 * dropped that no rebuild has done without, the cells are all there is: it
 * comes from them or not at all.
 */
#ifndef PERSIST_RECOVER_H
#define PERSIST_RECOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/bandit.h"
#include "persist/pending.h"
#include "persist/store.h"

struct recovery {
	uint64_t from;      /* the log was folded after this seq */
	uint64_t records;   /* records folded */
	uint64_t bad_cells; /* cells that were damaged and not used */
	uint64_t pending;   /* decisions still waiting */
	double seconds;
};

/*
 * Fills in an empty bandit; where all_of_it is set from the log alone, and the
 * routers whose log was cut from the older of their cells.
 * ERR_DATA: the sentence names the record and what is wrong with it; the
 * bandit is then only good to be freed.  The store has no writer yet.
 */
enum err recover_state(struct store *, struct bandit *, bool all_of_it,
    struct recovery *, struct fault *);

/* Tells the bandit which routers were learnt anew, from their birth on.
 * ERR_DATA. */
struct reading;
enum err recover_rebuilds(struct reading *, struct bandit *);

/* Adds the routers whose log was cut, from the older of their cells: a fold
 * from the first record on goes over what they have seen.  ERR_DATA. */
enum err recover_cut(struct reading *, struct bandit *);

/* The decisions that wait, and the numbers of the last. */
enum err recover_pending(struct store *, struct bandit *,
    struct pending_table *, struct recovery *, struct fault *);

#endif
