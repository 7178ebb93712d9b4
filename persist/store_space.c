/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The room that the environment has: its map, and the disk under it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "persist/store.h"

#define LEAST_FREE (1 << 20) /* bytes; LMDB writes many pages at once */
#define PAGE_BYTES 4096

/* LMDB gives the old map up before it tries for the new one. */
static bool
can_map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return false;
	munmap(p, size);
	return true;
}

/* LMDB takes the map as large as what is used, if that is more than it was
 * told: then not even the first transaction would have room. */
int
store_fit(struct store *s)
{
	struct store_size size = store_size(s);
	size_t map = size.map;

	while (map < 2 * size.used)
		map *= 2;
	if (map == size.map || !can_map(map))
		return 0;
	return mdb_env_set_mapsize(s->env, map);
}

enum err
store_grow(struct store *s, bool wait)
{
	int rc = wait ? pthread_rwlock_wrlock(&s->map_lock)
		      : pthread_rwlock_trywrlock(&s->map_lock);
	MDB_envinfo info;

	if (rc != 0)
		return ERR_STORAGE;
	mdb_env_info(s->env, &info);
	rc = fail_point("store.grow") == 0 && can_map(2 * info.me_mapsize)
	    ? mdb_env_set_mapsize(s->env, 2 * info.me_mapsize)
	    : ENOMEM;
	pthread_rwlock_unlock(&s->map_lock);
	return rc == 0 ? ERR_NONE : ERR_STORAGE;
}

/* The kernel counts what was touched of the file as the daemon's memory, also
 * where it is only in the page cache, and maps its neighbours with it.  The map
 * stays where it is meanwhile: only the writer's thread moves it, and trims. On
 * a file system whose devices look different in the list, nothing is trimmed.
 */
void
store_trim(const struct store *s)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end, ino;
	unsigned device[2];
	struct stat st;
	char line[PATH_MAX + 128];
	int fd;

	if (maps == NULL)
		return;
	mdb_env_get_fd(s->env, &fd);
	if (fstat(fd, &st) != 0)
		st.st_ino = 0;
	while (fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%lx-%lx %*s %*x %x:%x %lu", &start, &end,
			&device[0], &device[1], &ino) == 5 &&
		    ino == st.st_ino && ino != 0 &&
		    makedev(device[0], device[1]) == st.st_dev)
			madvise((void *)start, end - start, MADV_DONTNEED);
	fclose(maps);
}

static uint64_t
disk_free(const struct store *s)
{
	struct statvfs fs;

	return statvfs(s->dir, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize
					 : 0;
}

/* One without a limit has no blocks either. */
bool
dir_has_room(const char *dir, uint64_t bytes)
{
	struct statvfs fs;

	return statvfs(dir, &fs) != 0 || fs.f_blocks == 0 ||
	    (uint64_t)fs.f_bavail * fs.f_frsize >= bytes;
}

/* What stands behind the end is nobody's page: to write there is a question.
 * One byte would find room in a last block that was begun. */
static bool
cannot_append(const char *path)
{
	static const char page[PAGE_BYTES];
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ssize_t n = fd >= 0 ? write(fd, page, sizeof page) : PAGE_BYTES;
	bool full = n < 0 ? errno == ENOSPC || errno == EDQUOT || errno == EFBIG
			  : n < PAGE_BYTES;

	if (fd >= 0)
		close(fd);
	return full;
}

bool
store_cannot_append(const struct store *s)
{
	struct buf path = { 0 };
	bool full;

	buf_printf(&path, "%s/db/data.mdb", s->dir);
	buf_put(&path, "", 1);
	full = cannot_append((const char *)path.data);
	buf_free(&path);
	return full;
}

bool
store_is_full(const struct store *s)
{
	return disk_free(s) < LEAST_FREE || store_cannot_append(s);
}

/* A line of mdb_reader_list(), "pid thread txnid"; other lines are no numbers,
 * and a slot that is not in use has "-". */
static int
reader_line(const char *line, void *arg)
{
	uint64_t *oldest = arg, txn;

	if (sscanf(line, "%*d %*x %" SCNu64, &txn) == 1 && txn < *oldest)
		*oldest = txn;
	return 0;
}

static uint64_t
oldest_reader(const struct store *s, uint64_t last)
{
	uint64_t oldest = last;

	mdb_reader_list(s->env, reader_line, &oldest);
	return last - oldest;
}

struct store_size
store_size(const struct store *s)
{
	MDB_envinfo info;
	MDB_stat st;

	mdb_env_info(s->env, &info);
	mdb_env_stat(s->env, &st);
	return (struct store_size){
		.used = (info.me_last_pgno + 1) * st.ms_psize,
		.map = info.me_mapsize,
		.disk_free = disk_free(s),
		.oldest_reader = oldest_reader(s, info.me_last_txnid),
	};
}
