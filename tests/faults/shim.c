/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/faults/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 4096

static struct control *control; /* NULL: nothing is to fail */
static const char *dir;         /* NULL: no file is ours */
static int trace = -1;
static struct shim_file files[FDS];
pthread_mutex_t shim_lock = PTHREAD_MUTEX_INITIALIZER;

void
shim_record(enum trace_op op, int fd, off_t at, uint32_t flags,
    const void *data, size_t len)
{
	struct trace_record r = { TRACE_MARK, op, (uint32_t)fd, (uint64_t)at,
		flags, (uint32_t)len };
	struct iovec v[] = { { &r, sizeof r },
		{ (void *)(uintptr_t)data, len } };

	if (trace >= 0 && syscall(SYS_writev, trace, v, 2) < 0)
		abort();
}

static void __attribute__((constructor)) start(void)
{
	const char *path = getenv("FAULTS_CONTROL");
	int fd = path != NULL ? (int)syscall(SYS_open, path, O_RDWR) : -1;
	void *map = MAP_FAILED;

	if (fd >= 0) {
		map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
		syscall(SYS_close, fd);
	}
	dir = getenv("FAULTS_DIR");
	path = getenv("FAULTS_TRACE");
	if (path != NULL)
		trace = (int)syscall(SYS_open, path,
		    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	shim_record(TRACE_START, 0, 0, 0, NULL, 0);
	if (map != MAP_FAILED)
		control = map;
}

bool
shim_within(const char *path)
{
	size_t len = dir != NULL ? strlen(dir) : 0;

	return len > 0 && strncmp(path, dir, len) == 0 &&
	    (path[len] == '/' || path[len] == '\0');
}

struct shim_file *
shim_file(int fd)
{
	return fd >= 0 && fd < FDS && files[fd].ours ? &files[fd] : NULL;
}

static enum act
hit(enum call call, int *error)
{
	struct rule *r = &control->rule[call];
	uint64_t n = __atomic_add_fetch(&r->calls, 1, __ATOMIC_SEQ_CST);

	if (r->act == ACT_NONE || n < r->first || n > r->last)
		return ACT_NONE;
	__atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
	*error = (int)r->error;
	return (enum act)r->act;
}

/* Not while another thread has done what is not written down yet. */
void
shim_die(void)
{
	pthread_mutex_lock(&shim_lock);
	syscall(SYS_kill, getpid(), SIGKILL);
	for (;;)
		pause();
}

static bool
matches(const char *path)
{
	const char *m = control->match;
	size_t n = strlen(m), len = strlen(path);

	if (n == 0 || m[n - 1] != '$')
		return strstr(path, m) != NULL;
	return len >= n - 1 && strncmp(path + len - (n - 1), m, n - 1) == 0;
}

bool
shim_fails(enum call call, const char *path, enum act *act)
{
	int error = 0;
	enum act any = ACT_NONE;

	*act = ACT_NONE;
	if (control == NULL || !matches(path))
		return false;
	*act = hit(call, &error);
	if (call != CALL_MALLOC && call != CALL_DISK)
		any = hit(CALL_DISK, &error);
	if (*act == ACT_NONE)
		*act = any;
	if (*act == ACT_KILL || (*act == ACT_TORN && call != CALL_WRITE))
		shim_die();
	if (*act == ACT_FAIL)
		errno = error;
	return *act == ACT_FAIL;
}

void
shim_delay(void)
{
	if (control != NULL && control->delay_us > 0)
		usleep((useconds_t)control->delay_us);
}

int64_t
shim_clock(void)
{
	return control != NULL ? control->clock : 0;
}

void
shim_opened(int fd, const char *path, int flags)
{
	uint32_t how = (flags & O_CREAT ? TRACE_CREATE : 0) |
	    (flags & O_TRUNC ? TRACE_EMPTY : 0);

	if (fd >= FDS || strlen(path) >= SHIM_PATH_MOST)
		abort();
	strcpy(files[fd].path, path);
	files[fd].flushes = (flags & O_DSYNC) != 0;
	files[fd].ours = true;
	shim_record(TRACE_OPEN, fd, 0, how, path, strlen(path));
}
