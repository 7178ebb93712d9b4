/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changes names, and which descriptor is which file. */
#include "tests/faults/shim.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
open(const char *path, int flags, ...)
{
	bool ours = shim_within(path);
	mode_t mode = 0;
	va_list args;
	int fd;

	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
		if (ours && shim_fails(CALL_CREATE, path, &(enum act){ 0 }))
			return -1;
	}
	pthread_mutex_lock(&shim_lock);
	fd = (int)syscall(SYS_open, path, flags, mode);
	if (fd >= 0 && ours)
		shim_opened(fd, path, flags);
	pthread_mutex_unlock(&shim_lock);
	return fd;
}

int
close(int fd)
{
	struct shim_file *f = shim_file(fd);
	int rc;

	pthread_mutex_lock(&shim_lock);
	if (f != NULL) {
		f->ours = false;
		shim_record(TRACE_CLOSE, fd, 0, 0, NULL, 0);
	}
	rc = (int)syscall(SYS_close, fd);
	pthread_mutex_unlock(&shim_lock);
	return rc;
}

/* A call that changes names; data is what the trace says of it. */
static int
name(enum call call, const char *path, enum trace_op op, long (*real)(void *),
    void *arg, const void *data, size_t len)
{
	bool ours = shim_within(path);
	int rc;

	if (ours && shim_fails(call, path, &(enum act){ 0 }))
		return -1;
	pthread_mutex_lock(&shim_lock);
	rc = (int)real(arg);
	if (ours && rc == 0)
		shim_record(op, 0, 0, 0, data, len);
	pthread_mutex_unlock(&shim_lock);
	return rc;
}

struct names {
	const char *path, *to;
	mode_t mode;
};

static long
real_rename(void *arg)
{
	struct names *n = arg;

	return syscall(SYS_rename, n->path, n->to);
}

int
rename(const char *path, const char *to)
{
	char both[2 * SHIM_PATH_MOST];
	size_t n = strlen(path) + 1, m = strlen(to);

	if (n + m > sizeof both)
		abort();
	memcpy(both, path, n);
	memcpy(both + n, to, m);
	return name(CALL_NAME, path, TRACE_RENAME, real_rename,
	    &(struct names){ path, to, 0 }, both, n + m);
}

static long
real_unlink(void *arg)
{
	return syscall(SYS_unlink, ((struct names *)arg)->path);
}

int
unlink(const char *path)
{
	return name(CALL_NAME, path, TRACE_UNLINK, real_unlink,
	    &(struct names){ path, NULL, 0 }, path, strlen(path));
}

static long
real_rmdir(void *arg)
{
	return syscall(SYS_rmdir, ((struct names *)arg)->path);
}

int
rmdir(const char *path)
{
	return name(CALL_NAME, path, TRACE_UNLINK, real_rmdir,
	    &(struct names){ path, NULL, 0 }, path, strlen(path));
}

static long
real_mkdir(void *arg)
{
	struct names *n = arg;

	return syscall(SYS_mkdir, n->path, n->mode);
}

int
mkdir(const char *path, mode_t mode)
{
	return name(CALL_CREATE, path, TRACE_MKDIR, real_mkdir,
	    &(struct names){ path, NULL, mode }, path, strlen(path));
}

/* What was sent, and so whatever a client may know from now on. */
ssize_t
send(int fd, const void *data, size_t n, int flags)
{
	ssize_t done;

	pthread_mutex_lock(&shim_lock);
	done = syscall(SYS_sendto, fd, data, n, flags, NULL, 0);
	if (done > 0)
		shim_record(TRACE_SAY, fd, 0, 0, data, (size_t)done);
	pthread_mutex_unlock(&shim_lock);
	return done;
}
