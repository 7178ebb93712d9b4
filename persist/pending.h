/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending.h: the decisions that wait for their rewards, in memory.
 *
 * A hash table by id over an array of entries; per router the entries hang in
 * a list by time.  Contexts are not here but in the store.  Adding allocates
 * only where the array doubles.
 */
#ifndef PERSIST_PENDING_H
#define PERSIST_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/event.h"

struct pending {
	struct decision decision; /* without its context */
	bool own_id;   /* the gateway's: stays, so that sent again is known */
	bool rewarded; /* no longer waits; own ids only */
	int32_t hash_next, older, newer; /* -1: none */
};

struct pending_table;

/* seed keys the hash; never NULL. */
struct pending_table *pending_new(uint64_t seed);
void pending_free(struct pending_table *);

/* The id must not be there.  The entry stays where it is until removed or
 * until the next add. */
struct pending *pending_add(struct pending_table *, const struct decision *,
    bool own_id);
struct pending *pending_find(const struct pending_table *, const char *id);
void pending_remove(struct pending_table *, struct pending *);

/* The router's oldest entry, then the next newer; NULL at the end. */
struct pending *pending_oldest(const struct pending_table *, uint32_t router);
struct pending *pending_newer(const struct pending_table *,
    const struct pending *);

uint64_t pending_count(const struct pending_table *);

/*
 * An id of the daemon's own: d<start>.<router>.<number>, in decimal.  The
 * start of the daemon is in it, so that after a crash no id that was lost is
 * given to another decision.
 */
void id_make(char *id, uint64_t start, uint32_t router, uint64_t number);

/* False: it is not of that form; router and number may be NULL. */
bool id_parse(const char *id, uint32_t *router, uint64_t *number);

#endif
