/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * banditd_event.h: the client of banditd on a loop of libevent.
 *
 *	static void
 *	routed(const struct banditd_decision *d, struct banditd *answer, void
 **arg)
 *	{
 *		ask(d->arm, arg);
 *	}
 *
 *	struct banditd_event *e = banditd_event_new(base, NULL);
 *
 *	banditd_put_vector(banditd_event_begin(e, "decide"), "x", x, 384);
 *	banditd_event_route(e, "the-usual-model", routed, prompt);
 *
 * Any number of requests is under way on one connection, up to 10000 and to
 * 16 MiB that wait to be sent.  It connects when something is asked, and again
 * after the daemon was restarted.  Nothing here waits, except 1 ms for a daemon
 * whose queue of connections is full.
 *
 * A handle belongs to the thread of its loop, and does not outlive fork().
 */
#ifndef BANDITD_EVENT_H
#define BANDITD_EVENT_H

#include "banditd.h"

#ifdef __cplusplus
extern "C" {
#endif

struct event_base;
struct banditd_event;

/* For the socket at path, as banditd_new().  NULL when out of memory. */
struct banditd_event *banditd_event_new(struct event_base *, const char *path);

/*
 * Takes NULL.  What is under way fails as unavailable, each function being
 * called before this returns, and none after.  May be called in any of them.
 */
void banditd_event_free(struct banditd_event *);

/*
 * Begins a request, to be added to by banditd_put_*() and ended by one of the
 * functions below.  What is returned is the handle's, and only for that.
 */
struct banditd *banditd_event_begin(struct banditd_event *, const char *method);

/*
 * Called with the answer: banditd_result(), or banditd_code() where there is an
 * error, and all else that reads a struct banditd after banditd_call().  It is
 * valid until the function returns or frees the handle.
 */
typedef void banditd_event_fn(struct banditd *answer, void *arg);

/*
 * Sends the request that was begun.  0: fn is called exactly once, from the
 * loop and not before this returns, after timeout_ms at the latest (< 0: no
 * such limit).  -1: it never is, as memory ran out or the handle was freed.
 * Errors are those of banditd_call(), and overloaded where too much is under
 * way.  fn may be NULL.
 */
int banditd_event_call(struct banditd_event *, int timeout_ms,
    banditd_event_fn *, void *arg);

/*
 * Called with a decision that has an arm in any case: the daemon's, or the
 * fallback, with "" for its id; answer then has the error.
 */
typedef void banditd_event_route_fn(const struct banditd_decision *,
    struct banditd *answer, void *arg);

/*
 * As banditd_event_call() for a decide that was begun, within 100 ms.  While
 * the daemon is away it is not asked each time: see banditd_route().
 */
int banditd_event_route(struct banditd_event *, const char *fallback,
    banditd_event_route_fn *, void *arg);

/*
 * Reports a reward within 1000 ms, as banditd_report(); fn may be NULL.  For
 * the decision "" of a fallback it fails as unknown_decision.
 */
int banditd_event_report(struct banditd_event *, const char *decision,
    double reward, banditd_event_fn *, void *arg);

#ifdef __cplusplus
}
#endif

#endif
