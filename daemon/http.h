/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.h: the methods over HTTP, for those that speak no MessagePack-RPC.
 *
 * A request becomes the frame that it stands for and goes the way of every
 * other (rpc.h): the same checks, roles, counters and batches; its answer
 * becomes JSON.  A connection is a client behind a door of its own, and has
 * one request under way at most.  libevent's evhttp reads and writes.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "daemon/rpc.h"

struct http;

struct http_params {
	struct event_base *base;
	const struct clock *clock;
	const struct config *config; /* may change by reload */
	struct rpc *rpc;
	const char *(*trouble)(
	    void *owner); /* why it is not healthy, or NULL */
	void *owner;      /* of that and of the done function of a drain */
};

/*
 * Listens where config->top.http says; clients wait until http_accept().
 * ERR_UNAVAILABLE: something listens there already.  ERR_STORAGE: the system
 * said no.
 */
enum err http_new(struct http **, const struct http_params *, struct fault *);
void http_accept(struct http *);

/* Closes all; removes a Unix socket's file. */
void http_free(struct http *);

/* The new configuration is in force; keeps the socket. */
void http_configure(struct http *);

/* The door to its clients, for struct rpc. */
struct door http_door(struct http *);

/* Takes no more requests.  Once all are answered and written, or after so many
 * seconds, done(owner), unless NULL, is called, once. */
void http_drain(struct http *, double seconds, void (*done)(void *owner));

/* What only time brings: clients out of time, the end of a drain.  The facade
 * calls it itself as long as there is something to wait for; so does a test
 * with a clock of its own. */
void http_tick(struct http *);

/* Binds a Unix socket again where its file has gone; to be called now and
 * then. */
void http_rebind(struct http *);

struct http_stats {
	uint64_t clients; /* now */
	uint64_t accepted, refused;
	uint64_t requests, errors; /* all, and those not answered with 200 */
};
void http_stats(const struct http *, struct http_stats *);

#endif
