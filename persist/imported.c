/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/imported.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "persist/record.h"

#define PREFIX "import:"

void
imported_key(const struct event *ev, char *key)
{
	struct buf body = { 0 };
	XXH128_hash_t hash;

	event_encode(ev, &body);
	buf_put(&body, &ev->seq, sizeof ev->seq);
	hash = XXH3_128bits(body.data, body.len);
	snprintf(key, NAME_SIZE, PREFIX "%016" PRIx64 "%016" PRIx64,
	    (uint64_t)hash.high64, (uint64_t)hash.low64);
	buf_free(&body);
}

bool
imported_own(struct applier *a, const struct op *op)
{
	uint64_t seq = op->as_of;
	MDB_val at = { sizeof seq, &seq }, val;
	char key[NAME_SIZE];
	struct event ev;

	if (strncmp(op->ev.key, PREFIX, strlen(PREFIX)) != 0 ||
	    mdb_get(a->txn, a->store->dbi[DB_LOG], &at, &val) != 0 ||
	    val.mv_size <= sizeof(uint32_t) ||
	    event_decode((uint8_t *)val.mv_data + sizeof(uint32_t),
		val.mv_size - sizeof(uint32_t), &a->room, &ev,
		NULL) != ERR_NONE ||
	    ev.router != op->ev.router || ev.key[0] != '\0')
		return false;
	ev.seq = seq;
	imported_key(&ev, key);
	return strcmp(key, op->ev.key) == 0;
}
