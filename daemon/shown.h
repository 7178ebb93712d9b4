/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shown.h: what comes back to a decision: which one, and which of its arms.
 */
#ifndef DAEMON_SHOWN_H
#define DAEMON_SHOWN_H

#include "daemon/service.h"

/*
 * The decision of a request.  One that does not wait (it was rewarded, has
 * expired or was never made) goes to the writer too, whose records know what
 * became of it.
 */
struct shown_by {
	struct router *router;   /* NULL: unknown, and it does not wait */
	struct pending *pending; /* NULL: not remembered */
	bool waits;
};

/* ERR_UNKNOWN_ROUTER: it is not served. */
enum err shown_by(struct request *, struct shown_by *);

/*
 * The uid of the arm that the parameter names; 0 where it is left out,
 * ARM_UNSURE where the router is not known.
 * ERR_UNKNOWN_ARM: the router has none of that name.  ERR_BAD_REQUEST: the
 * decision waits, and does not show it.
 */
enum err shown_arm(struct request *, const struct shown_by *, const char *param,
    uint32_t *uid);

/* service_ask() for an op about that decision. */
enum err shown_ask(struct request *, const struct shown_by *, enum op_kind,
    void (*answer)(void *, struct op *), struct op **);

#endif
