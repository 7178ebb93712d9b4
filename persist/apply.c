/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each kind of op does within the writer's transaction. */
#include <assert.h>
#include <string.h>
#include <xxhash.h>

#include "base/fail.h"
#include "base/mem.h"
#include "persist/cells.h"
#include "persist/imported.h"
#include "persist/record.h"
#include "persist/writer.h"

typedef int apply_fn(struct applier *, struct op *);

static MDB_dbi
dbi(const struct applier *a, enum store_db db)
{
	return a->store->dbi[db];
}

int
head_put(struct applier *a)
{
	MDB_val key = { 4, (void *)(uintptr_t) "head" }, val;
	uint8_t bytes[12];

	memcpy(bytes, &a->head.seq, 8);
	memcpy(bytes + 8, &a->head.chain, 4);
	val = (MDB_val){ sizeof bytes, bytes };
	return fail_point("put.head")
	    ?: mdb_put(a->txn, dbi(a, DB_META), &key, &val, 0);
}

/* So that a start knows whether the cells are of all routers. */
static int
count_birth(struct applier *a)
{
	uint32_t routers = 0;
	int rc =
	    meta_get(a->store, a->txn, "routers", &routers, sizeof routers);

	routers++;
	if (rc != 0 && rc != MDB_NOTFOUND)
		return rc;
	rc = part_put(a->store, a->txn, routers, &(struct log_part){ 0 });
	if (rc != 0)
		return rc;
	return fail_point("put.birth")
	    ?: meta_put(a->store, a->txn, "routers", &routers, sizeof routers);
}

/* So that what is too much can be dropped, and it is known what was. */
static int
count_record(struct applier *a, const struct op *op, size_t value)
{
	struct log_part part;
	int rc = part_get(a->store, a->txn, op->ev.router, &part);

	part.bytes += log_bytes(value);
	return rc == 0 ? part_put(a->store, a->txn, op->ev.router, &part) : rc;
}

/* What a rebuild could not learn from. */
static int
say_dropped(struct applier *a, struct op *op)
{
	struct log_part part;
	int rc = part_get(a->store, a->txn, op->ev.router, &part);

	op->ev.after = part.last;
	return rc;
}

/* Appends the op's event to the log under the next seq. */
static int
log_append(struct applier *a, struct op *op)
{
	uint64_t seq = a->head.seq + 1;
	uint32_t chain;
	MDB_val key = { sizeof seq, &seq }, val;
	int rc = op->ev.kind == EVENT_REBUILD ? say_dropped(a, op) : 0;

	if (rc != 0)
		return rc;
	a->body.len = 0;
	buf_put(&a->body, &a->head.chain, sizeof chain);
	event_encode(&op->ev, &a->body);
	chain = store_chain(a->head.chain, seq, a->body.data + sizeof chain,
	    a->body.len - sizeof chain);
	memcpy(a->body.data, &chain, sizeof chain);
	val = (MDB_val){ a->body.len, a->body.data };
	rc = fail_point("put.log")
	    ?: mdb_put(a->txn, dbi(a, DB_LOG), &key, &val, MDB_APPEND);
	if (rc == 0 && op->ev.kind == EVENT_ROUTER)
		rc = count_birth(a);
	if (rc == 0 && event_teaches(op->ev.kind))
		rc = count_record(a, op, val.mv_size);
	if (rc == 0 && op->ev.kind == EVENT_REBUILD)
		rc = fail_point("put.rebuild")
		    ?: rebuild_put(a->store, a->txn, op->ev.router, seq);
	if (rc == 0)
		a->head = (struct store_head){ seq, chain };
	assert(!op->shown || op->seq == seq);
	if (rc == 0 && !op->shown) {
		op->ev.seq = op->seq = seq;
		op->applied = true;
	}
	return rc;
}

/* A shorter value would keep the pages of the longer; so it goes first, once
 * what is kept of it has been copied. */
static int
decision_put(struct applier *a, const struct decision_record *r)
{
	struct store_key k;
	MDB_val key = key_decision(&k, r->decision.router, r->decision.number);
	MDB_val val;
	int rc = 0;

	a->body.len = 0;
	decision_encode(r, &a->body);
	val = (MDB_val){ a->body.len, a->body.data };
	if (r->state != DECISION_PENDING)
		rc = mdb_del(a->txn, dbi(a, DB_DECISIONS), &key, NULL);
	if (rc == 0)
		rc = fail_point("put.decision")
		    ?: mdb_put(a->txn, dbi(a, DB_DECISIONS), &key, &val, 0);
	return rc;
}

static int
apply_decision(struct applier *a, struct op *op)
{
	struct store_key k;
	const struct decision *d = &op->ev.decision;
	struct decision_record record = { .decision = *d,
		.seen = op->data.len > 0 ? op->data.data : NULL,
		.seen_len = op->data.len };
	MDB_val id = { strlen(d->id), (void *)(uintptr_t)d->id };
	MDB_val key = key_decision(&k, d->router, d->number);
	int rc = decision_put(a, &record);

	if (rc == 0 && op->own_id)
		rc = fail_point("put.own_id")
		    ?: mdb_put(a->txn, dbi(a, DB_OWN_IDS), &id, &key, 0);
	return rc;
}

/* The key of the decision of the op's id, in k. */
static int
decision_key(struct applier *a, const struct op *op, struct store_key *k,
    MDB_val *key)
{
	const char *id = op->ev.decision.id;
	MDB_val name = { strlen(id), (void *)(uintptr_t)id };

	if (op->own_id)
		return mdb_get(a->txn, dbi(a, DB_OWN_IDS), &name, key);
	*key = key_decision(k, op->ev.decision.router, op->ev.decision.number);
	return 0;
}

/* Finds the decision of the op's id; MDB_NOTFOUND also where another
 * decision has its number, as after a crash that lost the first. */
static int
decision_get(struct applier *a, struct op *op, MDB_val *val,
    struct decision_record *r)
{
	struct store_key k;
	MDB_val key;
	int rc = decision_key(a, op, &k, &key);

	if (rc == 0)
		rc = mdb_get(a->txn, dbi(a, DB_DECISIONS), &key, val);
	if (rc != 0)
		return rc;
	if (decision_decode(val->mv_data, val->mv_size, &a->room, r))
		return MDB_CORRUPTED;
	return strcmp(r->decision.id, op->ev.decision.id) == 0 ? 0
							       : MDB_NOTFOUND;
}

static enum decision_how
how_of(const struct op *op)
{
	return op->kind == OP_CLICK ? BY_CLICK
	    : op->kind == OP_PREFER ? BY_PREFER
				    : BY_FEEDBACK;
}

/* Whether the op ends that position; expiry ends all, as clicks do. */
static bool
ends(const struct op *op, int position, const struct decision *d)
{
	return op->kind != OP_REWARD || d->shown[position].arm == op->ev.arm;
}

/* Whether the decision shows what the op names. */
static bool
shows(const struct op *op, const struct decision *d)
{
	bool arm = decision_position(d, op->ev.arm) >= 0;

	if (op->ev.arm == ARM_UNSURE)
		return true;
	if (op->kind == OP_PREFER)
		return arm && op->ev.arm != op->ev.loser &&
		    decision_position(d, op->ev.loser) >= 0;
	return arm || op->ev.arm == 0; /* the first, or none was clicked */
}

/* The position that the op is about; of all of them, or where it is not known
 * which, the first that has not ended. */
static int
position_of(const struct op *op, const struct decision *d)
{
	int i = 0;

	if (op->kind == OP_REWARD && op->ev.arm != ARM_UNSURE)
		return op->ev.arm == 0 ? 0 : decision_position(d, op->ev.arm);
	while (i < d->k && d->shown[i].ended != 0)
		i++;
	return i < d->k ? i : 0;
}

/* What stands against a reward, click or preference: its error, or that it
 * was there before. */
static bool
refused(struct op *op, const struct decision_record *r)
{
	const struct decision *d = &r->decision;

	if (!shows(op, d))
		op->err = ERR_BAD_REQUEST;
	else if (r->how != BY_NOTHING && r->how != how_of(op))
		op->err = ERR_CONFLICT;
	else if (d->shown[position_of(op, d)].ended != 0)
		op->seq = d->shown[position_of(op, d)].ended;
	else if (r->state == DECISION_EXPIRED)
		op->err = ERR_EXPIRED;
	else if (op->probe) /* it waits after all, but not for this daemon */
		op->err = ERR_UNKNOWN_DECISION;
	else
		return false;
	return true;
}

/* The event takes over what the record knows. */
static void
decision_into(struct op *op, const struct decision *d)
{
	op->ev.decision = *d;
	room_take(&op->room, &op->ev.decision);
	op->ev.router = d->router;
	if (op->kind == OP_REWARD && op->ev.arm == 0)
		op->ev.arm = d->shown[0].arm;
}

/* Marks what the record that was just written ends. */
static void
decision_close(struct applier *a, const struct op *op,
    struct decision_record *r)
{
	bool all = true;

	for (int i = 0; i < r->decision.k; i++) {
		uint64_t *ended = &a->room.shown[i].ended;

		if (*ended == 0 && op->kind != OP_EXPIRE &&
		    ends(op, i, &r->decision))
			*ended = a->head.seq;
		all = all && *ended != 0;
	}
	if (op->kind == OP_EXPIRE)
		r->state = DECISION_EXPIRED;
	else {
		r->how = how_of(op);
		r->state = all ? DECISION_REWARDED : DECISION_PENDING;
	}
}

/* Positions of a pending decision end, by what came back or by time. */
static int
decision_end(struct applier *a, struct op *op)
{
	struct decision_record r;
	MDB_val val;
	int rc = decision_get(a, op, &val, &r);

	if (rc == MDB_NOTFOUND && !op->shown) {
		op->err = ERR_UNKNOWN_DECISION;
		return 0;
	}
	if (rc != 0)
		return rc;
	if (!op->shown) { /* else it is a second try of what was decided */
		op->ev.router = r.decision.router;
		if (op->kind == OP_EXPIRE ? r.state != DECISION_PENDING
					  : refused(op, &r))
			return 0;
		decision_into(op, &r.decision);
	} else if (op->err != ERR_NONE || !op->applied)
		return 0;
	if ((rc = log_append(a, op)) != 0)
		return rc;
	decision_close(a, op, &r);
	return decision_put(a, &r);
}

static int
apply_explain(struct applier *a, struct op *op)
{
	struct decision_record r;
	MDB_val val;
	int rc;

	if (op->shown)
		return 0;
	rc = decision_get(a, op, &val, &r);
	if (rc == MDB_NOTFOUND)
		op->err = ERR_UNKNOWN_DECISION;
	op->data.len = 0;
	if (rc == 0)
		buf_put(&op->data, val.mv_data, val.mv_size);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int
apply_observe(struct applier *a, struct op *op)
{
	struct store_key k;
	MDB_val key = key_observation(&k, op->ev.router, op->ev.key), val;
	int rc;

	if (op->ev.key[0] == '\0')
		return log_append(a, op);
	rc = mdb_get(a->txn, dbi(a, DB_KEYS), &key, &val);
	if (rc == 0 && val.mv_size == sizeof op->seq) {
		memcpy(&op->seq, val.mv_data, sizeof op->seq);
		return 0;
	}
	if (rc != MDB_NOTFOUND)
		return rc != 0 ? rc : MDB_CORRUPTED;
	if ((rc = log_append(a, op)) != 0)
		return rc;
	val = (MDB_val){ sizeof a->head.seq, &a->head.seq };
	return fail_point("put.key")
	    ?: mdb_put(a->txn, dbi(a, DB_KEYS), &key, &val, 0);
}

/* A log that is imported into itself, too, counts once; as long as its records
 * are there, as their keys go with them. */
static int
apply_import(struct applier *a, struct op *op)
{
	if (!imported_own(a, op))
		return apply_observe(a, op);
	op->seq = op->as_of;
	return 0;
}

/* Which generation is to be overwritten: one that is missing or damaged, or
 * the older.  What a damaged one says of its age is not believed. */
static int
cell_older(struct applier *a, const MDB_val *key)
{
	struct stored_cell c[2];
	bool there;

	for (int g = 0; g < 2; g++)
		if (!cell_get(a->store, a->txn, key[g], a->head.seq, &c[g],
			&there))
			return g;
	return c[1].as_of < c[0].as_of;
}

static int
cells_delete(struct applier *a, MDB_val *key)
{
	for (int g = 0; g < 2; g++) {
		int rc = fail_point("delete.cell")
		    ?: mdb_del(a->txn, dbi(a, DB_CELLS), &key[g], NULL);

		if (rc != 0 && rc != MDB_NOTFOUND)
			return rc;
	}
	return 0;
}

static int
apply_cell(struct applier *a, struct op *op)
{
	struct store_key k[2];
	MDB_val key[2], val = { CELL_HEAD + op->data.len, NULL };
	uint64_t sum;
	int older, rc;

	for (uint8_t g = 0; g < 2; g++)
		key[g] = key_cell(&k[g], op->ev.router, op->ev.arm, g);
	if (op->data.len == 0)
		return cells_delete(a, key);
	sum = XXH3_64bits_withSeed(op->data.data, op->data.len, op->as_of);
	older = cell_older(a, key);
	rc = fail_point("put.cell")
	    ?: mdb_put(a->txn, dbi(a, DB_CELLS), &key[older], &val,
		   MDB_RESERVE);
	if (rc != 0)
		return rc;
	memcpy(val.mv_data, &op->as_of, 8);
	memcpy((uint8_t *)val.mv_data + 8, &sum, 8);
	memcpy((uint8_t *)val.mv_data + CELL_HEAD, op->data.data, op->data.len);
	return 0;
}

/* Unless a later decision has the id by now. */
static int
own_id_delete(struct applier *a, MDB_val id, MDB_val key)
{
	MDB_val owner;
	int rc = mdb_get(a->txn, dbi(a, DB_OWN_IDS), &id, &owner);

	if (rc != 0 || owner.mv_size != key.mv_size ||
	    memcmp(owner.mv_data, key.mv_data, key.mv_size) != 0)
		return rc;
	return mdb_del(a->txn, dbi(a, DB_OWN_IDS), &id, NULL);
}

static int
purge_one(struct applier *a, MDB_cursor *cur, MDB_val key, MDB_val val,
    double before)
{
	struct decision_record r;
	MDB_val id;
	int rc;

	if (decision_decode(val.mv_data, val.mv_size, &a->room, &r))
		return MDB_CORRUPTED;
	if (r.state == DECISION_PENDING || r.decision.time >= before)
		return MDB_NOTFOUND;
	id = (MDB_val){ strlen(r.decision.id), r.decision.id };
	rc = own_id_delete(a, id, key);
	return rc == 0 || rc == MDB_NOTFOUND ? mdb_cursor_del(cur, 0) : rc;
}

static int
apply_purge(struct applier *a, struct op *op)
{
	struct store_key k;
	MDB_val key = key_decision(&k, op->ev.router, 0), val;
	uint8_t router[4];
	MDB_cursor *cur;
	int rc = mdb_cursor_open(a->txn, dbi(a, DB_DECISIONS), &cur);

	if (rc != 0)
		return rc;
	/* A tool that was killed while it read would keep all that is freed
	 * from being used again. */
	mdb_reader_check(a->store->env, NULL);
	memcpy(router, key.mv_data, sizeof router);
	rc = mdb_cursor_get(cur, &key, &val, MDB_SET_RANGE);
	for (op->seq = 0; rc == 0 && op->seq < PURGE_MOST; op->seq++) {
		if (memcmp(key.mv_data, router, sizeof router) != 0)
			break;
		rc = purge_one(a, cur, key, val, op->ev.time);
		if (rc == 0)
			rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT);
	}
	mdb_cursor_close(cur);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int
apply_note(struct applier *a, struct op *op)
{
	return meta_put(a->store, a->txn, op->ev.name, op->data.data,
	    op->data.len);
}

static int
apply_sync(struct applier *a, struct op *op)
{
	op->seq = a->head.seq;
	return 0;
}

/* What each kind does; what goes into the log for it, where that is not for the
 * op to say; and where a test lets it fail; no test waits until a purge is due.
 */
static const struct {
	apply_fn *apply;
	enum event_kind logs;
	const char *point;
} kinds[OP_KINDS] = {
	[OP_DECISION] = { apply_decision, 0, "op.decision" },
	[OP_REWARD] = { decision_end, EVENT_REWARD, "op.reward" },
	[OP_CLICK] = { decision_end, EVENT_CLICK, "op.click" },
	[OP_PREFER] = { decision_end, EVENT_PREFER, "op.prefer" },
	[OP_OBSERVE] = { apply_observe, EVENT_REWARD, "op.observe" },
	[OP_IMPORT] = { apply_import, 0, "op.import" },
	[OP_EVENT] = { log_append, 0, "op.event" },
	[OP_EXPIRE] = { decision_end, EVENT_EXPIRE, "op.expire" },
	[OP_EXPLAIN] = { apply_explain, 0, "op.explain" },
	[OP_CELL] = { apply_cell, 0, "op.cell" },
	[OP_PURGE] = { apply_purge, 0, NULL },
	[OP_NOTE] = { apply_note, 0, "op.note" },
	[OP_DROP] = { apply_drop, 0, "op.drop" },
	[OP_COMPACT] = { apply_sync, 0, "op.compact" },
	[OP_SYNC] = { apply_sync, 0, "op.sync" },
};

int
op_apply(struct applier *a, struct op *op)
{
	int rc;

	if (kinds[op->kind].logs != 0)
		op->ev.kind = kinds[op->kind].logs;
	if (!op->shown) {
		op->err = ERR_NONE;
		op->applied = false;
	}
	rc = kinds[op->kind].apply(a, op);
	return rc == 0 && kinds[op->kind].point != NULL
	    ? fail_point(kinds[op->kind].point)
	    : rc;
}
