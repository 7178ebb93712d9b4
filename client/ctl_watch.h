/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_watch.h: a command that only reads, repeated with --watch[=seconds].
 */
#ifndef CLIENT_CTL_WATCH_H
#define CLIENT_CTL_WATCH_H

#include "client/ctl.h"
#include "client/ctl_args.h"

struct watch {
	const struct method *method;
	const struct args *args;
	double seconds;
};

/* Takes --watch out of the words; false: it is not there.  The seconds are NaN
 * where they are none that can be waited. */
bool watch_wanted(int *argc, char **argv, double *seconds);

/* In place on a terminal, one below the other elsewhere.  The first answer has
 * to come; a daemon that goes away later is waited for.  The exit status. */
int ctl_watch(struct ctl *, const struct watch *);

#endif
