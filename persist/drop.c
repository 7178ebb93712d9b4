/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * OP_DROP: the oldest of a router's records that teach leave the log, as far
 * as they are too old or too many, and never before both generations of all
 * that they taught have seen them.
 */
#include <string.h>

#include "bandit/cell.h"
#include "base/fail.h"
#include "persist/cells.h"
#include "persist/record.h"
#include "persist/run.h"
#include "persist/writer.h"

#define CHAIN sizeof(uint32_t) /* before a body */

/* What both generations of a router's cells have seen. */
struct seen {
	uint64_t router;
	int arms;
	struct {
		uint32_t uid;
		uint64_t seq;
	} arm[ARMS_MAX];
};

/* A record, or run, that the log has. */
struct found {
	uint64_t seq;
	size_t size; /* of its value */
	uint32_t chain;
	struct event ev; /* it points into a->room */
};

static MDB_dbi
log_of(const struct applier *a)
{
	return a->store->dbi[DB_LOG];
}

/* Takes what the generation has seen: what it was folded up to, or what came
 * before it was written and did not change it. */
static bool
generation_seen(struct applier *a, uint32_t router, uint32_t arm, uint8_t g,
    uint64_t era, struct stored_cell *c, uint64_t *seen)
{
	struct cell_head head;
	struct store_key k;
	bool there;

	if (!cell_get(a->store, a->txn, key_cell(&k, router, arm, g),
		a->head.seq, c, &there) ||
	    !cell_head_read(c->data, c->len, arm != 0, &head) ||
	    head.era != era || head.id != (arm != 0 ? arm : router))
		return false;
	*seen = c->as_of;
	if (arm != 0 && head.seq > c->as_of)
		*seen = head.seq;
	return true;
}

static bool
arm_seen(struct applier *a, uint32_t router, uint32_t uid, uint64_t era,
    struct seen *s)
{
	uint64_t seen[2];
	struct stored_cell c;

	for (uint8_t g = 0; g < 2; g++)
		if (!generation_seen(a, router, uid, g, era, &c, &seen[g]))
			return false;
	s->arm[s->arms].uid = uid;
	s->arm[s->arms++].seq = seen[0] < seen[1] ? seen[0] : seen[1];
	return true;
}

/* The arms of the router's older generation: whoever is only in the newer was
 * added later, and so were its records. */
static bool
older_arms(struct applier *a, uint32_t router, uint64_t era,
    const struct stored_cell *c, struct seen *s)
{
	uint32_t uid[ARMS_MAX];
	const struct stored_cell *older = &c[c[1].as_of < c[0].as_of];
	bool ready[2];
	int arms = 0;

	for (int g = 0; g < 2; g++)
		if (cell_router_arms(c[g].data, c[g].len, uid, &ready[g]) < 0 ||
		    !ready[g])
			return false;
	arms = cell_router_arms(older->data, older->len, uid, &ready[0]);
	for (int i = 0; i < arms; i++)
		if (!arm_seen(a, router, uid[i], era, s))
			return false;
	return true;
}

/*
 * False: nothing may be dropped now, as some cell that a start may need is not
 * there twice, good, of the era, and with models.
 */
static bool
all_seen(struct applier *a, uint32_t router, struct seen *s)
{
	struct stored_cell c[2];
	uint64_t era, seen;

	*s = (struct seen){ .router = UINT64_MAX };
	if (rebuild_get(a->store, a->txn, router, &era) != 0)
		return false;
	for (uint8_t g = 0; g < 2; g++) {
		if (!generation_seen(a, router, 0, g, era, &c[g], &seen))
			return false;
		if (seen < s->router)
			s->router = seen;
	}
	return older_arms(a, router, era, c, s);
}

/* An arm that the older generation of the router does not have is gone. */
static bool
has_seen(const struct seen *s, const struct event *ev)
{
	uint32_t uid;

	if (ev->seq > s->router)
		return false;
	for (int n = 0; (uid = event_arm(ev, n)) != 0; n++)
		for (int i = 0; i < s->arms; i++)
			if (s->arm[i].uid == uid && s->arm[i].seq < ev->seq)
				return false;
	return true;
}

static int
found_fill(struct applier *a, MDB_val key, MDB_val val, struct found *f)
{
	if (key.mv_size != sizeof f->seq || val.mv_size <= CHAIN)
		return MDB_CORRUPTED;
	memcpy(&f->seq, key.mv_data, sizeof f->seq);
	memcpy(&f->chain, val.mv_data, CHAIN);
	f->size = val.mv_size;
	if (event_decode((uint8_t *)val.mv_data + CHAIN, val.mv_size - CHAIN,
		&a->room, &f->ev, NULL) != ERR_NONE)
		return MDB_CORRUPTED;
	f->ev.seq = f->seq;
	return 0;
}

/* The first after that number. */
static int
find_next(struct applier *a, MDB_cursor *cur, uint64_t after, struct found *f)
{
	uint64_t from = after + 1;
	MDB_val key = { sizeof from, &from }, val;
	int rc = mdb_cursor_get(cur, &key, &val, MDB_SET_RANGE);

	return rc != 0 ? rc : found_fill(a, key, val, f);
}

static int
find_at(struct applier *a, uint64_t seq, struct found *f)
{
	MDB_val key = { sizeof seq, &seq }, val;
	int rc = mdb_get(a->txn, log_of(a), &key, &val);

	return rc != 0 ? rc : found_fill(a, key, val, f);
}

static int
log_del(struct applier *a, uint64_t seq)
{
	MDB_val key = { sizeof seq, &seq };

	return mdb_del(a->txn, log_of(a), &key, NULL);
}

/* The run that ends right before *first comes in; *first is then its own. */
static int
join_before(struct applier *a, uint64_t *first)
{
	struct found f;
	int rc = *first > 1 ? find_at(a, *first - 1, &f) : MDB_NOTFOUND;

	if (rc != 0 || f.ev.kind != EVENT_DROPPED)
		return *first > 1 ? rc : 0;
	run_add(&a->run, &f.ev);
	if (event_records(&f.ev) >= *first)
		return MDB_CORRUPTED;
	*first -= event_records(&f.ev);
	return log_del(a, f.seq);
}

/* So does the run that begins right after the last. */
static int
join_after(struct applier *a, MDB_cursor *cur, struct found *last)
{
	struct found f;
	int rc = find_next(a, cur, last->seq, &f);

	if (rc != 0 || f.ev.kind != EVENT_DROPPED ||
	    f.seq - last->seq != event_records(&f.ev))
		return rc == MDB_NOTFOUND ? 0 : rc;
	run_add(&a->run, &f.ev);
	rc = log_del(a, last->seq);
	*last = f;
	return rc;
}

static int
chain_before(struct applier *a, uint64_t first, uint32_t *chain)
{
	struct found f;
	int rc = first > 1 ? find_at(a, first - 1, &f) : 0;

	*chain = first > 1 && rc == 0 ? f.chain : 0;
	return rc;
}

/* A shorter value would keep the pages of the longer; so that goes first. */
static int
run_put(struct applier *a, const struct found *last, uint64_t first)
{
	struct event ev = { .kind = EVENT_DROPPED,
		.time = last->ev.time,
		.router = last->ev.router };
	MDB_val key = { sizeof last->seq, (void *)(uintptr_t)&last->seq }, val;
	uint32_t before;
	int rc = chain_before(a, first, &before);

	if (rc == 0)
		rc = log_del(a, last->seq);
	if (rc != 0)
		return rc;
	ev.dropped = (const struct dropped *)(const void *)a->run.data;
	ev.drops = (int)(a->run.len / sizeof *ev.dropped);
	a->body.len = 0;
	run_encode(&ev, last->seq, before, last->chain, &a->body);
	val = (MDB_val){ a->body.len, a->body.data };
	return mdb_put(a->txn, log_of(a), &key, &val, 0);
}

/* What is not remembered any more may be sent again. */
static int
key_delete(struct applier *a, const struct event *ev)
{
	MDB_dbi keys = a->store->dbi[DB_KEYS];
	struct store_key k;
	MDB_val key = key_observation(&k, ev->router, ev->key), val;
	int rc = ev->key[0] != '\0' ? mdb_get(a->txn, keys, &key, &val)
				    : MDB_NOTFOUND;

	if (rc != 0)
		return rc == MDB_NOTFOUND ? 0 : rc;
	if (val.mv_size != sizeof ev->seq ||
	    memcmp(val.mv_data, &ev->seq, sizeof ev->seq) != 0)
		return 0;
	return mdb_del(a->txn, keys, &key, NULL);
}

static int
drop_one(struct applier *a, MDB_cursor *cur, struct found *f)
{
	struct found last = *f;
	uint64_t first = f->seq;
	int rc = fail_point("drop.record") ?: key_delete(a, &f->ev);

	a->run.len = 0;
	run_add(&a->run, &f->ev);
	if (rc == 0)
		rc = join_before(a, &first);
	if (rc == 0)
		rc = join_after(a, cur, &last);
	return rc == 0 ? run_put(a, &last, first) : rc;
}

/* Whether the record is to go, if it may. */
static bool
is_due(const struct op *op, const struct log_part *part, const struct event *ev)
{
	return ev->time < op->ev.time || (double)part->bytes > op->keep_bytes;
}

struct walk {
	MDB_cursor *cur;
	struct log_part part;
	struct seen seen;
	bool seen_known, end;
};

/* Looks at the next record; at the end there is none, or one that stays. */
static int
step(struct applier *a, struct op *op, struct walk *w)
{
	struct found f;
	int rc = find_next(a, w->cur, op->seq, &f);

	w->end = rc == MDB_NOTFOUND;
	if (rc != 0)
		return w->end ? 0 : rc;
	if (f.ev.router == op->ev.router && event_teaches(f.ev.kind)) {
		w->end = !is_due(op, &w->part, &f.ev) ||
		    !(w->seen_known || all_seen(a, op->ev.router, &w->seen)) ||
		    !has_seen(&w->seen, &f.ev);
		if (w->end)
			return 0;
		w->seen_known = true;
		if ((rc = drop_one(a, w->cur, &f)) != 0)
			return rc;
		op->count++;
		w->part.dropped++;
		w->part.bytes -= log_bytes(f.size);
		w->part.last = f.seq;
	}
	op->seq = f.seq;
	return 0;
}

int
apply_drop(struct applier *a, struct op *op)
{
	struct walk w = { 0 };
	int rc = part_get(a->store, a->txn, op->ev.router, &w.part);

	if (rc == 0)
		rc = mdb_cursor_open(a->txn, log_of(a), &w.cur);
	if (rc != 0)
		return rc;
	op->count = 0;
	op->seq = op->from > w.part.last ? op->from : w.part.last;
	for (int n = 0;
	     rc == 0 && !w.end && n < DROP_LOOKS && op->count < DROP_MOST; n++)
		rc = step(a, op, &w);
	mdb_cursor_close(w.cur);
	op->more = !w.end;
	if (rc == 0 && op->count > 0)
		rc = part_put(a->store, a->txn, op->ev.router, &w.part);
	return rc;
}
