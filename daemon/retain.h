/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retain.h: how long the records of a router stay in the log.
 *
 * The settings keep_age and keep_bytes say it.  The writer drops some at a
 * time, and goes on with the next when those are done.  Not while the router
 * is learnt anew, which must find the same log twice.
 */
#ifndef DAEMON_RETAIN_H
#define DAEMON_RETAIN_H

#include <stdbool.h>

struct service;
struct router;
struct op;

/* Whether anything of it is to be dropped, ever: then its snapshots must be
 * there twice. */
bool retain_wanted(const struct router *);

/* Drops what is due of every router, after a round of snapshots or with time;
 * what the snapshots have not seen waits for the next. */
void retain_begin(struct service *);

/* Such an op came back of the writer. */
void retain_done(struct service *, const struct op *);

#endif
