/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/mem.h"

/* Of whom the kernel knows that it has the lock; or who wrote it into the file,
 * which may be late. */
static long
pid_of(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char text[32];
	ssize_t n;

	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK &&
	    lock.l_pid > 0)
		return lock.l_pid;
	n = pread(fd, text, sizeof text - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return strtol(text, NULL, 10);
}

static enum err
say_locked(const char *dir, int fd, struct fault *f)
{
	long pid = pid_of(fd);

	fault_set(f, ERR_UNAVAILABLE, "%s is in use by another banditd", dir);
	if (pid > 0)
		fault_add(f, ", process %ld", pid);
	return ERR_UNAVAILABLE;
}

/* The lock that says whose it is comes first; it alone would not hold against
 * this process itself, nor against version 0.1.0, and needs a file that may be
 * written. */
static int
lock_both(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &lock) != 0 && errno != EBADF)
		return -1;
	return flock(fd, LOCK_EX | LOCK_NB);
}

static int
open_either(const char *path, bool create)
{
	int fd =
	    open(path, (create ? O_RDWR | O_CREAT : O_RDWR) | O_CLOEXEC, 0600);

	if (fd < 0 && !create && (errno == EACCES || errno == EROFS))
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd;
}

/* Over what is there, which needs no room. */
static bool
pid_write(int fd)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

	return pwrite(fd, text, (size_t)n, 0) == n && ftruncate(fd, n) == 0;
}

static enum err
take(const char *dir, const char *path, bool create, int *fd, struct fault *f)
{
	*fd = open_either(path, create);
	if (*fd < 0 && !create && (errno == ENOENT || errno == EACCES))
		return ERR_NONE;
	if (*fd < 0)
		return fault_set(f, ERR_STORAGE, "cannot open %s: %s", path,
		    strerror(errno));
	if (lock_both(*fd) != 0)
		return say_locked(dir, *fd, f);
	if (pid_write(*fd))
		return ERR_NONE;
	return create ? fault_set(f, ERR_STORAGE, "cannot write %s: %s", path,
			    strerror(errno))
		      : ERR_NONE;
}

enum err
lock_take(const char *dir, bool create, int *fd, struct fault *f)
{
	size_t n = strlen(dir) + sizeof "/lock";
	char *path = mem_alloc(n, 1);
	enum err e;

	snprintf(path, n, "%s/lock", dir);
	e = take(dir, path, create, fd, f);
	if (e != ERR_NONE && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	free(path);
	return e;
}
