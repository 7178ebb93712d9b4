/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h: the socket, and the clients behind it.
 *
 * libevent tells when a socket is ready; reading and writing are our own,
 * with large buffers, and what a loop turn has to say to a client goes out in
 * one write.  A client that does not read its answers is not read from.
 * Whole frames go to the frame function, which appends answers to the
 * client's output, now or later.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "daemon/config.h"

struct server;

/* What the frame function knows of who sent it. */
struct client {
	uint64_t id;      /* never used again */
	unsigned roles;   /* enum role */
	struct buf out;   /* answers, flushed by the server */
	uint64_t waiting; /* requests taken and not yet answered; the frame
			     function counts them */
};

/*
 * Where clients come from, and where what answers them finds them again: the
 * socket, or the HTTP facade.  The highest bit of a client's id says which.
 */
struct door {
	void *owner; /* NULL: nobody is there */
	struct client *(*find)(void *owner, uint64_t id); /* NULL: it is gone */
	void (*flush)(void *owner, struct client *); /* its answers can go */
};
enum { DOOR_SOCKET, DOOR_HTTP, DOORS };
#define DOOR_OF(id) ((id) >> 63)

/* One whole frame; false: it is no request, close after the answers. */
typedef bool frame_fn(void *owner, struct client *, const uint8_t *, size_t);

/* A frame that is broken or too long, with what there is of it; the client is
 * closed after the answers. */
typedef void broken_fn(void *owner, struct client *, const uint8_t *, size_t,
    enum frame_state);

struct server_params {
	struct event_base *base;
	const struct clock *clock;
	const struct config *config; /* the limits; may change by reload */
	int listen_fd; /* given by the service manager, or -1: bind */
	frame_fn *frame;
	broken_fn *broken;
	void (*settle)(void *owner); /* answers what the frame function has let
					wait, before all is written; or NULL */
	void *owner;
};

/*
 * Binds config->top.socket (mode socket_mode) unless listen_fd is given, and
 * listens; clients wait until server_accept().  A stale socket file is
 * replaced.  ERR_UNAVAILABLE: something listens there already.  ERR_CONFIG: the
 * path is too long, or the mode is not octal.  ERR_STORAGE: the system said no.
 */
enum err server_new(struct server **, const struct server_params *,
    struct fault *);

/* From now on clients are served. */
void server_accept(struct server *);

/* Closes all; removes the socket file if it bound it. */
void server_free(struct server *);

/* The new configuration is in force; keeps the socket. */
void server_configure(struct server *, const struct config *);

/* The client, or NULL where it is gone.  After appending to its out call
 * server_flush_later(): it is written at the end of the loop turn. */
struct client *server_client(struct server *, uint64_t id);
void server_flush_later(struct server *, struct client *);

struct door server_door(struct server *);

/* What only time brings: accepting again after the system ran out of file
 * descriptors, idle clients, the end of a drain.  The server calls it itself
 * as long as there is something to wait for; so does a test with a clock of
 * its own. */
void server_tick(struct server *);

/* Binds the socket again where its file has gone; to be called now and then.
 * Clients that are connected stay. */
void server_rebind(struct server *);

/* Drain: takes no new clients and reads no more requests.  Once nobody waits
 * and everything is written (or a client does not read for drain_seconds)
 * done(owner) is called, once. */
void server_drain(struct server *, double drain_seconds,
    void (*done)(void *owner));

struct server_stats {
	uint64_t clients; /* now */
	uint64_t accepted, refused;
	uint64_t frames, broken; /* all, and those that were no requests */
	uint64_t bytes_in, bytes_out;
};
void server_stats(const struct server *, struct server_stats *);

#endif
