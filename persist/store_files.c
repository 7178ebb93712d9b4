/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/store_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/path.h"

#define LOCK_BYTES 8192 /* what LMDB makes its lock file */

static enum err
say_errno(struct fault *f, const char *what, const char *path)
{
	return fault_set(f, ERR_STORAGE, "cannot %s %s: %s", what, path,
	    strerror(errno));
}

enum err
dir_sync(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = ERR_NONE;

	if (fd < 0)
		return say_errno(f, "open", path);
	if (fsync(fd) != 0 && errno != EINVAL) /* a file system may have no
						  need of it */
		e = say_errno(f, "flush", path);
	close(fd);
	return e;
}

/* LMDB writes to its lock file through a map, where a full disk is no error
 * but a signal; so the file has its room before. */
enum err
lock_create(const char *path, struct fault *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return say_errno(f, "create", path);
	rc = fail_point("store.lock") ?: posix_fallocate(fd, 0, LOCK_BYTES);
	close(fd);
	if (rc != ENOSPC && rc != EDQUOT && rc != EFBIG)
		return ERR_NONE; /* a file system may not know how to */
	errno = rc;
	return say_errno(f, "create", path);
}

static enum err
remove_in(const char *db, const char *name, struct fault *f)
{
	char *path = path_in(db, name);
	enum err e = ERR_NONE;

	if (unlink(path) != 0 && errno != ENOENT)
		e = fault_set(f, errno == EISDIR ? ERR_DATA : ERR_STORAGE,
		    "cannot remove %s: %s", path, strerror(errno));
	free(path);
	return e;
}

/* LMDB would refuse a lock file that is damaged; nobody has it open. */
enum err
db_clear(const char *db, struct fault *f)
{
	static const char *const names[] = { STORE_DATA_NEW, STORE_LOCK_NEW,
		STORE_LOCK };
	enum err e = ERR_NONE;
	char *path;

	for (size_t i = 0; e == ERR_NONE && i < 3; i++)
		e = remove_in(db, names[i], f);
	if (e != ERR_NONE)
		return e;
	path = path_in(db, STORE_LOCK);
	e = lock_create(path, f);
	free(path);
	return e;
}
