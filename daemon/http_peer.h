/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http_peer.h: the facade from the inside; for http*.c alone.
 *
 * evhttp neither counts its connections nor tells of the end of one that never
 * made a request, and lets a request take for ever.  So each connection's
 * bufferevent is held here too: one that evhttp has freed has no argument for
 * its callbacks any more, and one that is out of time is shut down, which
 * evhttp takes for the peer's doing.
 */
#ifndef DAEMON_HTTP_PEER_H
#define DAEMON_HTTP_PEER_H

#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <jansson.h>

#include "daemon/http.h"
#include "daemon/listener.h"

#define HTTP_SECONDS                                            \
	30.0 /* for a whole request, from the answer before it, \
		which is written in that time too */
#define HTTP_HEADER_MOST 16384
#define HTTP_JSON "application/json"
#define HTTP_GET (EVHTTP_REQ_GET | EVHTTP_REQ_HEAD)
#define HTTP_POST EVHTTP_REQ_POST

struct peer;

/* What a path is for. */
struct route {
	const char *path;
	bool late;      /* it is answered during a drain, too */
	bool prefix;    /* the rest is for ask() */
	bool query;     /* it takes one */
	unsigned verbs; /* enum evhttp_cmd_type, as bits */
	/* Calls a method, or replies at once; and what becomes of the result.
	 */
	void (*ask)(struct peer *, const char *rest);
	void (*answer)(struct peer *, struct cursor *result);
};

struct peer {
	struct client client; /* first; its id is of one request */
	struct http *http;
	struct bufferevent *bev;    /* NULL: the slot is free */
	struct evhttp_request *req; /* under way, or NULL */
	const struct route *route;  /* its */
	json_t *kept;               /* its body, where that is needed later */
	bool open;                  /* it wants OpenMetrics */
	bool writing;               /* the reply before is not all written */
	double deadline; /* monotonic; INFINITY while a request is under way */
	bool queued;
	struct peer *next; /* of the queue, or of free slots */
};

struct http {
	struct http_params p;
	struct evhttp *ev;
	struct evhttp_bound_socket *bound;
	struct evconnlistener *accept; /* the bound socket's */
	struct listener listener;      /* of a Unix socket */
	bool tcp;
	struct event *turn, *tick;

	struct peer **slot; /* [slots] */
	uint32_t slots;
	struct peer *free;
	uint64_t serial;
	struct peer *queue;     /* whose answers may be there */
	bool gone;              /* some are, since the last sweep */
	bool paused, said;      /* not accepting for a while; that was logged */
	bool lost;              /* the socket's file, and that was logged */
	struct buf frame, text; /* of the request, and the reply, at hand */
	struct http_stats stats;

	bool draining;
	double deadline; /* of the drain */
	void (*done)(void *owner);
};

/* http_peer.c.  A new connection, beyond the limit one that is closed soon. */
struct peer *peer_new(struct http *);
struct peer *peer_of(struct http *, const struct bufferevent *);
struct client *peer_find(void *http, uint64_t id);
/* A request is under way; what was known of the one before is forgotten. */
void peer_begin(struct peer *, struct evhttp_request *);
/* It is answered, or its client is gone. */
void peer_end(struct peer *);
/* Lets go of connections that are closed, and closes those out of time. */
void peer_sweep(struct http *);
/* Whether one waits for its reply, or for the rest of it to be written. */
bool peer_busy(const struct http *);

/* http_check.c.  The status of a request that is not served, with its fault, or
 * 0: because of who asks, or of how the route is asked. */
int http_check_sender(struct peer *, struct fault *);
int http_check_shape(struct peer *, const struct route *, struct fault *);
const char *http_header(struct peer *, const char *name);

/* http_ask.c */
void http_ask(struct peer *);
const char *http_body(struct peer *, size_t *len);
/* Refuses what was wrong before there was a call. */
void http_reject(struct peer *, const struct fault *);
/* Calls a method whose params[0], a map, is what was packed to http->frame
 * between the two. */
void http_call_begin(struct peer *, const char *method);
void http_call(struct peer *);

/* http_hook.c: ask and answer of its two routes. */
void hook_before(struct peer *, const char *);
void hook_decided(struct peer *, struct cursor *);
void hook_after(struct peer *, const char *);
void hook_told(struct peer *, struct cursor *);

/* http_reply.c.  Each ends the request. */
void http_reply(struct peer *, int status, const char *type,
    const struct buf *);
void http_reply_json(struct peer *, struct cursor *);
/* The text of `metrics`. */
void http_reply_text(struct peer *, struct cursor *);
/* Status 0: that of the fault's code. */
void http_refuse(struct peer *, int status, const struct fault *);
/* The answer that the method left in the client's output. */
void http_answer(struct peer *);

#endif
