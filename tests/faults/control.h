/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.h: what a test tells the shim, in a file that both have mapped.
 *
 * $FAULTS_CONTROL names the file.  A test may change it while the daemon runs,
 * and reads there how often what was called: faults.py has the same layout.
 */
#ifndef TESTS_FAULTS_CONTROL_H
#define TESTS_FAULTS_CONTROL_H

#include <stdint.h>

enum call {
	CALL_DISK,  /* any of the next five */
	CALL_WRITE, /* write, writev, pwrite, pwritev */
	CALL_SYNC,  /* fsync, fdatasync, msync; a write that flushes itself */
	CALL_TRUNCATE, /* ftruncate */
	CALL_NAME,     /* rename, unlink, rmdir */
	CALL_CREATE,   /* mkdir, and open with O_CREAT */
	CALL_MALLOC,   /* malloc, calloc, realloc, aligned_alloc, .. */
	CALLS
};

enum act {
	ACT_NONE,
	ACT_FAIL,  /* with the errno of the rule */
	ACT_SHORT, /* a write writes half; anything else is as it was */
	ACT_KILL,  /* SIGKILL before the call */
	ACT_TORN   /* SIGKILL after half of the write, or before the call */
};

/* Calls are counted from 1, and first <= call <= last are hit. */
struct rule {
	uint64_t calls, first, last, act, error;
};

struct control {
	uint64_t delay_us; /* of every flush */
	uint64_t hits;     /* of all rules */
	int64_t clock;     /* seconds that the wall clock is ahead */
	char match[64];    /* what a path must contain, or end with: "..$" */
	struct rule rule[CALLS];
};

#endif
