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
#include "persist/reading.h"

struct recovering {
	struct reading log;
	struct bandit *bandit;
	struct recovery *info;
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
cell_read(struct recovering *rd, MDB_val key, struct cell_pair *pair,
    struct cell *c)
{
	uint64_t sum;
	MDB_val val;

	*c = (struct cell){ 0 };
	if (mdb_get(rd->log.txn, rd->log.store->dbi[DB_CELLS], &key, &val) != 0)
		return;
	c->len = val.mv_size < CELL_HEAD ? 0 : val.mv_size - CELL_HEAD;
	if (c->len > 0) {
		memcpy(&c->as_of, val.mv_data, 8);
		memcpy(&sum, (uint8_t *)val.mv_data + 8, 8);
		c->data = (uint8_t *)val.mv_data + CELL_HEAD;
	}
	if (c->len > 0 && c->as_of <= rd->log.store->head.seq &&
	    XXH3_64bits_withSeed(c->data, c->len, c->as_of) == sum)
		return;
	c->data = NULL;
	pair->damaged = true;
	rd->info->bad_cells++;
}

static void
pair_read(struct recovering *rd, uint32_t router, uint32_t arm,
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
arm_load(struct recovering *rd, const struct router *r, struct arm *a,
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
arms_load(struct recovering *rd, struct router *r, uint64_t as_of,
    uint64_t *from)
{
	for (int i = 0; i < r->arms; i++)
		if (!arm_load(rd, r, r->arm[i], as_of, from))
			return false;
	return true;
}

/* The seq of the event under which the router was last learnt anew, or 0. */
static uint64_t
last_rebuild(const struct recovering *rd, uint32_t router)
{
	const struct overlay *o = bandit_overlay(rd->bandit, router);

	return o != NULL ? o->until : 0;
}

/* Loads a router from its cells, whole or not at all. */
static void
router_load(struct recovering *rd, uint32_t id, uint64_t *from)
{
	struct cell_pair pair;

	pair_read(rd, id, 0, &pair);
	for (int i = 0; i < 2; i++) {
		const struct cell *c = &pair.cell[i];
		uint64_t start = c->as_of;
		struct router *r = NULL;

		if (c->data != NULL)
			r = cell_decode_router(c->data, c->len);
		if (r != NULL && r->era != last_rebuild(rd, id)) {
			router_free(r); /* learnt anew since */
			continue;
		}
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
cells_load(struct recovering *rd, uint64_t *from)
{
	uint32_t last = 0;
	MDB_cursor *cur;
	MDB_val key;
	int rc =
	    mdb_cursor_open(rd->log.txn, rd->log.store->dbi[DB_CELLS], &cur);

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
record_fold(struct recovering *rd, uint64_t seq, uint32_t *chain)
{
	struct fault why = { 0 };
	struct event ev;
	enum err e = reading_event(&rd->log, seq, chain, &ev);

	if (e != ERR_NONE)
		return e;
	if (bandit_fold(rd->bandit, &ev, &why) == ERR_DATA)
		return reading_bad(&rd->log, seq, why.text);
	rd->info->records++;
	return ERR_NONE;
}

enum err
recover_rebuilds(struct reading *log, struct bandit *b)
{
	for (uint32_t id = 1; id <= log->store->routers; id++) {
		struct overlay o = { 0 };
		struct event ev;
		uint32_t chain;
		MDB_val body;
		enum err e;

		if (rebuild_get(log->store, log->txn, id, &o.until) != 0)
			return reading_bad(log, 0,
			    "it says nothing of rebuilds");
		if (o.until == 0)
			continue;
		e = reading_record(log, o.until, &body, &chain);
		if (e != ERR_NONE)
			return e;
		if (event_decode(body.mv_data, body.mv_size, &log->room, &ev,
			NULL) != ERR_NONE ||
		    ev.kind != EVENT_REBUILD || ev.router != id)
			return reading_bad(log, o.until, "it is no rebuild");
		o.named = ev.named;
		o.settings = ev.settings;
		bandit_rebuilt(b, id, &o);
	}
	return ERR_NONE;
}

static enum err
log_fold(struct recovering *rd, uint64_t from)
{
	uint64_t head = rd->log.store->head.seq;
	enum err e = ERR_NONE;
	uint32_t chain = 0;
	MDB_val body;

	if (from > 0)
		e = reading_record(&rd->log, from, &body, &chain);
	for (uint64_t seq = from + 1; e == ERR_NONE && seq <= head; seq++) {
		e = record_fold(rd, seq, &chain);
		if (rd->info->records % 100000 == 99999)
			log_info("folded the log up to record %" PRIu64
				 " of %" PRIu64,
			    seq, head);
	}
	if (e == ERR_NONE && chain != rd->log.store->head.chain)
		e = reading_bad(&rd->log, head,
		    "the log does not end as it should");
	return e;
}

enum err
recover_state(struct store *store, struct bandit *b, bool all_of_it,
    struct recovery *info, struct fault *f)
{
	struct recovering rd = { { .store = store, .fault = f }, b, info };
	struct clock clock = { 0 };
	double start = clock_mono(&clock);
	enum err e = reading_begin(&rd.log);

	if (e != ERR_NONE)
		return e;
	if ((e = recover_rebuilds(&rd.log, b)) != ERR_NONE) {
		reading_end(&rd.log);
		return e;
	}
	info->from = store->head.seq;
	if (all_of_it || cells_load(&rd, &info->from) != 0 ||
	    b->routers < (int)store->routers)
		info->from = 0; /* some router has no cells yet */
	b->seq = info->from;
	e = log_fold(&rd, info->from);
	reading_end(&rd.log);
	info->seconds += clock_mono(&clock) - start;
	return e;
}

/* Its arms that wait, but those of arms that are gone, which will expire. */
static void
restore_waiting(struct router *r, struct pending *p, const struct decision *d)
{
	struct waiting *w = pending_waiting(p);

	for (int i = 0; i < p->k; i++) {
		struct arm *a = router_arm_of(r, w[i].arm);

		w[i].ended = d->shown[i].ended != 0;
		w[i].pends = a != NULL && !w[i].ended;
		if (w[i].pends)
			router_pend(r, a, d, i, &w[i].mark);
	}
}

/* What a restart must know of a decision, pending or not. */
static void
decision_restore(struct recovering *rd, struct pending_table *t,
    const struct decision_record *record)
{
	const struct decision *d = &record->decision;
	struct router *r = bandit_of(rd->bandit, d->router);
	bool own = !id_parse(d->id, NULL, NULL);
	bool waits = record->state == DECISION_PENDING;
	struct pending *p;

	if (r == NULL)
		return;
	if (d->number > r->decisions)
		r->decisions = d->number;
	if (!waits && !own)
		return;
	p = pending_add(t, d, own);
	if (!waits) {
		pending_settle(t, p);
		return;
	}
	r->pending++;
	if (router_context(r, d->x, d->d, NULL) == ERR_NONE)
		router_sample(r, d->time);
	restore_waiting(r, p, d);
	rd->info->pending++;
}

static enum err
decisions_read(struct recovering *rd, struct pending_table *t)
{
	struct decision_record record;
	MDB_val key, val;
	MDB_cursor *cur;
	int rc = mdb_cursor_open(rd->log.txn, rd->log.store->dbi[DB_DECISIONS],
	    &cur);

	if (rc != 0)
		return fault_set(rd->log.fault, ERR_STORAGE,
		    "cannot read %s: %s", rd->log.store->dir, mdb_strerror(rc));
	while ((rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT)) == 0) {
		if (decision_decode(val.mv_data, val.mv_size, &rd->log.room,
			&record))
			break;
		decision_restore(rd, t, &record);
	}
	mdb_cursor_close(cur);
	if (rc == MDB_NOTFOUND)
		return ERR_NONE;
	return fault_set(rd->log.fault, ERR_DATA,
	    "decision %u.%llu in %s is damaged: %s",
	    key.mv_size == 12 ? be32(key.mv_data) : 0,
	    key.mv_size == 12
		? (unsigned long long)be32((uint8_t *)key.mv_data + 8)
		: 0,
	    rd->log.store->dir,
	    rc == 0 ? "it cannot be read" : mdb_strerror(rc));
}

/* Contexts of rewards that are held count for the bandwidth as well. */
static void
held_sample(struct router *r)
{
	const struct hold *h = &r->hold;

	for (int i = 0; i < h->lessons; i++) {
		memcpy(r->x, h->lesson_x + (size_t)i * (size_t)h->d,
		    (size_t)h->d * sizeof *r->x);
		router_sample(r, h->lesson[i].lesson.time);
	}
}

enum err
recover_pending(struct store *store, struct bandit *b, struct pending_table *t,
    struct recovery *info, struct fault *f)
{
	struct recovering rd = { { .store = store, .fault = f }, b, info };
	enum err e;

	for (int i = 0; i < b->routers; i++) {
		b->router[i]->decisions = b->router[i]->numbered;
		held_sample(b->router[i]);
	}
	e = reading_begin(&rd.log);
	if (e != ERR_NONE)
		return e;
	e = decisions_read(&rd, t);
	reading_end(&rd.log);
	return e;
}
