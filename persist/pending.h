/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending.h: the decisions that wait for their rewards, in memory.
 *
 * A hash table by id over an array of entries; per router the entries hang in
 * two lists by time: those that wait, and those that are over and only known,
 * so that sent again is answered.  Contexts are not here but in the store.
 * Adding allocates only where the array doubles.
 */
#ifndef PERSIST_PENDING_H
#define PERSIST_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/ahead.h"
#include "bandit/event.h"

/* A position of its slate. */
struct waiting {
	uint32_t arm;
	bool pends; /* its arm counts it as pending */
	bool ended;
	double propensity;
	struct mark mark;
};

struct pending {
	struct decision decision; /* without what it points to */
	bool own_id; /* the gateway's: stays, so that sent again is known */
	bool over;   /* no longer waits, but is known; own ids only */
	bool hidden; /* about to expire, and in no list by time */
	int k;       /* positions */
	struct waiting one, *many; /* pending_waiting() */
	int many_cap;
	int32_t hash_next, older, newer; /* -1: none */
};

struct pending_table;

/* seed keys the hash; never NULL. */
struct pending_table *pending_new(uint64_t seed);
void pending_free(struct pending_table *);

/* The id must not be there.  The entry, with the positions of the decision,
 * stays where it is until removed or until the next add. */
struct pending *pending_add(struct pending_table *, const struct decision *,
    bool own_id);
struct pending *pending_find(const struct pending_table *, const char *id);
void pending_remove(struct pending_table *, struct pending *);

struct waiting *pending_waiting(struct pending *); /* [k] */
bool pending_all_ended(struct pending *);

/* Takes it out of the list by time and out of the count, and back to its old
 * end; it is found all the same. */
void pending_hide(struct pending_table *, struct pending *);
void pending_show(struct pending_table *, struct pending *);

/* It waits no more, and goes to the other list. */
void pending_settle(struct pending_table *, struct pending *);

/* The router's oldest entry that waits, or that is over, then the next newer;
 * NULL at the end. */
struct pending *pending_oldest(const struct pending_table *, uint32_t router);
struct pending *pending_known(const struct pending_table *, uint32_t router);
struct pending *pending_newer(const struct pending_table *,
    const struct pending *);

uint64_t pending_count(const struct pending_table *); /* that wait, listed */
uint64_t pending_known_count(const struct pending_table *);

/*
 * An id of the daemon's own: d<start>.<router>.<number>, in decimal.  The
 * start of the daemon is in it, so that after a crash no id that was lost is
 * given to another decision.
 */
void id_make(char *id, uint64_t start, uint32_t router, uint64_t number);

/* The start of the daemon that is in it; 0: it is not of that form. */
uint64_t id_start(const char *id);

/* False: it is not of that form; router and number may be NULL. */
bool id_parse(const char *id, uint32_t *router, uint64_t *number);

#endif
