/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/compact.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "persist/store_files.h"

struct names {
	struct buf db, data, lock, data_new, lock_new; /* C strings */
};

static void
name_set(struct buf *b, const struct store *s, const char *tail)
{
	buf_printf(b, "%s/db%s", s->dir, tail);
	buf_put(b, "", 1);
}

static const char *
str(const struct buf *b)
{
	return (const char *)b->data;
}

static void
names_init(struct names *n, const struct store *s)
{
	*n = (struct names){ 0 };
	name_set(&n->db, s, "");
	name_set(&n->data, s, "/" STORE_DATA);
	name_set(&n->lock, s, "/" STORE_LOCK);
	name_set(&n->data_new, s, "/" STORE_DATA_NEW);
	name_set(&n->lock_new, s, "/" STORE_LOCK_NEW);
}

static void
names_fini(struct names *n)
{
	buf_free(&n->db);
	buf_free(&n->data);
	buf_free(&n->lock);
	buf_free(&n->data_new);
	buf_free(&n->lock_new);
}

static enum err
say(struct fault *f, const char *what, const char *path, const char *why)
{
	return fault_set(f, ERR_STORAGE, "cannot %s %s: %s", what, path, why);
}

static enum err
size_of(const char *path, uint64_t *size, struct fault *f)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return say(f, "read", path, strerror(errno));
	*size = (uint64_t)st.st_size;
	return ERR_NONE;
}

/* LMDB flushes nothing of a copy. */
static enum err
copy_write(struct store *s, const char *copy, struct fault *f)
{
	int fd = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum err e = ERR_NONE;
	int rc;

	if (fd < 0)
		return say(f, "create", copy, strerror(errno));
	pthread_rwlock_rdlock(&s->map_lock); /* a read transaction is open */
	rc = fail_point("compact.copy")
	    ?: mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);
	pthread_rwlock_unlock(&s->map_lock);
	if (rc != 0)
		e = say(f, "write", copy, mdb_strerror(rc));
	else if (fail_point("compact.sync") != 0 || fsync(fd) != 0)
		e = say(f, "flush", copy, strerror(errno));
	if (close(fd) != 0 && e == ERR_NONE)
		e = say(f, "close", copy, strerror(errno));
	return e;
}

/* Of each database, and last of that of their names; false: they cannot be
 * read. */
static bool
stats_get(struct store *s, MDB_stat stats[DB_COUNT + 1])
{
	MDB_txn *txn;
	bool got;

	pthread_rwlock_rdlock(&s->map_lock);
	got = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn) == 0;
	if (got) {
		for (int i = 0; got && i < DB_COUNT; i++)
			got = mdb_stat(txn, s->dbi[i], &stats[i]) == 0;
		mdb_txn_abort(txn);
	}
	pthread_rwlock_unlock(&s->map_lock);
	return got && mdb_env_stat(s->env, &stats[DB_COUNT]) == 0;
}

/* All pages but the free ones, which are most where it is worth making. */
static uint64_t
copy_bytes(const MDB_stat stats[DB_COUNT + 1])
{
	uint64_t pages = 2; /* meta pages */

	for (int i = 0; i <= DB_COUNT; i++)
		pages += stats[i].ms_branch_pages + stats[i].ms_leaf_pages +
		    stats[i].ms_overflow_pages;
	return pages * stats[0].ms_psize;
}

/* A try would take what there is from every other program. */
static enum err
room_check(struct store *s, const char *copy, struct fault *f)
{
	MDB_stat stats[DB_COUNT + 1];
	uint64_t need;

	if (!stats_get(s, stats))
		return say(f, "copy", s->dir, "its size cannot be read");
	need = copy_bytes(stats);
	if (dir_has_room(s->dir, need))
		return ERR_NONE;
	return fault_set(f, ERR_STORAGE,
	    "no room for %s: it needs %" PRIu64 " bytes, and %" PRIu64
	    " are free",
	    copy, need, store_size(s).disk_free);
}

static bool
same_counts(struct store *s, const struct pages_report *r)
{
	MDB_stat stats[DB_COUNT + 1];
	bool same = stats_get(s, stats);

	for (int i = 0; same && i < DB_COUNT; i++)
		same = stats[i].ms_entries == r->entries[i];
	return same;
}

static bool
same_head(const struct store *s, const char *copy)
{
	struct store_head head = { 0 };
	uint8_t bytes[12];
	struct pages p;

	if (pages_open(&p, copy, NULL) != ERR_NONE)
		return false;
	if (pages_value(&p, "meta", "head", bytes, sizeof bytes)) {
		memcpy(&head.seq, bytes, 8);
		memcpy(&head.chain, bytes + 8, 4);
	}
	pages_close(&p);
	return head.seq == s->head.seq && head.chain == s->head.chain;
}

/* What is damaged in it is not the state's: nobody has lost anything yet. */
static enum err
copy_check(struct store *s, const char *copy, struct fault *f)
{
	struct pages_report pages;

	if (pages_check(copy, store_dbs, &pages, f) != ERR_NONE)
		return ERR_STORAGE;
	if (!same_counts(s, &pages) || !same_head(s, copy))
		return say(f, "use", copy, "it is not all that the file has");
	return ERR_NONE;
}

/* The lock file has its room now: later it would be too late to say no. */
static enum err
both_write(struct store *s, const struct names *n, struct fault *f)
{
	enum err e = room_check(s, str(&n->data_new), f);

	if (e == ERR_NONE)
		e = lock_create(str(&n->lock_new), f);
	if (e == ERR_NONE)
		e = copy_write(s, str(&n->data_new), f);
	return e == ERR_NONE ? copy_check(s, str(&n->data_new), f) : e;
}

static enum err
take_name(const struct buf *from, const struct buf *to, struct fault *f)
{
	if (rename(str(from), str(to)) != 0)
		return say(f, "rename", str(from), strerror(errno));
	return ERR_NONE;
}

enum err
compact_make(struct store *s, uint64_t *before, uint64_t *after,
    struct fault *f)
{
	struct names n;
	enum err e;

	names_init(&n, s);
	unlink(str(&n.lock_new)); /* where one could not be removed */
	e = size_of(str(&n.data), before, f);
	if (e == ERR_NONE)
		e = both_write(s, &n, f);
	if (e == ERR_NONE)
		e = size_of(str(&n.data_new), after, f);
	if (e == ERR_NONE)
		e = fail_point("compact.rename") != 0
		    ? say(f, "rename", str(&n.data_new), strerror(errno))
		    : take_name(&n.data_new, &n.data, f);
	if (e != ERR_NONE) {
		unlink(str(&n.data_new));
		unlink(str(&n.lock_new));
	}
	names_fini(&n);
	return e;
}

/* The old lock file says which commit was the last of the old file: another
 * process that has it open would keep that alive, and it leads to a wrong meta
 * page of the new. */
enum err
compact_use(struct store *s, struct fault *f)
{
	struct names n;
	enum err e;

	names_init(&n, s);
	e = fail_point("compact.lock") != 0
	    ? say(f, "rename", str(&n.lock_new), strerror(errno))
	    : take_name(&n.lock_new, &n.lock, f);
	if (e == ERR_NONE && fail_point("compact.renamed") != 0)
		e = say(f, "flush", str(&n.db), strerror(errno));
	if (e == ERR_NONE)
		e = dir_sync(str(&n.db), f);
	if (e == ERR_NONE && store_reopen(s) != ERR_NONE)
		e = say(f, "open", str(&n.data),
		    "it is not what was written to it");
	names_fini(&n);
	return e;
}
