/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/recover.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "bandit/cell.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "features/context.h"
#include "persist/record.h"

struct reading {
	struct store *store;
	MDB_txn *txn;
	struct bandit *bandit;
	struct recovery *info;
	struct fault *fault;
	float *x; /* [CONTEXT_MAX_DIMENSION] */
};

/* One generation of a cell; data is NULL where it is missing or damaged. */
struct cell {
	uint64_t as_of;
	const uint8_t *data;
	size_t len;
};

struct cell_pair {
	struct cell cell[2]; /* newest first */
	bool damaged;        /* one was there and is not good */
};

static void
cell_read(struct reading *rd, MDB_val key, struct cell_pair *pair,
    struct cell *c)
{
	uint64_t sum;
	MDB_val val;

	*c = (struct cell){ 0 };
	if (mdb_get(rd->txn, rd->store->dbi[DB_CELLS], &key, &val) != 0)
		return;
	c->len = val.mv_size < CELL_HEAD ? 0 : val.mv_size - CELL_HEAD;
	if (c->len > 0) {
		memcpy(&c->as_of, val.mv_data, 8);
		memcpy(&sum, (uint8_t *)val.mv_data + 8, 8);
		c->data = (uint8_t *)val.mv_data + CELL_HEAD;
	}
	if (c->len > 0 && c->as_of <= rd->store->head.seq &&
	    XXH3_64bits_withSeed(c->data, c->len, c->as_of) == sum)
		return;
	c->data = NULL;
	pair->damaged = true;
	rd->info->bad_cells++;
}

static void
pair_read(struct reading *rd, uint32_t router, uint32_t arm,
    struct cell_pair *pair)
{
	struct store_key k;
	struct cell c[2];

	*pair = (struct cell_pair){ 0 };
	for (uint8_t g = 0; g < 2; g++)
		cell_read(rd, key_cell(&k, router, arm, g), pair, &c[g]);
	pair->cell[0] = c[c[1].as_of > c[0].as_of];
	pair->cell[1] = c[c[1].as_of <= c[0].as_of];
}

/*
 * Loads an arm's newest good cell.  It is good as of the router's cell too,
 * since whatever changed before that was written before it; but where one
 * generation is damaged that may have been the newer, and only what the cell
 * says of itself counts.
 */
static bool
arm_load(struct reading *rd, const struct router *r, struct arm *a,
    uint64_t as_of, uint64_t *from)
{
	struct cell_pair pair;

	pair_read(rd, r->id, a->uid, &pair);
	for (int i = 0; i < 2; i++) {
		const struct cell *c = &pair.cell[i];

		if (c->data == NULL || !cell_decode_arm(r, a, c->data, c->len))
			continue;
		if ((pair.damaged || i > 0) && c->as_of < as_of)
			as_of = c->as_of;
		if (as_of < *from)
			*from = as_of;
		return true;
	}
	return false;
}

static bool
arms_load(struct reading *rd, struct router *r, uint64_t as_of, uint64_t *from)
{
	for (int i = 0; i < r->arms; i++)
		if (!arm_load(rd, r, r->arm[i], as_of, from))
			return false;
	return true;
}

/* Loads a router from its cells, whole or not at all. */
static void
router_load(struct reading *rd, uint32_t id, uint64_t *from)
{
	struct cell_pair pair;

	pair_read(rd, id, 0, &pair);
	for (int i = 0; i < 2; i++) {
		const struct cell *c = &pair.cell[i];
		uint64_t start = c->as_of;
		struct router *r = NULL;

		if (c->data != NULL)
			r = cell_decode_router(c->data, c->len);
		if (r != NULL && arms_load(rd, r, c->as_of, &start)) {
			bandit_add(rd->bandit, r);
			if (start < *from)
				*from = start;
			return;
		}
		router_free(r);
	}
	*from = 0;
}

static uint32_t
be32(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

/* Routers are in the order of their ids, the order of their birth. */
static int
cells_load(struct reading *rd, uint64_t *from)
{
	uint32_t last = 0;
	MDB_cursor *cur;
	MDB_val key;
	int rc = mdb_cursor_open(rd->txn, rd->store->dbi[DB_CELLS], &cur);

	if (rc != 0)
		return rc;
	while ((rc = mdb_cursor_get(cur, &key, NULL, MDB_NEXT)) == 0) {
		if (key.mv_size != 9 || be32(key.mv_data) == last)
			continue;
		last = be32(key.mv_data);
		router_load(rd, last, from);
	}
	mdb_cursor_close(cur);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static enum err
bad_record(struct reading *rd, uint64_t seq, const char *what)
{
	return fault_set(rd->fault, ERR_DATA,
	    "record %" PRIu64 " of the log in %s is damaged: %s", seq,
	    rd->store->dir, what);
}

static enum err
record_read(struct reading *rd, uint64_t seq, MDB_val *body, uint32_t *chain)
{
	MDB_val key = { sizeof seq, &seq }, val;
	int rc = mdb_get(rd->txn, rd->store->dbi[DB_LOG], &key, &val);

	if (rc != 0)
		return bad_record(rd, seq, mdb_strerror(rc));
	if (val.mv_size <= sizeof *chain)
		return bad_record(rd, seq, "it is too short");
	memcpy(chain, val.mv_data, sizeof *chain);
	*body = (MDB_val){ val.mv_size - sizeof *chain,
		(uint8_t *)val.mv_data + sizeof *chain };
	return ERR_NONE;
}

static enum err
record_fold(struct reading *rd, uint64_t seq, uint32_t *chain)
{
	struct fault why = { 0 };
	struct event ev;
	uint32_t stored;
	MDB_val body;
	enum err e = record_read(rd, seq, &body, &stored);

	if (e != ERR_NONE)
		return e;
	*chain = store_chain(*chain, seq, body.mv_data, body.mv_size);
	if (*chain != stored)
		return bad_record(rd, seq, "its checksum does not fit");
	if (event_decode(body.mv_data, body.mv_size, rd->x, &ev, &why))
		return bad_record(rd, seq, why.text);
	ev.seq = seq;
	if (bandit_fold(rd->bandit, &ev, &why) == ERR_DATA)
		return bad_record(rd, seq, why.text);
	rd->info->records++;
	return ERR_NONE;
}

static enum err
log_fold(struct reading *rd, uint64_t from)
{
	uint64_t head = rd->store->head.seq;
	enum err e = ERR_NONE;
	uint32_t chain = 0;
	MDB_val body;

	if (from > 0)
		e = record_read(rd, from, &body, &chain);
	for (uint64_t seq = from + 1; e == ERR_NONE && seq <= head; seq++) {
		e = record_fold(rd, seq, &chain);
		if (rd->info->records % 100000 == 99999)
			log_info("folded the log up to record %" PRIu64
				 " of %" PRIu64,
			    seq, head);
	}
	if (e == ERR_NONE && chain != rd->store->head.chain)
		e = bad_record(rd, head, "the log does not end as it should");
	return e;
}

static enum err
reading_begin(struct reading *rd)
{
	int rc = mdb_txn_begin(rd->store->env, NULL, MDB_RDONLY, &rd->txn);

	if (rc != 0)
		return fault_set(rd->fault, ERR_STORAGE, "cannot read %s: %s",
		    rd->store->dir, mdb_strerror(rc));
	rd->x = mem_alloc(CONTEXT_MAX_DIMENSION, sizeof *rd->x);
	return ERR_NONE;
}

static void
reading_end(struct reading *rd)
{
	mdb_txn_abort(rd->txn);
	free(rd->x);
}

enum err
recover_state(struct store *store, struct bandit *b, bool all_of_it,
    struct recovery *info, struct fault *f)
{
	struct reading rd = { .store = store,
		.bandit = b,
		.info = info,
		.fault = f };
	struct clock clock = { 0 };
	double start = clock_mono(&clock);
	enum err e = reading_begin(&rd);

	if (e != ERR_NONE)
		return e;
	info->from = store->head.seq;
	if (all_of_it || cells_load(&rd, &info->from) != 0 ||
	    b->routers < (int)store->routers)
		info->from = 0; /* some router has no cells yet */
	b->seq = info->from;
	e = log_fold(&rd, info->from);
	reading_end(&rd);
	info->seconds += clock_mono(&clock) - start;
	return e;
}

/* What a restart must know of a decision, pending or not. */
static void
decision_restore(struct reading *rd, struct pending_table *t,
    const struct decision *d, enum decision_state state)
{
	struct router *r = bandit_of(rd->bandit, d->router);
	struct arm *a = r != NULL ? router_arm_of(r, d->arm) : NULL;
	bool own = !id_parse(d->id, NULL, NULL);

	if (r == NULL)
		return;
	if (d->number > r->decisions)
		r->decisions = d->number;
	if ((state != DECISION_PENDING && !own) || state == DECISION_EXPIRED)
		return;
	pending_add(t, d, own)->rewarded = state == DECISION_REWARDED;
	if (state != DECISION_PENDING || a == NULL)
		return; /* that of a removed arm will expire */
	router_pend(r, a, d->time);
	rd->info->pending++;
	if (!router_ready(r) && router_context(r, d->x, d->d, NULL) == ERR_NONE)
		router_sample(r, d->time);
}

static enum err
decisions_read(struct reading *rd, struct pending_table *t)
{
	enum decision_state state;
	MDB_val key, val;
	MDB_cursor *cur;
	struct decision d;
	uint64_t seq;
	int rc = mdb_cursor_open(rd->txn, rd->store->dbi[DB_DECISIONS], &cur);

	if (rc != 0)
		return fault_set(rd->fault, ERR_DATA, "%s", mdb_strerror(rc));
	while ((rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT)) == 0) {
		if (decision_decode(val.mv_data, val.mv_size, rd->x, &d, &state,
			&seq))
			break;
		decision_restore(rd, t, &d, state);
	}
	mdb_cursor_close(cur);
	if (rc == MDB_NOTFOUND)
		return ERR_NONE;
	return fault_set(rd->fault, ERR_DATA,
	    "decision %u.%llu in %s is damaged: %s",
	    key.mv_size == 12 ? be32(key.mv_data) : 0,
	    key.mv_size == 12
		? (unsigned long long)be32((uint8_t *)key.mv_data + 8)
		: 0,
	    rd->store->dir, rc == 0 ? "it cannot be read" : mdb_strerror(rc));
}

/* Contexts of rewards that are held count for the bandwidth as well. */
static void
held_sample(struct router *r)
{
	const struct hold *h = &r->hold;

	for (int i = 0; i < h->rewards; i++) {
		memcpy(r->x, h->reward_x + (size_t)i * (size_t)h->d,
		    (size_t)h->d * sizeof *r->x);
		router_sample(r, h->reward[i].time);
	}
}

enum err
recover_pending(struct store *store, struct bandit *b, struct pending_table *t,
    struct recovery *info, struct fault *f)
{
	struct reading rd = { .store = store,
		.bandit = b,
		.info = info,
		.fault = f };
	enum err e;

	for (int i = 0; i < b->routers; i++) {
		b->router[i]->decisions = b->router[i]->numbered;
		held_sample(b->router[i]);
	}
	e = reading_begin(&rd);
	if (e != ERR_NONE)
		return e;
	e = decisions_read(&rd, t);
	reading_end(&rd);
	return e;
}
