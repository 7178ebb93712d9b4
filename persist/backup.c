/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bandit/bandit.h"
#include "base/buf.h"
#include "base/fail.h"
#include "persist/recover.h"

struct names {
	struct buf copy, db, data, lock, parent; /* C strings */
};

static void
name_set(struct buf *b, const char *path, const char *tail)
{
	buf_printf(b, "%s%s", path, tail);
	buf_put(b, "", 1);
}

static const char *
str(const struct buf *b)
{
	return (const char *)b->data;
}

static void
names_init(struct names *n, const char *path)
{
	const char *slash = strrchr(path, '/');

	*n = (struct names){ 0 };
	name_set(&n->copy, path, ".part");
	name_set(&n->db, path, ".part/db");
	name_set(&n->data, path, ".part/db/data.mdb");
	name_set(&n->lock, path, ".part/db/lock.mdb");
	buf_put(&n->parent, path, (size_t)(slash - path) + (slash == path));
	buf_put(&n->parent, "", 1);
}

static void
names_fini(struct names *n)
{
	buf_free(&n->copy);
	buf_free(&n->db);
	buf_free(&n->data);
	buf_free(&n->lock);
	buf_free(&n->parent);
}

static void
remove_copy(const struct names *n)
{
	unlink(str(&n->data));
	unlink(str(&n->lock));
	rmdir(str(&n->db));
	rmdir(str(&n->copy));
}

static int
sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

static enum err
say(struct fault *f, const char *what, const char *path, const char *why)
{
	return fault_set(f, ERR_STORAGE, "cannot %s %s: %s", what, path, why);
}

static enum err
copy_db(struct store *s, const struct names *n, struct fault *f)
{
	int rc;

	if (fail_point("backup.create") != 0 ||
	    mkdir(str(&n->copy), 0700) != 0 || mkdir(str(&n->db), 0700) != 0)
		return say(f, "create", str(&n->db), strerror(errno));
	pthread_rwlock_rdlock(&s->map_lock); /* a read transaction is open */
	rc = s->env == NULL
	    ? MDB_PANIC
	    : fail_point("backup.copy")
		?: mdb_env_copy2(s->env, str(&n->db), MDB_CP_COMPACT);
	pthread_rwlock_unlock(&s->map_lock);
	if (rc != 0)
		return say(f, "write", str(&n->db), mdb_strerror(rc));
	if (fail_point("backup.sync") != 0 || sync_path(str(&n->data)) != 0 ||
	    sync_path(str(&n->db)) != 0 || sync_path(str(&n->copy)) != 0)
		return say(f, "sync", str(&n->db), strerror(errno));
	return ERR_NONE;
}

static enum err
check_copy(const struct names *n, uint64_t *seq, struct fault *f)
{
	struct recovery info = { 0 };
	struct pages_report pages;
	struct bandit b = { 0 };
	struct store copy;
	enum err e = fail_point("backup.verify") != 0
	    ? say(f, "read", str(&n->data), strerror(errno))
	    : pages_check(str(&n->data), store_dbs, &pages, f);

	if (e == ERR_NONE)
		e = store_open(&copy, str(&n->copy), STORE_READ, f);
	if (e != ERR_NONE)
		return e;
	e = recover_state(&copy, &b, true, &info, f);
	*seq = copy.head.seq;
	bandit_fini(&b);
	store_close(&copy);
	return e;
}

/* A file system may have no need of it, and a directory that may not be opened
 * for reading can still be written to. */
static enum err
name_lasts(const struct names *n, struct fault *f)
{
	if (fail_point("backup.renamed") == 0 &&
	    sync_path(str(&n->parent)) == 0)
		return ERR_NONE;
	return errno == EINVAL || errno == EACCES
	    ? ERR_NONE
	    : say(f, "sync", str(&n->parent), strerror(errno));
}

enum err
backup_make(struct store *s, const char *path, uint64_t *seq, struct fault *f)
{
	struct names n;
	enum err e;

	if (path[0] != '/')
		return fault_set(f, ERR_BAD_REQUEST,
		    "path must be absolute, not \"%.200s\"", path);
	if (access(path, F_OK) == 0)
		return fault_set(f, ERR_CONFLICT, "%.200s exists already",
		    path);
	names_init(&n, path);
	remove_copy(&n); /* of a backup that was cut short */
	e = copy_db(s, &n, f);
	if (e == ERR_NONE)
		e = check_copy(&n, seq, f);
	if (e == ERR_NONE &&
	    (fail_point("backup.rename") != 0 ||
		rename(str(&n.copy), path) != 0))
		e = say(f, "create", path, strerror(errno));
	if (e != ERR_NONE)
		remove_copy(&n);
	else
		e = name_lasts(&n, f);
	names_fini(&n);
	return e;
}
