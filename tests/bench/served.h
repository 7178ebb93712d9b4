/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * served.h: a banditd to measure, in a directory of its own.
 *
 * It ends with the program, however that ends.  Whatever goes wrong ends the
 * program, with the daemon's log on standard error.
 */
#ifndef TESTS_BENCH_SERVED_H
#define TESTS_BENCH_SERVED_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/bench/tally.h"

#define SERVED_PATH 512

struct served_how {
	const char *banditd; /* the program */
	const char *tally;   /* tally.so, or NULL: allocations do not count */
	const char *dir;     /* where its directory is made */
};

struct served {
	pid_t pid;
	char dir[SERVED_PATH], socket[SERVED_PATH];
	struct tally *tally; /* NULL: not counted */
};

/* Starts it with that configuration, and waits until it listens. */
void served_start(struct served *, const struct served_how *,
    const char *config);

/* Ends it and removes its directory. */
void served_stop(struct served *);

/* What it has had so far, and holds now. */
struct usage {
	double cpu;         /* seconds of all its threads, */
	double loop;        /* and of the event loop alone */
	double rss;         /* bytes resident, */
	double anonymous;   /* and those that are of no file */
	struct tally tally; /* zeros where they are not counted */
};

struct usage served_usage(const struct served *);

#endif
