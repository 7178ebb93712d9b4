/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "persist/recover.h"

enum err
compare_begin(struct compare *c, struct reading *log)
{
	enum err e = recover_rebuilds(log, &c->bandit);

	return e == ERR_NONE ? recover_cut(log, &c->bandit) : e;
}

void
compare_fini(struct compare *c)
{
	bandit_fini(&c->bandit);
	free(c->ref);
	buf_free(&c->bytes);
}

/* Whether the fold begins after that arm was removed. */
static bool
gone(const struct compare *c, uint32_t router, uint32_t arm)
{
	const struct router *r = bandit_of(&c->bandit, router);

	return r != NULL && arm != 0 && arm < r->next_uid &&
	    router_arm_of(r, arm) == NULL;
}

void
compare_add(struct compare *c, const struct cell_head *head, uint32_t router,
    uint32_t arm, int generation)
{
	const struct overlay *o = bandit_overlay(&c->bandit, router);

	if (head->era != (o != NULL ? o->until : 0) || gone(c, router, arm)) {
		c->old++;
		return;
	}
	if (c->refs == c->cap) {
		c->cap = c->cap > 0 ? 2 * c->cap : 64;
		c->ref = mem_realloc(c->ref, c->cap, sizeof *c->ref);
	}
	c->ref[c->refs++] =
	    (struct cell_ref){ head->seq, router, arm, (uint8_t)generation };
}

static int
by_seq(const void *a, const void *b)
{
	const struct cell_ref *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static enum err
cell_wrong(const struct reading *log, const struct cell_ref *ref,
    const char *what)
{
	return fault_set(log->fault, ERR_DATA,
	    "%s is damaged: the snapshot of router %" PRIu32 ", arm %" PRIu32
	    ", generation %u, %s record %" PRIu64,
	    log->store->dir, ref->router, ref->arm, ref->generation, what,
	    ref->seq);
}

/* The cell's bytes as the fold has them now; false: there is no such arm. */
static bool
encode(struct compare *c, const struct cell_ref *ref)
{
	const struct router *r = bandit_of(&c->bandit, ref->router);
	const struct arm *a = NULL;

	c->bytes.len = 0;
	if (r != NULL && ref->arm != 0)
		a = router_arm_of(r, ref->arm);
	if (r == NULL || (ref->arm != 0 && a == NULL))
		return false;
	if (a != NULL)
		cell_encode_arm(r, a, &c->bytes);
	else
		cell_encode_router(r, &c->bytes);
	return true;
}

static enum err
cell_compare(struct compare *c, const struct reading *log,
    const struct cell_ref *ref)
{
	struct store_key k;
	MDB_val key = key_cell(&k, ref->router, ref->arm, ref->generation), val;

	if (mdb_get(log->txn, log->store->dbi[DB_CELLS], &key, &val) != 0 ||
	    !encode(c, ref))
		return cell_wrong(log, ref, "is of nothing that there was at");
	if (val.mv_size - CELL_HEAD != c->bytes.len ||
	    memcmp((uint8_t *)val.mv_data + CELL_HEAD, c->bytes.data,
		c->bytes.len) != 0)
		return cell_wrong(log, ref, "is not what the log gives up to");
	c->compared++;
	return ERR_NONE;
}

enum err
compare_event(struct compare *c, const struct reading *log,
    const struct event *ev)
{
	struct fault why = { 0 };
	enum err e = ERR_NONE;

	if (!c->sorted && c->refs > 0)
		qsort(c->ref, c->refs, sizeof *c->ref, by_seq);
	c->sorted = true;
	if (bandit_fold(&c->bandit, ev, &why) == ERR_DATA)
		return reading_bad(log, ev->seq, why.text);
	for (; e == ERR_NONE && c->next < c->refs &&
	     c->ref[c->next].seq <= ev->seq;
	     c->next++)
		e = cell_compare(c, log, &c->ref[c->next]);
	return e;
}

enum err
compare_end(const struct compare *c, const struct reading *log)
{
	if (c->next < c->refs)
		return cell_wrong(log, &c->ref[c->next],
		    "is of an event that there is not:");
	return ERR_NONE;
}
