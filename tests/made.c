/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/made.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool
before(const struct decision *d, uint32_t router, uint64_t number)
{
	return d->router < router ||
	    (d->router == router && d->number < number);
}

int
made_find(const struct made_all *all, uint32_t router, uint64_t number)
{
	int low = 0, high = all->count;

	while (low < high) {
		int mid = (low + high) / 2;

		if (before(&all->made[mid].decision, router, number))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct made *
insert(struct made_all *all, int at)
{
	if (all->count == all->cap) {
		all->cap = all->cap > 0 ? 2 * all->cap : 1024;
		all->made =
		    mem_realloc(all->made, (size_t)all->cap, sizeof *all->made);
	}
	memmove(all->made + at + 1, all->made + at,
	    (size_t)(all->count++ - at) * sizeof *all->made);
	all->made[at] = (struct made){ 0 };
	return &all->made[at];
}

/* A slate comes in several records, of which one may have its context. */
static void
take(struct made_all *all, const struct decision *d)
{
	int at = made_find(all, d->router, d->number);
	struct made *m = &all->made[at];

	if (at < all->count && m->decision.router == d->router &&
	    m->decision.number == d->number) {
		if (m->decision.x != NULL || d->x == NULL)
			return;
		room_fini(&m->room);
	} else {
		m = insert(all, at);
		m->mark = mem_zalloc((size_t)d->k, sizeof *m->mark);
		m->pends = mem_zalloc((size_t)d->k, sizeof *m->pends);
	}
	m->room = (struct room){ 0 };
	m->decision = *d;
	room_take(&m->room, &m->decision);
}

static enum err
read_log(struct reading *rd, struct made_all *all)
{
	uint64_t seq = 0;
	uint32_t chain = 0;

	while (seq < rd->store->head.seq) {
		struct event ev;
		enum err e = reading_event(rd, &seq, &chain, &ev);

		if (e != ERR_NONE)
			return e;
		ev.decision.router = ev.router;
		if (ev.decision.k > 0 && !event_imported(&ev))
			take(all, &ev.decision);
		if (ev.kind == EVENT_BANDWIDTH)
			all->taken[ev.router] =
			    (struct taken){ seq, ev.bandwidth };
	}
	return ERR_NONE;
}

static enum err
read_waiting(struct reading *rd, struct made_all *all)
{
	struct decision_record record;
	MDB_cursor *cur;
	MDB_val key, val;
	int rc = mdb_cursor_open(rd->txn, rd->store->dbi[DB_DECISIONS], &cur);

	while (
	    rc == 0 && (rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT)) == 0) {
		if (decision_decode(val.mv_data, val.mv_size, &rd->room,
			&record))
			break;
		if (record.state == DECISION_PENDING)
			take(all, &record.decision);
	}
	mdb_cursor_close(cur);
	if (rc == MDB_NOTFOUND)
		return ERR_NONE;
	return fault_set(rd->fault, ERR_DATA, "a decision cannot be read: %s",
	    rc == 0 ? "it is damaged" : mdb_strerror(rc));
}

enum err
made_read(struct store *store, struct made_all *all, struct fault *f)
{
	struct reading rd = { .store = store, .fault = f };
	enum err e = reading_begin(&rd);

	*all = (struct made_all){ 0 };
	all->taken = mem_zalloc(store->routers + 1u, sizeof *all->taken);
	if (e != ERR_NONE)
		return e;
	e = read_log(&rd, all);
	if (e == ERR_NONE)
		e = read_waiting(&rd, all);
	reading_end(&rd);
	return e;
}

void
made_fini(struct made_all *all)
{
	for (int i = 0; i < all->count; i++) {
		room_fini(&all->made[i].room);
		free(all->made[i].mark);
		free(all->made[i].pends);
	}
	free(all->made);
	free(all->taken);
}
