/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * salvage.h: what can still be proven of the log of a damaged directory.
 *
 * The data file is searched for what looks like a record, tree or no tree, and
 * also in pages that are free but were the log's once.  A record is proven if
 * its own place in the chain follows from that of the record before it.  What
 * was dropped is not missing, and what of it is still in free pages is written
 * too.  Takes 64 bytes of memory for each that is found.
 */
#ifndef PERSIST_SALVAGE_H
#define PERSIST_SALVAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

struct salvaged {
	uint64_t found;     /* different numbers of records that were found */
	uint64_t proven;    /* records that were written out */
	uint64_t last;      /* number of the last that there should be */
	bool end_known;     /* the file still says which that is */
	struct buf missing; /* "3-5, 9"; a C string, freed by the caller */
};

/*
 * Writes each proven record as a line of JSON (event_map.h), in their order.
 * The directory is locked meanwhile, where it has a lock.  ERR_DATA: there is
 * no data file.  ERR_UNAVAILABLE: a daemon uses it.  ERR_STORAGE: it cannot be
 * read, or out not be written.  That records are missing is no error.
 */
enum err salvage(const char *dir, FILE *out, struct salvaged *, struct fault *);

#endif
