/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the database meta says. */
#include <stdio.h>
#include <string.h>

#include "persist/store.h"

int
meta_put(struct store *s, MDB_txn *txn, const char *name, const void *data,
    size_t len)
{
	MDB_val key = { strlen(name), (void *)(uintptr_t)name };
	MDB_val val = { len, (void *)(uintptr_t)data };

	return mdb_put(txn, s->dbi[DB_META], &key, &val, 0);
}

int
meta_get(struct store *s, MDB_txn *txn, const char *name, void *data,
    size_t len)
{
	MDB_val key = { strlen(name), (void *)(uintptr_t)name }, val;
	int rc = mdb_get(txn, s->dbi[DB_META], &key, &val);

	if (rc == 0 && val.mv_size != len)
		return MDB_CORRUPTED;
	if (rc == 0)
		memcpy(data, val.mv_data, len);
	return rc;
}

int
head_get(struct store *s, MDB_txn *txn, struct store_head *head)
{
	uint8_t bytes[12];
	int rc = meta_get(s, txn, "head", bytes, sizeof bytes);

	*head = (struct store_head){ 0, 0 };
	if (rc != 0)
		return rc == MDB_NOTFOUND ? 0 : rc;
	memcpy(&head->seq, bytes, 8);
	memcpy(&head->chain, bytes + 8, 4);
	return 0;
}

int
notes_get(struct store *s, MDB_txn *txn)
{
	uint64_t stopped = 0;
	uint8_t bytes[NOTE_BACKUP_SIZE];
	int rc = meta_get(s, txn, NOTE_STOPPED, &stopped, sizeof stopped);

	s->clean = s->starts == stopped;
	if (rc != 0 && rc != MDB_NOTFOUND)
		return rc;
	rc = meta_get(s, txn, NOTE_BACKUP, bytes, sizeof bytes);
	s->backup = (struct backup_note){ 0, 0 };
	if (rc != 0)
		return rc == MDB_NOTFOUND ? 0 : rc;
	memcpy(&s->backup.time, bytes, 8);
	memcpy(&s->backup.seq, bytes + 8, 8);
	return 0;
}

static void
rebuild_name(char *name, size_t size, uint32_t router)
{
	snprintf(name, size, "rebuild.%u", router);
}

int
rebuild_get(struct store *s, MDB_txn *txn, uint32_t router, uint64_t *seq)
{
	char name[32];
	int rc;

	rebuild_name(name, sizeof name, router);
	rc = meta_get(s, txn, name, seq, sizeof *seq);
	if (rc == MDB_NOTFOUND)
		*seq = 0;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int
rebuild_put(struct store *s, MDB_txn *txn, uint32_t router, uint64_t seq)
{
	char name[32];

	rebuild_name(name, sizeof name, router);
	return meta_put(s, txn, name, &seq, sizeof seq);
}
