/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace.h: what a daemon did to its files, in order, as shim.c writes it down
 * and replay.c reads it.
 */
#ifndef TESTS_FAULTS_TRACE_H
#define TESTS_FAULTS_TRACE_H

#include <stdint.h>

enum trace_op {
	TRACE_START,    /* a process starts: no descriptor is open */
	TRACE_OPEN,     /* fd, flags; data: path */
	TRACE_CLOSE,    /* fd */
	TRACE_WRITE,    /* fd, at; data; TRACE_FLUSHED in flags: and flushed */
	TRACE_TRUNCATE, /* fd, at: the new length */
	TRACE_SYNC,     /* fd */
	TRACE_RENAME,   /* data: from NUL to */
	TRACE_UNLINK,   /* data: path; a file or a directory */
	TRACE_MKDIR,    /* data: path */
	TRACE_SAY       /* fd; data, about to be sent to a client */
};

#define TRACE_MARK UINT64_C(0x7db3f1e2a94c5d06)

#define TRACE_CREATE 1 /* of TRACE_OPEN: it may be created */
#define TRACE_EMPTY 2  /* of TRACE_OPEN: what was in it goes */
#define TRACE_FLUSHED 4

/* len bytes of data follow.  A kill may cut a record short, and what it says
 * has then not been done; the next is a start. */
struct trace_record {
	uint64_t mark; /* TRACE_MARK */
	uint32_t op, fd;
	uint64_t at;
	uint32_t flags, len;
};

#endif
