/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/ballast.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/path.h"
#include "persist/store.h"

#define DATA "db/data.mdb"
#define LOOSE_BYTES (64 << 10) /* for lock files and the like */
#define SPARE_BYTES (1 << 20)  /* stay free when it is made */

/* To try takes all that there is, if only for a moment, from every other
 * program; so it is not tried where it cannot be. */
static bool
has_room(const char *dir, const char *path)
{
	struct stat st;
	uint64_t there = 0;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
		there = 512 * (uint64_t)st.st_blocks;
	return there >= BALLAST_BYTES ||
	    dir_has_room(dir, BALLAST_BYTES - there + SPARE_BYTES);
}

/* One that a crash left half made is filled up. */
static bool
fill(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool whole = fd >= 0 && posix_fallocate(fd, 0, BALLAST_BYTES) == 0 &&
	    ftruncate(fd, BALLAST_BYTES) == 0;

	if (fd >= 0)
		close(fd);
	return whole;
}

bool
ballast_make(const char *dir)
{
	char *path = path_in(dir, "ballast");
	bool made = fail_point("ballast.make") == 0 && has_room(dir, path) &&
	    fill(path);

	if (!made)
		unlink(path);
	free(path);
	return made;
}

/* Also where somebody has it open, who copies the directory. */
static bool
empty(const char *path)
{
	struct stat st;
	bool some = lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_blocks > 0 && truncate(path, 0) == 0;

	unlink(path);
	return some;
}

/* LMDB leaves holes, pages that it had no use for yet; and blocks behind the
 * end of a file stay its own.  Where a file system knows neither, or somebody
 * was faster, what is free is as good. */
static void
reserve(int fd)
{
	off_t room = BALLAST_BYTES - LOOSE_BYTES, size = lseek(fd, 0, SEEK_END);
	struct stat before, after;

	if (size <= 0 || fstat(fd, &before) != 0 ||
	    fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size) != 0 ||
	    fstat(fd, &after) != 0)
		return;
	room -= 512 * (after.st_blocks - before.st_blocks);
	if (room > 0)
		(void)!fallocate(fd, FALLOC_FL_KEEP_SIZE, size, room);
}

bool
ballast_spend(const char *dir)
{
	char *path = path_in(dir, "ballast"), *data = path_in(dir, DATA);
	bool some = fail_point("ballast.spend") == 0 && empty(path);
	int fd = some ? open(data, O_WRONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		reserve(fd);
		close(fd);
	}
	free(path);
	free(data);
	return some;
}
