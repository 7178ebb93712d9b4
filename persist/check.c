/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/cell.h"
#include "persist/cells.h"
#include "persist/compare.h"
#include "persist/pending.h"

#define STARTS_MOST ((uint64_t)1 << 53)

typedef enum err visit_fn(struct check *, MDB_val key, MDB_val val);

static const char *const whats[DB_COUNT] = { "meta", "the log", "the decisions",
	"the ids of decisions", "the keys of records", "the snapshots" };

enum err
check_bad(const struct check *c, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return fault_set(c->log.fault, ERR_DATA, "%s is damaged: %s",
	    c->log.store->dir, what);
}

/* Every record of a database; not one more than there are, or something leads
 * round in a circle. */
static enum err
visit(struct check *c, enum store_db db, visit_fn *fn)
{
	enum err e = ERR_NONE;
	MDB_cursor *cur;
	MDB_val key, val;
	uint64_t n = 0;
	int rc = mdb_cursor_open(c->log.txn, c->log.store->dbi[db], &cur);

	if (rc != 0)
		return check_bad(c, "%s: %s", whats[db], mdb_strerror(rc));
	while (e == ERR_NONE && n <= c->entries[db] &&
	    (rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT)) == 0) {
		n++;
		e = fn(c, key, val);
	}
	mdb_cursor_close(cur);
	if (e != ERR_NONE)
		return e;
	if (rc != MDB_NOTFOUND || n != c->entries[db])
		return check_bad(c, "%s: %s", whats[db],
		    rc == 0 || rc == MDB_NOTFOUND
			? "there are not as many as there should be"
			: mdb_strerror(rc));
	return ERR_NONE;
}

static uint64_t
be(const void *p, int bytes)
{
	const uint8_t *b = p;
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | b[i];
	return v;
}

/* The key of a cell, in words. */
static enum err
cell_bad(const struct check *c, MDB_val key, const char *what)
{
	if (key.mv_size != 9)
		return check_bad(c, "a snapshot has a key of %zu bytes",
		    key.mv_size);
	return check_bad(c,
	    "the snapshot of router %u, arm %u, generation %u: %s",
	    (unsigned)be(key.mv_data, 4),
	    (unsigned)be((uint8_t *)key.mv_data + 4, 4),
	    ((uint8_t *)key.mv_data)[8], what);
}

/* The other generation must be there where this is the second: a key that
 * was changed would hide that an arm's newer cell is missing. */
static bool
has_first(const struct check *c, uint32_t router, uint32_t arm)
{
	struct store_key k;
	MDB_val key = key_cell(&k, router, arm, 0), val;

	return mdb_get(c->log.txn, c->log.store->dbi[DB_CELLS], &key, &val) ==
	    0;
}

/* The log makes up for a damaged cell, unless it was cut and the other
 * generation is no better. */
static enum err
cell_damaged(struct check *c, MDB_val key, uint32_t router, uint32_t arm,
    int generation)
{
	struct store *s = c->log.store;
	struct stored_cell other;
	struct log_part part;
	struct store_key k;
	bool there;

	c->bad_cells++;
	if (c->compare == NULL)
		return ERR_NONE;
	c->mended = part_get(s, c->log.txn, router, &part) == 0 &&
	    (part.last == 0 ||
		cell_get(s, c->log.txn,
		    key_cell(&k, router, arm, (uint8_t)(1 - generation)),
		    s->head.seq, &other, &there));
	return cell_bad(c, key,
	    c->mended
		? "its checksum does not fit; banditd makes up for it from "
		  "the log when it is started"
		: "its checksum does not fit, nor is the other generation "
		  "good, and records of the router were dropped");
}

static enum err
check_cell(struct check *c, MDB_val key, MDB_val val)
{
	uint32_t router, arm;
	struct cell_head head;
	struct stored_cell cell;
	int generation;

	if (key.mv_size != 9)
		return cell_bad(c, key, "");
	router = (uint32_t)be(key.mv_data, 4);
	arm = (uint32_t)be((uint8_t *)key.mv_data + 4, 4);
	generation = ((uint8_t *)key.mv_data)[8];
	if (generation > 1 || router == 0 || router > c->log.store->routers ||
	    (generation == 1 && !has_first(c, router, arm)))
		return cell_bad(c, key, "there is none of that key");
	c->cells++;
	if (!cell_of(val, c->log.store->head.seq, &cell))
		return cell_damaged(c, key, router, arm, generation);
	if (!cell_head_read(cell.data, cell.len, arm != 0, &head)) {
		if (c->compare != NULL)
			c->compare->old++; /* of a format that is not used */
		return ERR_NONE;
	}
	if (head.id != (arm != 0 ? arm : router))
		return cell_bad(c, key, "it is of another");
	if (c->compare != NULL)
		compare_add(c->compare, &head, router, arm, generation);
	return ERR_NONE;
}

static enum err
decision_bad(const struct check *c, MDB_val key, const char *what)
{
	if (key.mv_size != 12)
		return check_bad(c, "a decision has a key of %zu bytes",
		    key.mv_size);
	return check_bad(c, "decision %" PRIu64 " of router %" PRIu64 ": %s",
	    be((uint8_t *)key.mv_data + 4, 8), be(key.mv_data, 4), what);
}

static int
own_id_get(const struct check *c, const char *id, MDB_val *key)
{
	MDB_val name = { strlen(id), (void *)(uintptr_t)id };

	return mdb_get(c->log.txn, c->log.store->dbi[DB_OWN_IDS], &name, key);
}

static bool
same(MDB_val a, MDB_val b)
{
	return a.mv_size == b.mv_size &&
	    memcmp(a.mv_data, b.mv_data, a.mv_size) == 0;
}

/* One that is done may have lost its id to a later decision. */
static enum err
check_decision(struct check *c, MDB_val key, MDB_val val)
{
	struct decision_record r;
	uint64_t start;
	MDB_val owner;

	c->decisions++;
	if (key.mv_size != 12)
		return decision_bad(c, key, "");
	if (decision_decode(val.mv_data, val.mv_size, &c->log.room, &r))
		return decision_bad(c, key, "its checksum does not fit");
	if (r.decision.router != be(key.mv_data, 4) ||
	    r.decision.number != be((uint8_t *)key.mv_data + 4, 8))
		return decision_bad(c, key, "it is another");
	start = id_start(r.decision.id);
	if (start > c->start)
		c->start = start;
	if (start == 0 && r.state == DECISION_PENDING &&
	    (own_id_get(c, r.decision.id, &owner) != 0 || !same(owner, key)))
		return decision_bad(c, key, "its id does not lead to it");
	return ERR_NONE;
}

static enum err
check_own_id(struct check *c, MDB_val key, MDB_val val)
{
	struct decision_record r;
	MDB_val body;

	c->own_ids++;
	if (val.mv_size != 12 ||
	    mdb_get(c->log.txn, c->log.store->dbi[DB_DECISIONS], &val, &body) !=
		0)
		return check_bad(c,
		    "the decision's id \"%.*s\" leads to no decision",
		    (int)key.mv_size, (char *)key.mv_data);
	if (decision_decode(body.mv_data, body.mv_size, &c->log.room, &r))
		return decision_bad(c, val, "its checksum does not fit");
	if (strlen(r.decision.id) != key.mv_size ||
	    memcmp(r.decision.id, key.mv_data, key.mv_size) != 0)
		return decision_bad(c, val, "another id leads to it");
	return ERR_NONE;
}

/* What nothing else can vouch for is only held against its bounds. */
static enum err
check_meta(struct check *c)
{
	struct store *s = c->log.store;
	uint32_t schema = 0;
	uint64_t starts = 0;

	if (meta_get(s, c->log.txn, "schema", &schema, sizeof schema) != 0 ||
	    schema == 0)
		return check_bad(c, "it has no schema");
	if (meta_get(s, c->log.txn, "starts", &starts, sizeof starts) != 0 ||
	    starts >= STARTS_MOST || starts < c->start)
		return check_bad(c, "the number of its starts is wrong");
	return ERR_NONE;
}

enum err
check_records(struct check *c)
{
	uint64_t head = c->log.store->head.seq;
	enum err e;

	if (c->entries[DB_LOG] > head)
		return check_bad(c,
		    "the log has %" PRIu64 " records, and its end should be "
		    "record %" PRIu64,
		    c->entries[DB_LOG], head);
	e = visit(c, DB_CELLS, check_cell);
	if (e == ERR_NONE)
		e = check_log(c);
	if (e == ERR_NONE)
		e = visit(c, DB_DECISIONS, check_decision);
	if (e == ERR_NONE)
		e = visit(c, DB_OWN_IDS, check_own_id);
	if (e == ERR_NONE)
		e = check_meta(c);
	free(c->rebuilt);
	free(c->part);
	c->rebuilt = NULL;
	c->part = NULL;
	return e;
}
