/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/recover.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/mem.h"
#include "features/context.h"
#include "persist/cells.h"
#include "persist/reading.h"

struct recovering {
	struct reading log;
	struct bandit *bandit;
	struct recovery *info;
};

/* The seq of the event under which the router was last learnt anew, or 0. */
static uint64_t
last_rebuild(const struct recovering *rd, uint32_t router)
{
	const struct overlay *o = bandit_overlay(rd->bandit, router);

	return o != NULL ? o->until : 0;
}

/* Whether records of the router were dropped that its log cannot be folded
 * without: all but those that it was learnt anew without. */
static bool
is_cut(const struct bandit *b, uint32_t id, const struct log_part *part)
{
	const struct overlay *o = bandit_overlay(b, id);

	return part->last > (o != NULL ? o->after : 0);
}

static enum err
say_lost(const struct reading *log, const struct cells_load *l,
    const struct log_part *part)
{
	return fault_set(log->fault, ERR_DATA,
	    "%s: neither generation of the snapshot of router %" PRIu32
	    ", arm %" PRIu32 " can be used, and its records up to %" PRIu64
	    " were dropped: its log is there from record %" PRIu64
	    " on; restore a backup, or save what can be read with "
	    "\"banditd --salvage FILE -d %s\"",
	    log->store->dir, l->router, l->arm, part->last, part->last + 1,
	    log->store->dir);
}

/* From its cells; or, where it has none or is to be folded from its birth, not
 * at all: then *from is 0. */
static enum err
router_load(struct recovering *rd, uint32_t id, bool all_of_it, uint64_t *from)
{
	struct reading *log = &rd->log;
	struct cells_load l = { .router = id, .era = last_rebuild(rd, id) };
	struct log_part part;
	struct router *r = NULL;
	bool cut;

	if (part_get(log->store, log->txn, id, &part) != 0)
		return reading_bad(log, 0, "it says nothing of its routers");
	cut = is_cut(rd->bandit, id, &part);
	l.least = cut ? part.last : 0;
	l.oldest = all_of_it;
	if ((cut || !all_of_it) && fail_point("recover.cells") == 0)
		r = cells_load(log, &l);
	rd->info->bad_cells += l.bad;
	if (r == NULL && cut)
		return say_lost(log, &l, &part);
	if (r == NULL)
		l.from = 0;
	else
		bandit_add(rd->bandit, r);
	if (l.from < *from)
		*from = l.from;
	return ERR_NONE;
}

static enum err
routers_load(struct recovering *rd, bool all_of_it, uint64_t *from)
{
	enum err e = ERR_NONE;

	for (uint32_t id = 1; e == ERR_NONE && id <= rd->log.store->routers;
	     id++)
		e = router_load(rd, id, all_of_it, from);
	return e;
}

enum err
recover_cut(struct reading *log, struct bandit *b)
{
	struct recovery info = { 0 };
	struct recovering rd = { *log, b, &info };
	uint64_t from = 0;

	return routers_load(&rd, true, &from);
}

static uint32_t
be32(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static enum err
say_unread(const struct recovering *rd, const char *why)
{
	return fault_set(rd->log.fault, ERR_STORAGE, "cannot read %s: %s",
	    rd->log.store->dir, why);
}

static enum err
record_fold(struct recovering *rd, uint64_t *seq, uint32_t *chain)
{
	struct fault why = { 0 };
	struct event ev;
	enum err e = fail_point("recover.record") != 0
	    ? say_unread(rd, strerror(errno))
	    : reading_event(&rd->log, seq, chain, &ev);

	if (e != ERR_NONE)
		return e;
	if (bandit_fold(rd->bandit, &ev, &why) == ERR_DATA)
		return reading_bad(&rd->log, *seq, why.text);
	rd->info->records += ev.kind != EVENT_DROPPED;
	return ERR_NONE;
}

enum err
recover_rebuilds(struct reading *log, struct bandit *b)
{
	for (uint32_t id = 1; id <= log->store->routers; id++) {
		struct overlay o = { 0 };
		struct event ev;
		struct stored at;
		enum err e;

		if (rebuild_get(log->store, log->txn, id, &o.until) != 0)
			return reading_bad(log, 0,
			    "it says nothing of rebuilds");
		if (o.until == 0)
			continue;
		e = reading_record(log, o.until, &at);
		if (e != ERR_NONE)
			return e;
		if (event_decode(at.body.mv_data, at.body.mv_size, &log->room,
			&ev, NULL) != ERR_NONE ||
		    ev.kind != EVENT_REBUILD || ev.router != id)
			return reading_bad(log, o.until, "it is no rebuild");
		o.named = ev.named;
		o.after = ev.after;
		o.settings = ev.settings;
		bandit_rebuilt(b, id, &o);
	}
	return ERR_NONE;
}

static enum err
log_fold(struct recovering *rd, uint64_t seq)
{
	uint64_t head = rd->log.store->head.seq, said = seq;
	uint32_t chain;
	enum err e = reading_start(&rd->log, &seq, &chain);

	rd->bandit->seq = seq;
	while (e == ERR_NONE && seq < head) {
		e = record_fold(rd, &seq, &chain);
		if (seq - said < 100000)
			continue;
		said = seq;
		log_info("folded the log up to record %" PRIu64 " of %" PRIu64,
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
	info->from = all_of_it ? 0 : store->head.seq;
	e = routers_load(&rd, all_of_it, &info->from);
	if (e == ERR_NONE)
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
		return say_unread(rd, mdb_strerror(rc));
	while ((rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT)) == 0) {
		if ((rc = fail_point("recover.decision")) != 0 ||
		    decision_decode(val.mv_data, val.mv_size, &rd->log.room,
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
