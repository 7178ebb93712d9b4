/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Apart from path.c, of which libbanditd takes what does not allocate.
 */
#include "base/path.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

char *
path_in(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *path = mem_alloc(n, 1);

	snprintf(path, n, "%s/%s", dir, name);
	return path;
}
