/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/reading.h"

#include <inttypes.h>
#include <string.h>

enum err
reading_begin(struct reading *rd)
{
	int rc;

	pthread_rwlock_rdlock(&rd->store->map_lock);
	rc = mdb_txn_begin(rd->store->env, NULL, MDB_RDONLY, &rd->txn);
	if (rc == 0)
		return ERR_NONE;
	pthread_rwlock_unlock(&rd->store->map_lock);
	return fault_set(rd->fault, ERR_STORAGE, "cannot read %s: %s",
	    rd->store->dir, mdb_strerror(rc));
}

void
reading_end(struct reading *rd)
{
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

enum err
reading_record(const struct reading *rd, uint64_t seq, MDB_val *body,
    uint32_t *chain)
{
	MDB_val key = { sizeof seq, &seq }, val;
	int rc = mdb_get(rd->txn, rd->store->dbi[DB_LOG], &key, &val);

	if (rc != 0)
		return reading_bad(rd, seq, mdb_strerror(rc));
	if (val.mv_size <= sizeof *chain)
		return reading_bad(rd, seq, "it is too short");
	memcpy(chain, val.mv_data, sizeof *chain);
	*body = (MDB_val){ val.mv_size - sizeof *chain,
		(uint8_t *)val.mv_data + sizeof *chain };
	return ERR_NONE;
}

enum err
reading_decode(struct reading *rd, uint64_t seq, MDB_val body, uint32_t stored,
    uint32_t *chain, struct event *ev)
{
	struct fault why = { 0 };

	*chain = store_chain(*chain, seq, body.mv_data, body.mv_size);
	if (*chain != stored)
		return reading_bad(rd, seq, "its checksum does not fit");
	if (event_decode(body.mv_data, body.mv_size, &rd->room, ev, &why))
		return reading_bad(rd, seq, why.text);
	ev->seq = seq;
	return ERR_NONE;
}

enum err
reading_event(struct reading *rd, uint64_t seq, uint32_t *chain,
    struct event *ev)
{
	uint32_t stored;
	MDB_val body;
	enum err e = reading_record(rd, seq, &body, &stored);

	return e != ERR_NONE ? e
			     : reading_decode(rd, seq, body, stored, chain, ev);
}
