/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/reading.h"

#include <inttypes.h>
#include <string.h>

#include "persist/run.h"

enum err
reading_begin(struct reading *rd)
{
	int rc;

	pthread_rwlock_rdlock(&rd->store->map_lock);
	rc = rd->store->env != NULL
	    ? mdb_txn_begin(rd->store->env, NULL, MDB_RDONLY, &rd->txn)
	    : MDB_PANIC;
	if (rc == 0) {
		rc = mdb_cursor_open(rd->txn, rd->store->dbi[DB_LOG],
		    &rd->cursor);
		if (rc == 0)
			return ERR_NONE;
		mdb_txn_abort(rd->txn);
	}
	pthread_rwlock_unlock(&rd->store->map_lock);
	return fault_set(rd->fault, ERR_STORAGE, "cannot read %s: %s",
	    rd->store->dir, mdb_strerror(rc));
}

void
reading_end(struct reading *rd)
{
	mdb_cursor_close(rd->cursor);
	mdb_txn_abort(rd->txn);
	pthread_rwlock_unlock(&rd->store->map_lock);
	room_fini(&rd->room);
}

enum err
reading_bad(const struct reading *rd, uint64_t seq, const char *what)
{
	return fault_set(rd->fault, ERR_DATA,
	    "record %" PRIu64 " of the log in %s is damaged: %s", seq,
	    rd->store->dir, what);
}

static enum err
split(const struct reading *rd, MDB_val val, struct stored *s)
{
	if (val.mv_size <= sizeof s->chain)
		return reading_bad(rd, s->seq, "it is too short");
	memcpy(&s->chain, val.mv_data, sizeof s->chain);
	s->body = (MDB_val){ val.mv_size - sizeof s->chain,
		(uint8_t *)val.mv_data + sizeof s->chain };
	return ERR_NONE;
}

enum err
reading_record(const struct reading *rd, uint64_t seq, struct stored *s)
{
	MDB_val key = { sizeof seq, &seq }, val;
	int rc = mdb_get(rd->txn, rd->store->dbi[DB_LOG], &key, &val);

	if (rc != 0)
		return reading_bad(rd, seq, mdb_strerror(rc));
	s->seq = seq;
	return split(rd, val, s);
}

enum err
reading_next(const struct reading *rd, uint64_t seq, struct stored *s)
{
	uint64_t next = seq + 1;
	MDB_val key = { sizeof next, &next }, val;
	int rc = mdb_cursor_get(rd->cursor, &key, &val, MDB_SET_RANGE);

	if (rc == 0 && key.mv_size == sizeof s->seq)
		memcpy(&s->seq, key.mv_data, sizeof s->seq);
	if (rc != 0 || key.mv_size != sizeof s->seq || s->seq < next)
		return reading_bad(rd, next,
		    rc == MDB_NOTFOUND ? "it is missing" : mdb_strerror(rc));
	return split(rd, val, s);
}

static enum err
decode(struct reading *rd, const struct stored *s, struct event *ev)
{
	struct fault why = { 0 };

	if (event_decode(s->body.mv_data, s->body.mv_size, &rd->room, ev, &why))
		return reading_bad(rd, s->seq, why.text);
	ev->seq = s->seq;
	return ERR_NONE;
}

static bool
continues(const struct stored *s, uint32_t before)
{
	const MDB_val *b = &s->body;

	return run_is(b->mv_data, b->mv_size)
	    ? run_proven(b->mv_data, b->mv_size, s->seq, before, s->chain)
	    : store_chain(before, s->seq, b->mv_data, b->mv_size) == s->chain;
}

enum err
reading_decode(struct reading *rd, const struct stored *s, uint64_t *seq,
    uint32_t *chain, struct event *ev)
{
	bool run = run_is(s->body.mv_data, s->body.mv_size);
	enum err e;

	if (!run && s->seq != *seq + 1)
		return reading_bad(rd, *seq + 1, "it is missing");
	if (!continues(s, *chain))
		return reading_bad(rd, s->seq, "its checksum does not fit");
	if ((e = decode(rd, s, ev)) != ERR_NONE)
		return e;
	if (s->seq - *seq != event_records(ev))
		return reading_bad(rd, *seq + 1, "it is missing");
	*seq = s->seq;
	*chain = s->chain;
	return ERR_NONE;
}

enum err
reading_event(struct reading *rd, uint64_t *seq, uint32_t *chain,
    struct event *ev)
{
	struct stored s;
	enum err e = reading_next(rd, *seq, &s);

	return e != ERR_NONE ? e : reading_decode(rd, &s, seq, chain, ev);
}

enum err
reading_start(struct reading *rd, uint64_t *seq, uint32_t *chain)
{
	struct stored s;
	struct event ev;
	enum err e;

	*chain = 0;
	if (*seq == 0)
		return ERR_NONE;
	e = reading_next(rd, *seq - 1, &s);
	if (e == ERR_NONE && s.seq != *seq) {
		e = decode(rd, &s, &ev);
		if (e == ERR_NONE && s.seq - *seq >= event_records(&ev))
			e = reading_bad(rd, *seq, "it is missing");
		if (e == ERR_NONE)
			*seq = s.seq - event_records(&ev);
		if (e == ERR_NONE && *seq > 0)
			e = reading_record(rd, *seq, &s);
	}
	if (e == ERR_NONE && *seq > 0)
		*chain = s.chain;
	return e;
}
