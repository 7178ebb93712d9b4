/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each kind of op does within the writer's transaction. */
#include <assert.h>
#include <string.h>
#include <xxhash.h>

#include "base/mem.h"
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
	return mdb_put(a->txn, dbi(a, DB_META), &key, &val, 0);
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
	return meta_put(a->store, a->txn, "routers", &routers, sizeof routers);
}

/* Appends the op's event to the log under the next seq. */
static int
log_append(struct applier *a, struct op *op)
{
	uint64_t seq = a->head.seq + 1;
	uint32_t chain;
	MDB_val key = { sizeof seq, &seq }, val;
	int rc;

	a->body.len = 0;
	buf_put(&a->body, &a->head.chain, sizeof chain);
	event_encode(&op->ev, &a->body);
	chain = store_chain(a->head.chain, seq, a->body.data + sizeof chain,
	    a->body.len - sizeof chain);
	memcpy(a->body.data, &chain, sizeof chain);
	val = (MDB_val){ a->body.len, a->body.data };
	rc = mdb_put(a->txn, dbi(a, DB_LOG), &key, &val, MDB_APPEND);
	if (rc == 0 && op->ev.kind == EVENT_ROUTER)
		rc = count_birth(a);
	if (rc == 0)
		a->head = (struct store_head){ seq, chain };
	assert(!op->shown || op->seq == seq);
	if (rc == 0 && !op->shown) {
		op->ev.seq = op->seq = seq;
		op->applied = true;
	}
	return rc;
}

static int
decision_put(struct applier *a, const struct decision *d,
    enum decision_state state, uint64_t seq)
{
	struct store_key k;
	MDB_val key = key_decision(&k, d->router, d->number), val;
	int rc;

	/* A shorter value would keep the pages of the longer. */
	if (state != DECISION_PENDING &&
	    (rc = mdb_del(a->txn, dbi(a, DB_DECISIONS), &key, NULL)) != 0)
		return rc;
	a->body.len = 0;
	decision_encode(d, state, seq, &a->body);
	val = (MDB_val){ a->body.len, a->body.data };
	return mdb_put(a->txn, dbi(a, DB_DECISIONS), &key, &val, 0);
}

static int
apply_decision(struct applier *a, struct op *op)
{
	struct store_key k;
	const struct decision *d = &op->ev.decision;
	MDB_val id = { strlen(d->id), (void *)(uintptr_t)d->id };
	MDB_val key = key_decision(&k, d->router, d->number);
	int rc = decision_put(a, d, DECISION_PENDING, 0);

	if (rc == 0 && op->own_id)
		rc = mdb_put(a->txn, dbi(a, DB_OWN_IDS), &id, &key, 0);
	return rc;
}

/* Finds the decision of the op's id; MDB_NOTFOUND also where another
 * decision has its number, as after a crash that lost the first. */
static int
decision_get(struct applier *a, struct op *op, struct decision *d,
    enum decision_state *state, uint64_t *seq)
{
	const char *id = op->ev.decision.id;
	MDB_val key, val;
	struct store_key k;
	int rc;

	if (op->own_id) {
		MDB_val name = { strlen(id), (void *)(uintptr_t)id };

		rc = mdb_get(a->txn, dbi(a, DB_OWN_IDS), &name, &key);
		if (rc != 0)
			return rc;
	} else
		key = key_decision(&k, op->ev.decision.router,
		    op->ev.decision.number);
	rc = mdb_get(a->txn, dbi(a, DB_DECISIONS), &key, &val);
	if (rc != 0)
		return rc;
	if (decision_decode(val.mv_data, val.mv_size, a->x, d, state, seq))
		return MDB_CORRUPTED;
	return strcmp(d->id, id) == 0 ? 0 : MDB_NOTFOUND;
}

static void
context_take(struct op *op, const struct decision *d)
{
	if (d->d > op->x_cap) {
		op->x = mem_realloc(op->x, (size_t)d->d, sizeof *op->x);
		op->x_cap = d->d;
	}
	memcpy(op->x, d->x, (size_t)d->d * sizeof *op->x);
	op->ev.decision = *d;
	op->ev.decision.x = op->x;
}

/* A pending decision ends, by a reward or by time. */
static int
decision_end(struct applier *a, struct op *op, enum decision_state to)
{
	enum decision_state state;
	struct decision d;
	uint64_t seq;
	int rc = decision_get(a, op, &d, &state, &seq);

	if (op->shown) { /* a second try of what was shown before */
		assert(rc == 0);
	} else if (rc == MDB_NOTFOUND) {
		op->err = ERR_UNKNOWN_DECISION;
		return 0;
	} else if (rc != 0)
		return rc;
	else {
		op->ev.arm = d.arm;
		op->ev.router = d.router;
		op->seq = seq;
		if (state == DECISION_PENDING && op->probe)
			op->err = ERR_UNKNOWN_DECISION;
		if (state == DECISION_EXPIRED)
			op->err = ERR_EXPIRED;
		if (state == DECISION_PENDING)
			context_take(op, &d);
	}
	if (state != DECISION_PENDING || op->probe)
		return 0;
	rc = log_append(a, op);
	return rc != 0 ? rc
		       : decision_put(a, &op->ev.decision, to, a->head.seq);
}

static int
apply_reward(struct applier *a, struct op *op)
{
	op->ev.kind = EVENT_REWARD;
	return decision_end(a, op, DECISION_REWARDED);
}

static int
apply_expire(struct applier *a, struct op *op)
{
	op->ev.kind = EVENT_EXPIRE;
	return decision_end(a, op, DECISION_EXPIRED);
}

static int
apply_observe(struct applier *a, struct op *op)
{
	struct store_key k;
	MDB_val key = key_observation(&k, op->ev.router, op->ev.key), val;
	int rc;

	op->ev.kind = EVENT_REWARD;
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
	return mdb_put(a->txn, dbi(a, DB_KEYS), &key, &val, 0);
}

static uint64_t
cell_as_of(struct applier *a, MDB_val key)
{
	uint64_t as_of = 0;
	MDB_val val;

	if (mdb_get(a->txn, dbi(a, DB_CELLS), &key, &val) == 0 &&
	    val.mv_size >= CELL_HEAD)
		memcpy(&as_of, val.mv_data, sizeof as_of);
	return as_of;
}

static int
cells_delete(struct applier *a, MDB_val *key)
{
	for (int g = 0; g < 2; g++) {
		int rc = mdb_del(a->txn, dbi(a, DB_CELLS), &key[g], NULL);

		if (rc != 0 && rc != MDB_NOTFOUND)
			return rc;
	}
	return 0;
}

/* Overwrites the older of the two generations. */
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
	older = cell_as_of(a, key[1]) < cell_as_of(a, key[0]);
	rc = mdb_put(a->txn, dbi(a, DB_CELLS), &key[older], &val, MDB_RESERVE);
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
	enum decision_state state;
	struct decision d;
	uint64_t seq;
	MDB_val id;
	int rc;

	if (decision_decode(val.mv_data, val.mv_size, a->x, &d, &state, &seq))
		return MDB_CORRUPTED;
	if (state == DECISION_PENDING || d.time >= before)
		return MDB_NOTFOUND;
	id = (MDB_val){ strlen(d.id), d.id };
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
apply_sync(struct applier *a, struct op *op)
{
	op->seq = a->head.seq;
	return 0;
}

static apply_fn *const applies[OP_KINDS] = {
	[OP_DECISION] = apply_decision,
	[OP_REWARD] = apply_reward,
	[OP_OBSERVE] = apply_observe,
	[OP_EVENT] = log_append,
	[OP_EXPIRE] = apply_expire,
	[OP_CELL] = apply_cell,
	[OP_PURGE] = apply_purge,
	[OP_SYNC] = apply_sync,
};

int
op_apply(struct applier *a, struct op *op)
{
	if (!op->shown) {
		op->err = ERR_NONE;
		op->applied = false;
	}
	return applies[op->kind](a, op);
}
