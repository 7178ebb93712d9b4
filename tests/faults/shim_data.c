/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changes or flushes a file's bytes. */
#include "tests/faults/shim.h"

#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t
write_at(int fd, const void *data, size_t n, off_t at)
{
	struct shim_file *f = shim_file(fd);
	enum act act;
	ssize_t done;

	if (shim_fails(f->flushes ? CALL_SYNC : CALL_WRITE, f->path, &act))
		return -1;
	if (act == ACT_SHORT || act == ACT_TORN)
		n /= 2;
	if (f->flushes)
		shim_delay();
	pthread_mutex_lock(&shim_lock);
	done = syscall(SYS_pwrite64, fd, data, n, at);
	if (done > 0)
		shim_record(TRACE_WRITE, fd, at, f->flushes ? TRACE_FLUSHED : 0,
		    data, (size_t)done);
	pthread_mutex_unlock(&shim_lock);
	if (act == ACT_TORN)
		shim_die();
	return done;
}

ssize_t
pwrite(int fd, const void *data, size_t n, off_t at)
{
	if (shim_file(fd) == NULL)
		return syscall(SYS_pwrite64, fd, data, n, at);
	return write_at(fd, data, n, at);
}

ssize_t
write(int fd, const void *data, size_t n)
{
	off_t at;
	ssize_t done;

	if (shim_file(fd) == NULL)
		return syscall(SYS_write, fd, data, n);
	at = lseek(fd, 0, SEEK_CUR);
	done = write_at(fd, data, n, at);
	if (done > 0)
		lseek(fd, at + done, SEEK_SET);
	return done;
}

/* Joined, so that it is one write of the trace as it is one of the kernel. */
static ssize_t
write_joined(int fd, const struct iovec *v, int count, off_t at)
{
	static char joined[4 << 20];
	static pthread_mutex_t joining = PTHREAD_MUTEX_INITIALIZER;
	size_t n = 0;
	ssize_t done;

	pthread_mutex_lock(&joining);
	for (int i = 0; i < count && n + v[i].iov_len <= sizeof joined; i++) {
		memcpy(joined + n, v[i].iov_base, v[i].iov_len);
		n += v[i].iov_len;
	}
	done = write_at(fd, joined, n, at);
	pthread_mutex_unlock(&joining);
	return done;
}

ssize_t
pwritev(int fd, const struct iovec *v, int count, off_t at)
{
	if (shim_file(fd) == NULL)
		return syscall(SYS_pwritev, fd, v, count, (long)at, 0L);
	return write_joined(fd, v, count, at);
}

ssize_t
writev(int fd, const struct iovec *v, int count)
{
	off_t at;
	ssize_t done;

	if (shim_file(fd) == NULL)
		return syscall(SYS_writev, fd, v, count);
	at = lseek(fd, 0, SEEK_CUR);
	done = write_joined(fd, v, count, at);
	if (done > 0)
		lseek(fd, at + done, SEEK_SET);
	return done;
}

int
ftruncate(int fd, off_t len)
{
	struct shim_file *f = shim_file(fd);
	int rc;

	if (f != NULL && shim_fails(CALL_TRUNCATE, f->path, &(enum act){ 0 }))
		return -1;
	pthread_mutex_lock(&shim_lock);
	rc = (int)syscall(SYS_ftruncate, fd, len);
	if (f != NULL && rc == 0)
		shim_record(TRACE_TRUNCATE, fd, len, 0, NULL, 0);
	pthread_mutex_unlock(&shim_lock);
	return rc;
}

static int
sync_by(long call, int fd)
{
	struct shim_file *f = shim_file(fd);
	int rc;

	if (f != NULL && shim_fails(CALL_SYNC, f->path, &(enum act){ 0 }))
		return -1;
	if (f != NULL)
		shim_delay();
	rc = (int)syscall(call, fd);
	pthread_mutex_lock(&shim_lock);
	if (f != NULL && rc == 0)
		shim_record(TRACE_SYNC, fd, 0, 0, NULL, 0);
	pthread_mutex_unlock(&shim_lock);
	return rc;
}

int
fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}
