/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h: the cells on disk, and a router from its own.
 */
#ifndef PERSIST_CELLS_H
#define PERSIST_CELLS_H

#include <stdbool.h>

#include "bandit/router.h"
#include "persist/reading.h"

/* One generation of a cell; data is NULL where it is missing or damaged. */
struct stored_cell {
	uint64_t as_of;
	const uint8_t *data;
	size_t len;
};

/* False: it is damaged, or says more than the log up to newest has. */
bool cell_of(MDB_val, uint64_t newest, struct stored_cell *);

/* True: it is there and good.  False, and *there: it is damaged. */
bool cell_get(struct store *, MDB_txn *, MDB_val key, uint64_t newest,
    struct stored_cell *, bool *there);

struct cells_load {
	uint32_t router;
	uint64_t era;   /* of the cells that count */
	uint64_t least; /* what the router's cell must have seen */
	bool oldest;    /* take the older generation where both are good */

	/* Results. */
	uint64_t from; /* fold the log after this */
	uint64_t bad;  /* cells that were damaged */
	uint32_t arm;  /* where there is no router: the last whose cells could
			  not be used; 0: its own */
};

/* The router with its arms, whole; NULL: neither of its generations can be
 * used, or none of one of its arms.  The caller's. */
struct router *cells_load(struct reading *, struct cells_load *);

#endif
