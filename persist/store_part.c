/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the log holds of each router. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "persist/record.h"
#include "persist/store.h"

#define NODE 16 /* bytes that LMDB spends on a record: its head and key */
#define CHAIN 4 /* before a body */

uint64_t
log_bytes(size_t value)
{
	return value + NODE;
}

static void
part_name(char *name, size_t size, uint32_t router)
{
	snprintf(name, size, "log.%u", router);
}

int
part_get(struct store *s, MDB_txn *txn, uint32_t router, struct log_part *part)
{
	uint64_t n[3];
	char name[32];
	int rc;

	*part = (struct log_part){ 0 };
	if (s->schema < SCHEMA_PARTS)
		return 0;
	part_name(name, sizeof name, router);
	rc = meta_get(s, txn, name, n, sizeof n);
	if (rc == 0)
		*part = (struct log_part){ n[0], n[1], n[2] };
	return rc;
}

int
part_put(struct store *s, MDB_txn *txn, uint32_t router,
    const struct log_part *part)
{
	uint64_t n[] = { part->bytes, part->dropped, part->last };
	char name[32];

	part_name(name, sizeof name, router);
	return meta_put(s, txn, name, n, sizeof n);
}

/* Bytes by router, [routers + 1]. */
static int
count_all(struct store *s, MDB_cursor *cur, struct room *room, uint64_t *bytes)
{
	struct event ev;
	MDB_val key, val;
	int rc;

	while ((rc = mdb_cursor_get(cur, &key, &val, MDB_NEXT)) == 0) {
		if (val.mv_size <= CHAIN ||
		    event_decode((uint8_t *)val.mv_data + CHAIN,
			val.mv_size - CHAIN, room, &ev, NULL) != ERR_NONE ||
		    ev.router > s->routers)
			return MDB_CORRUPTED;
		if (event_teaches(ev.kind))
			bytes[ev.router] += log_bytes(val.mv_size);
	}
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
parts_count(struct store *s, MDB_txn *txn)
{
	uint64_t *bytes = mem_zalloc(s->routers + 1u, sizeof *bytes);
	struct room room = { 0 };
	MDB_cursor *cur;
	int rc = mdb_cursor_open(txn, s->dbi[DB_LOG], &cur);

	if (rc == 0) {
		rc = count_all(s, cur, &room, bytes);
		mdb_cursor_close(cur);
	}
	for (uint32_t id = 1; rc == 0 && id <= s->routers; id++)
		rc = part_put(s, txn, id,
		    &(struct log_part){ .bytes = bytes[id] });
	room_fini(&room);
	free(bytes);
	return rc;
}
