/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * living.h: a state directory with its writer, and beside it what the event
 * loop would have learnt of what the writer has done.
 */
#ifndef TESTS_UNIT_LIVING_H
#define TESTS_UNIT_LIVING_H

#include "bandit/bandit.h"
#include "persist/writer.h"

struct living {
	char dir[64]; /* under /tmp */
	struct store store;
	struct writer *writer; /* NULL: closed */
	struct bandit learnt;
};

/* For setup functions of cmocka: 0, or -1.  A zeroed one. */
int living_make(struct living *);

/* Also removes a copy of the directory beside it, <dir>.copy. */
int living_remove(struct living *);

void living_open(struct living *);
void living_close(struct living *);

/* Queues the op as urgent and waits for it, which must be done well, like all
 * before it; folds them. */
struct op living_done(struct living *, struct op *);

#endif
