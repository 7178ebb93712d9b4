/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/path.h"
#include "persist/ballast.h"
#include "persist/lock.h"
#include "persist/store_files.h"
#include "persist/verify.h"

#define MAP_START ((size_t)64 << 20) /* bytes; it grows by doubling */

const struct pages_want store_dbs[DB_COUNT + 1] = { { "meta", 0 },
	{ "log", MDB_INTEGERKEY }, { "decisions", 0 }, { "own_ids", 0 },
	{ "keys", 0 }, { "cells", 0 }, { NULL, 0 } };

static enum err
say_errno(struct fault *f, const char *what, const char *path)
{
	return fault_set(f, ERR_STORAGE, "cannot %s %s: %s", what, path,
	    strerror(errno));
}

static enum err
say_mdb(struct fault *f, const char *what, const char *path, int rc)
{
	bool damaged = rc == MDB_CORRUPTED || rc == MDB_INVALID ||
	    rc == MDB_PAGE_NOTFOUND || rc == MDB_VERSION_MISMATCH;

	return fault_set(f, damaged ? ERR_DATA : ERR_STORAGE,
	    "cannot %s %s: %s", what, path, mdb_strerror(rc));
}

static int
env_open(struct store *s, const char *path, unsigned flags)
{
	int rc = mdb_env_create(&s->env);

	if (rc != 0)
		return rc;
	mdb_env_set_mapsize(s->env, MAP_START);
	mdb_env_set_maxdbs(s->env, DB_COUNT);
	/* Transactions are handed to the writer's thread, not tied to one. */
	return mdb_env_open(s->env, path, flags | MDB_NOTLS, 0600);
}

static int
dbs_open(struct store *s, MDB_txn *txn, unsigned flags)
{
	for (int i = 0; i < DB_COUNT; i++) {
		int rc = mdb_dbi_open(txn, store_dbs[i].name,
		    store_dbs[i].flags | flags, &s->dbi[i]);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The first transaction of a new environment. */
static int
env_found(struct store *s)
{
	uint32_t schema = STORE_SCHEMA;
	uint64_t starts = 0;
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, 0, &txn);

	if (rc != 0)
		return rc;
	if ((rc = dbs_open(s, txn, MDB_CREATE)) != 0 ||
	    (rc = meta_put(s, txn, "schema", &schema, sizeof schema)) != 0 ||
	    (rc = meta_put(s, txn, "starts", &starts, sizeof starts)) != 0 ||
	    (rc = fail_point("store.found")) != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

/* The names of the directory itself and of those above it, which may be as new
 * as it is; what may not be opened was not made by us. */
static enum err
sync_above(const char *dir, struct fault *f)
{
	char *path = mem_strdup(dir), *slash;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && (slash = strrchr(path, '/')) != NULL &&
	    slash != path) {
		*slash = '\0';
		if (access(path, R_OK) == 0)
			e = dir_sync(path, f);
	}
	free(path);
	return e;
}

/* The finished environment gets its name. */
static enum err
db_name(const struct store *s, const char *fresh, const char *db,
    struct fault *f)
{
	enum err e = dir_sync(fresh, f);

	if (e == ERR_NONE &&
	    (fail_point("store.rename") != 0 || rename(fresh, db) != 0))
		e = say_errno(f, "rename", fresh);
	if (e == ERR_NONE && fail_point("store.renamed") != 0)
		e = say_errno(f, "flush", s->dir);
	if (e == ERR_NONE)
		e = dir_sync(s->dir, f);
	return e == ERR_NONE ? sync_above(s->dir, f) : e;
}

static void
remove_unfinished(const char *dir)
{
	static const char *const files[] = { STORE_DATA, STORE_LOCK };

	for (int i = 0; i < 2; i++) {
		char *path = path_in(dir, files[i]);

		unlink(path);
		free(path);
	}
	rmdir(dir);
}

/* Makes the environment under another name, so that a crash half way leaves
 * nothing that looks like one. */
static enum err
db_create(struct store *s, const char *db, struct fault *f)
{
	char *fresh = path_in(s->dir, "db.new");
	enum err e;
	int rc;

	remove_unfinished(fresh);
	if (fail_point("store.create") != 0 || mkdir(fresh, 0700) != 0)
		e = say_errno(f, "create", fresh);
	else
		e = db_clear(fresh, f);
	if (e == ERR_NONE &&
	    ((rc = env_open(s, fresh, 0)) != 0 || (rc = env_found(s)) != 0))
		e = say_mdb(f, "create", fresh, rc);
	if (s->env != NULL)
		mdb_env_close(s->env);
	s->env = NULL;
	if (e == ERR_NONE)
		e = db_name(s, fresh, db, f);
	free(fresh);
	return e;
}

static enum err
schema_check(struct store *s, MDB_txn *txn, struct fault *f)
{
	uint32_t schema = 0;
	int rc = dbs_open(s, txn, 0);

	if (rc == 0)
		rc = meta_get(s, txn, "schema", &schema, sizeof schema);
	if (rc == MDB_NOTFOUND)
		return fault_set(f, ERR_DATA, "%s/db is not banditd's", s->dir);
	if (rc != 0)
		return say_mdb(f, "read", s->dir, rc);
	s->schema = schema;
	if (schema > STORE_SCHEMA)
		return fault_set(f, ERR_DATA,
		    "%s has schema %u; this banditd knows up to %d, use a "
		    "newer one",
		    s->dir, schema, STORE_SCHEMA);
	return ERR_NONE;
}

static enum err
meta_load(struct store *s, MDB_txn *txn, enum store_mode mode, struct fault *f)
{
	uint32_t schema = STORE_SCHEMA;
	int rc = meta_get(s, txn, "starts", &s->starts, sizeof s->starts);

	if (rc == 0)
		rc = head_get(s, txn, &s->head);
	if (rc == 0)
		rc =
		    meta_get(s, txn, "routers", &s->routers, sizeof s->routers);
	if (rc == MDB_NOTFOUND)
		rc = 0; /* none yet */
	if (rc == 0)
		rc = notes_get(s, txn);
	if (rc == 0 && mode == STORE_WRITE && s->schema < SCHEMA_PARTS)
		rc = parts_count(s, txn);
	if (rc == 0 && mode == STORE_WRITE) {
		s->schema = schema;
		rc = fail_point("store.schema")
		    ?: meta_put(s, txn, "schema", &schema, sizeof schema);
	}
	if (rc == 0 && mode == STORE_WRITE) {
		s->starts++;
		rc = meta_put(s, txn, "starts", &s->starts, sizeof s->starts);
	}
	return rc == 0 ? ERR_NONE : say_mdb(f, "read", s->dir, rc);
}

static int
start_commit(MDB_txn *txn)
{
	int rc = fail_point("store.start");

	if (rc != 0)
		mdb_txn_abort(txn);
	else
		rc = mdb_txn_commit(txn);
	return rc ?: fail_point("store.started");
}

static enum err
db_open(struct store *s, const char *db, enum store_mode mode, struct fault *f)
{
	unsigned flags = mode == STORE_READ ? MDB_RDONLY : 0;
	MDB_txn *txn;
	enum err e;
	int rc;

	if (mode == STORE_WRITE && (e = db_clear(db, f)) != ERR_NONE)
		return e;
	rc = fail_point("store.open")
	    ?: env_open(s, db,
		   mode == STORE_READ ? MDB_RDONLY | MDB_NOLOCK : 0);
	if (rc != 0)
		return say_mdb(f, "open", db, rc);
	if (mode == STORE_WRITE && (rc = store_fit(s)) != 0)
		return say_mdb(f, "map", db, rc);
	if ((rc = mdb_txn_begin(s->env, NULL, flags, &txn)) != 0)
		return say_mdb(f, "open", db, rc);
	if ((e = schema_check(s, txn, f)) != ERR_NONE ||
	    (e = meta_load(s, txn, mode, f)) != ERR_NONE) {
		mdb_txn_abort(txn);
		return e;
	}
	rc = mode == STORE_WRITE ? start_commit(txn) : mdb_txn_commit(txn);
	if (rc != 0)
		return say_mdb(f, "write", db, rc);
	return ERR_NONE;
}

/* The directory is there, ours, and good. */
static enum err
dir_take(struct store *s, const char *db, struct fault *f)
{
	enum err e;

	path_make_parents(s->dir, 0755);
	if (mkdir(s->dir, 0700) != 0 && errno != EEXIST)
		return say_errno(f, "create", s->dir);
	if ((e = lock_take(s->dir, true, &s->lock_fd, f)) != ERR_NONE)
		return e;
	return access(db, F_OK) != 0 ? db_create(s, db, f)
				     : verify_start(s->dir, s->lock_fd, f);
}

static enum err
try_open(struct store *s, enum store_mode mode, struct fault *f)
{
	char *db = path_in(s->dir, "db");
	enum err e = mode == STORE_WRITE ? dir_take(s, db, f) : ERR_NONE;

	if (e == ERR_NONE)
		e = db_open(s, db, mode, f);
	free(db);
	return e;
}

static void
give_back(struct store *s)
{
	if (s->env != NULL)
		mdb_env_close(s->env);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	s->env = NULL;
	s->lock_fd = -1;
}

enum err
store_open(struct store *s, const char *dir, enum store_mode mode,
    struct fault *f)
{
	enum err e;

	*s = (struct store){ .dir = mem_strdup(dir), .lock_fd = -1 };
	pthread_rwlock_init(&s->map_lock, NULL);
	e = try_open(s, mode, f);
	if (e == ERR_STORAGE && mode == STORE_WRITE && store_is_full(s) &&
	    ballast_spend(dir)) {
		give_back(s);
		e = try_open(s, mode, f);
	}
	if (e != ERR_NONE)
		store_close(s);
	return e;
}

/* The handles are of the environment that was given up. */
static int
head_again(struct store *s, struct store_head *head)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return rc;
	if ((rc = dbs_open(s, txn, 0)) == 0)
		rc = head_get(s, txn, head);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	return mdb_txn_commit(txn);
}

enum err
store_reopen(struct store *s)
{
	char *db = path_in(s->dir, "db");
	struct store_head head;
	int rc;

	pthread_rwlock_wrlock(&s->map_lock);
	mdb_env_close(s->env);
	s->env = NULL;
	rc = fail_point("store.reopen") ?: env_open(s, db, 0);
	if (rc == 0)
		rc = store_fit(s);
	if (rc == 0)
		rc = head_again(s, &head);
	if (rc != 0 && s->env != NULL) {
		mdb_env_close(s->env);
		s->env = NULL;
	}
	pthread_rwlock_unlock(&s->map_lock);
	free(db);
	return rc == 0 && head.seq == s->head.seq && head.chain == s->head.chain
	    ? ERR_NONE
	    : ERR_STORAGE;
}

void
store_close(struct store *s)
{
	give_back(s);
	pthread_rwlock_destroy(&s->map_lock);
	free(s->dir);
	*s = (struct store){ .lock_fd = -1 };
}
