/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decided.h: what decide answers, of a decision now made, or made before.
 */
#ifndef DAEMON_DECIDED_H
#define DAEMON_DECIDED_H

#include "bandit/router.h"
#include "base/buf.h"

struct decided {
	const char *id;
	const struct router *r;
	bool asked; /* for a slate */
	int k;
	const struct shown *shown; /* [k] */
	int wanted;                /* more than k: there were not enough */
	bool scores;               /* those of the last router_consider() too */
};

void decided_pack(const struct decided *, struct buf *);

#endif
