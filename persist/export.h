/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h: a part of the log as maps, beside a running writer.
 */
#ifndef PERSIST_EXPORT_H
#define PERSIST_EXPORT_H

#include "persist/callings.h"
#include "persist/store.h"

struct exporting {
	struct store *store;
	const struct callings *callings; /* as of `to` or later */
	uint32_t router;                 /* its records only; 0: of all */
	uint64_t next;                   /* the first to look at; afterwards
					    where to go on */
	uint64_t to;                     /* the last */
	size_t limit;                    /* bytes of maps, about */

	/* Results. */
	uint32_t events;
	struct buf maps; /* event_map.h, one after another; the caller's */

	/* While it runs. */
	uint32_t looked;
};

/*
 * Goes on until there are enough bytes, enough records have been looked at, or
 * the end is reached: then next is to + 1.  Records are copied some at a time,
 * so that nobody waits long for the map to grow.  Of records that were
 * dropped their run comes.  Any thread.  ERR_DATA, ERR_STORAGE.
 */
enum err export_some(struct exporting *, struct fault *);

#endif
