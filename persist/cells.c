/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/cells.h"

#include <string.h>
#include <xxhash.h>

#include "bandit/cell.h"

struct cell_pair {
	struct stored_cell cell[2]; /* newest first */
	bool damaged;               /* one was there and is not good */
};

bool
cell_of(MDB_val val, uint64_t newest, struct stored_cell *c)
{
	uint64_t sum;

	*c = (struct stored_cell){ 0 };
	if (val.mv_size <= CELL_HEAD)
		return false;
	c->len = val.mv_size - CELL_HEAD;
	memcpy(&c->as_of, val.mv_data, 8);
	memcpy(&sum, (uint8_t *)val.mv_data + 8, 8);
	c->data = (uint8_t *)val.mv_data + CELL_HEAD;
	if (c->as_of <= newest &&
	    XXH3_64bits_withSeed(c->data, c->len, c->as_of) == sum)
		return true;
	c->data = NULL;
	return false;
}

bool
cell_get(struct store *s, MDB_txn *txn, MDB_val key, uint64_t newest,
    struct stored_cell *c, bool *there)
{
	MDB_val val;

	*c = (struct stored_cell){ 0 };
	*there = mdb_get(txn, s->dbi[DB_CELLS], &key, &val) == 0;
	return *there && cell_of(val, newest, c);
}

static void
pair_read(struct reading *rd, struct cells_load *l, uint32_t arm,
    struct cell_pair *pair)
{
	struct stored_cell c[2];
	struct store_key k;
	bool there;

	*pair = (struct cell_pair){ 0 };
	for (uint8_t g = 0; g < 2; g++)
		if (!cell_get(rd->store, rd->txn,
			key_cell(&k, l->router, arm, g), rd->store->head.seq,
			&c[g], &there) &&
		    there) {
			pair->damaged = true;
			l->bad++;
		}
	pair->cell[0] = c[c[1].as_of > c[0].as_of];
	pair->cell[1] = c[c[1].as_of <= c[0].as_of];
}

/*
 * Loads an arm from a cell of its own.  Its newest is good as of the router's
 * cell too, since whatever changed before that was written before it; but
 * where one generation is damaged that may have been the newer, and only what
 * the cell says of itself counts.
 */
static bool
arm_load(struct reading *rd, struct cells_load *l, const struct router *r,
    struct arm *a, uint64_t as_of)
{
	struct cell_pair pair;

	pair_read(rd, l, a->uid, &pair);
	for (int i = 0; i < 2; i++) {
		int at = l->oldest ? 1 - i : i;
		const struct stored_cell *c = &pair.cell[at];

		if (c->data == NULL || !cell_decode_arm(r, a, c->data, c->len))
			continue;
		if ((pair.damaged || at > 0) && c->as_of < as_of)
			as_of = c->as_of;
		if (as_of < l->from)
			l->from = as_of;
		return true;
	}
	l->arm = a->uid;
	return false;
}

static bool
arms_load(struct reading *rd, struct cells_load *l, struct router *r,
    uint64_t as_of)
{
	l->from = as_of;
	for (int i = 0; i < r->arms; i++)
		if (!arm_load(rd, l, r, r->arm[i], as_of))
			return false;
	return true;
}

struct router *
cells_load(struct reading *rd, struct cells_load *l)
{
	struct cell_pair pair;

	l->arm = 0;
	pair_read(rd, l, 0, &pair);
	for (int i = 0; i < 2; i++) {
		const struct stored_cell *c = &pair.cell[l->oldest ? 1 - i : i];
		struct router *r = NULL;

		if (c->data != NULL && c->as_of >= l->least)
			r = cell_decode_router(c->data, c->len);
		if (r != NULL && r->era == l->era && /* not learnt anew since */
		    r->id == l->router && arms_load(rd, l, r, c->as_of))
			return r;
		router_free(r);
	}
	return NULL;
}
