/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rebuild.h: a router learnt anew under other settings while it serves.
 *
 * A thread folds the router's log beside the running one.  When it has caught
 * up an EVENT_REBUILD goes into the log; when that is on disk the loop folds
 * the few records that the thread had not seen, and the new router takes the
 * place of the old.
 */
#ifndef DAEMON_REBUILD_H
#define DAEMON_REBUILD_H

#include <pthread.h>

#include "daemon/service.h"
#include "persist/relearn.h"

struct rebuild {
	struct service *service;
	struct relearn relearn;
	pthread_t thread;
	struct op *op; /* OP_JOB, of the thread */
	int rounds;    /* in which it caught up, and more had been queued */
	struct fault fault;
};

/* Called when the event is on disk, before it is folded.  With an error the
 * daemon must not go on: ERR_STORAGE, the log could not be read; ERR_DATA, what
 * is in it does not fit. */
enum err rebuild_switch(struct service *, struct op *);

/* Tells the thread to leave off; its caller is answered. */
void rebuild_stop(struct service *);

/* How much of the log is folded, from 0 to 1; NaN: none is under way. */
double rebuild_progress(const struct service *);

#endif
