/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shim.h: preloaded into a daemon, the shim stands between it and its disk.
 *
 * It concerns itself with paths under $FAULTS_DIR, does to them what the
 * control file says, and writes to $FAULTS_TRACE what was done and what was
 * answered.  The real calls are system calls, so that nothing is to be looked
 * up.
 */
#ifndef TESTS_FAULTS_SHIM_H
#define TESTS_FAULTS_SHIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/faults/control.h"
#include "tests/faults/trace.h"

#define SHIM_PATH_MOST 512

struct shim_file {
	bool ours, flushes; /* O_DSYNC */
	char path[SHIM_PATH_MOST];
};

/* Held around a call and its record, so that the trace has their order. */
extern pthread_mutex_t shim_lock;

void shim_record(enum trace_op, int fd, off_t at, uint32_t flags,
    const void *data, size_t len);

bool shim_within(const char *path);

/* The file behind the descriptor where it is one of ours, else NULL. */
struct shim_file *shim_file(int fd);
void shim_opened(int fd, const char *path, int flags);

/* What the rules have for the call; true: it fails, with errno set. */
bool shim_fails(enum call, const char *path, enum act *);

/* As a slow disk would. */
void shim_delay(void);

/* Seconds that the wall clock is to be ahead. */
int64_t shim_clock(void);

void shim_die(void) __attribute__((noreturn));

#endif
