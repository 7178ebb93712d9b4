/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relearn.h: one router learnt anew from the log, beside the running one.
 */
#ifndef PERSIST_RELEARN_H
#define PERSIST_RELEARN_H

#include <stdatomic.h>

#include "bandit/bandit.h"
#include "persist/store.h"

struct relearn {
	struct store *store;
	uint32_t id;            /* the router's */
	struct overlay overlay; /* its until is UINT64_MAX */
	struct router *router;  /* NULL before its birth; the caller's */
	_Atomic uint64_t seq;   /* folded up to here */
	_Atomic uint64_t head;  /* end of the log when last looked at */
	atomic_bool stop;       /* set by another thread: leave off */
	uint32_t chain;
};

/*
 * Folds the log, without what was dropped of it, up to seq `to`, or as far as
 * it goes by now.  Records are copied some at a time, so that nobody waits long
 * for the map to grow.  May be called again to go on.  Told to stop it returns
 * before it is there.  Any thread, one at a time.  ERR_DATA, ERR_STORAGE: the
 * router is then only good to be freed.
 */
enum err relearn_fold(struct relearn *, uint64_t to, struct fault *);

#endif
