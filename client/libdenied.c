/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why this process may not connect, and the group that it would have to be in:
 * that of the socket, or of a folder on the way.
 */
#include "client/lib.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Cuts the path after the first folder that may not be entered; the permission
 * that a group needs there. */
static mode_t
barrier_find(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
			return S_IXGRP;
		*slash = '/';
	}
	return S_IWGRP;
}

static bool
in_group(gid_t gid)
{
	gid_t groups[1024];
	int n = getgroups(1024, groups);

	while (n > 0)
		if (groups[--n] == gid)
			return true;
	return gid == getegid();
}

int
lib_denied(struct banditd *b)
{
	char path[PATH_SIZE];
	struct stat st;
	struct group *gr;
	mode_t needed;

	snprintf(path, sizeof path, "%s", b->path);
	needed = barrier_find(path);
	if (stat(path, &st) != 0 || (gr = getgrgid(st.st_gid)) == NULL)
		return lib_fail(b, "denied", "no permission to connect to %s",
		    b->path);
	/* Nobody should be told to join root's group. */
	if (!(st.st_mode & needed) || st.st_gid == 0 || in_group(st.st_gid))
		return lib_fail(b, "denied",
		    "no permission to connect to %s: %s has mode %04o and "
		    "group %s; be its owner, or set socket_mode in "
		    "banditd.conf",
		    b->path, path, (unsigned)st.st_mode & 07777, gr->gr_name);
	return lib_fail(b, "denied",
	    "no permission to connect to %s: join group %s of %s, and log in "
	    "again",
	    b->path, gr->gr_name, path);
}
