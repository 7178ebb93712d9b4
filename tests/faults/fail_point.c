/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fail_point() of banditd_failing.
 *
 * $FAIL_POINT is a list NAME[:n][=act],...: the process that is the n-th (1)
 * to pass that point is killed (crash, which is the default), or the point
 * fails with EIO (error), ENOSPC (full), MDB_MAP_FULL (map) or MDB_PANIC
 * (panic).  "list" prints all names, one a line, and ends.  $FAIL_COUNTS names
 * a file in which a u64 per name counts how often it was passed, by a daemon
 * and its children; without it each counts for itself.
 */
#include "base/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#define RULES 4
#define CRASH (-1)

static const char *const points[] = { FAIL_POINTS, NULL };

static const struct {
	const char *word;
	int error;
} acts[] = { { "crash", CRASH }, { "error", EIO }, { "full", ENOSPC },
	{ "map", MDB_MAP_FULL }, { "panic", MDB_PANIC }, { NULL, 0 } };

static struct rule {
	int point, error;
	uint64_t n; /* 0: no rule */
} rules[RULES];
static uint64_t own_counts[sizeof points / sizeof *points];
static uint64_t *counts = own_counts;

__attribute__((noreturn)) static void
refuse(const char *what, const char *word)
{
	fprintf(stderr, "fail_point: no %s %s\n", what, word);
	_exit(EX_USAGE);
}

static int
point_of(const char *name)
{
	int i = 0;

	while (points[i] != NULL && strcmp(points[i], name) != 0)
		i++;
	if (points[i] == NULL)
		refuse("point", name);
	return i;
}

static int
error_of(const char *word)
{
	int i = 0;

	while (acts[i].word != NULL && strcmp(acts[i].word, word) != 0)
		i++;
	if (acts[i].word == NULL)
		refuse("act", word);
	return acts[i].error;
}

static void
read_rule(struct rule *r, char *text)
{
	char *act = strchr(text, '='), *n;

	if (act != NULL)
		*act++ = '\0';
	if ((n = strchr(text, ':')) != NULL)
		*n++ = '\0';
	r->n = n != NULL ? strtoull(n, NULL, 10) : 1;
	r->point = point_of(text);
	r->error = act != NULL ? error_of(act) : CRASH;
}

static void
read_rules(const char *list)
{
	char *text = strdup(list), *at = text, *one;

	for (int i = 0; (one = strsep(&at, ",")) != NULL; i++) {
		if (i == RULES)
			refuse("room for", one);
		read_rule(&rules[i], one);
	}
	free(text);
}

__attribute__((noreturn)) static void
print_list(void)
{
	for (int i = 0; points[i] != NULL; i++)
		puts(points[i]);
	fflush(stdout);
	_exit(EX_OK);
}

static void
map_counts(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *map = mmap(NULL, sizeof own_counts, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	if (fd < 0 || map == MAP_FAILED)
		refuse("file", path);
	close(fd);
	counts = map;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *list = getenv("FAIL_POINT"), *path = getenv("FAIL_COUNTS");

	if (list != NULL && strcmp(list, "list") == 0)
		print_list();
	if (path != NULL)
		map_counts(path);
	if (list != NULL && list[0] != '\0')
		read_rules(list);
}

int
fail_point(const char *name)
{
	int point = point_of(name);
	uint64_t passed =
	    __atomic_add_fetch(&counts[point], 1, __ATOMIC_SEQ_CST);

	for (struct rule *r = rules; r < rules + RULES; r++) {
		if (r->point != point || r->n != passed)
			continue;
		if (r->error == CRASH)
			raise(SIGKILL);
		return errno = r->error;
	}
	return 0;
}
