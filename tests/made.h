/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * made.h: every decision that a state directory still knows, from its log and,
 * where a decision waits for its reward, from the database of those.
 */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

#include "bandit/ahead.h"
#include "persist/reading.h"

struct made {
	struct decision decision; /* x: NULL where no record has it */
	struct room room;         /* what it points to */
	struct mark *mark;        /* [k], for who makes it again */
	bool *pends;              /* [k] */
};

/* The bandwidth that a router took from its contexts. */
struct taken {
	uint64_t seq; /* of its event; 0: none */
	double bandwidth;
};

struct made_all {
	int count, cap;
	struct made *made;   /* [count], by router, then number */
	struct taken *taken; /* [routers + 1], by router */
};

/* ERR_DATA, ERR_STORAGE. */
enum err made_read(struct store *, struct made_all *, struct fault *);
void made_fini(struct made_all *);

/* The first of that router and number or more; count where there is none. */
int made_find(const struct made_all *, uint32_t router, uint64_t number);

#endif
