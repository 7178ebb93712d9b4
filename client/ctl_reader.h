/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_reader.h: a file of maps, as lines of JSON or as MessagePack one after
 * another, whichever its first byte says.
 */
#ifndef CLIENT_CTL_READER_H
#define CLIENT_CTL_READER_H

#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"

#define READER_MOST ((size_t)64 << 20) /* bytes of one map */

struct reader {
	const char *name; /* for messages */
	uint64_t line;    /* of the map that was last read; without lines, which
			     it is */
	uint64_t read, size; /* bytes; size 0: not known */
	struct buf map;      /* the map, MessagePack */

	FILE *file;
	bool packed;
	struct buf in; /* what is read and not yet used */
	struct scan scan;
	char *text; /* of a line */
	size_t text_cap;
};

/* "-" is standard input.  ERR_DATA: the sentence names the file. */
enum err reader_open(struct reader *, const char *path, struct fault *);
void reader_close(struct reader *);

/* The next map, to r->map, which is empty at the end.  ERR_DATA: it is none;
 * the sentence says which file and line. */
enum err reader_next(struct reader *, struct fault *);

#endif
