/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conn.h: the server and its connections from the inside; for server.c and
 * conn.c alone.
 *
 * A connection reads while its output is short.  Whatever happens to it puts
 * it on the server's list; at the end of the loop turn conn_turn() writes,
 * takes the frames that a long output had left behind, and closes.
 */
#ifndef DAEMON_CONN_H
#define DAEMON_CONN_H

#include <event2/event_struct.h>

#include "daemon/listener.h"
#include "daemon/server.h"

#define CHUNK 65536        /* bytes read at once */
#define OUT_MOST (1 << 20) /* unsent bytes from where on nothing is read */
#define SPARES 16
#define SLOT_BITS 20 /* of a client's id; the rest counts */
#define SLOT_MASK ((1u << SLOT_BITS) - 1)

struct conn {
	struct client client; /* first: the one is found by the other */
	struct server *server;
	int fd; /* -1: the slot is free */
	struct event read, write;
	struct buf in;         /* what is not yet taken */
	struct scan scan;      /* of the frame at the start of in */
	double active;         /* when it last read or wrote, monotonic */
	bool reading, blocked; /* which of the two events waits */
	bool closing; /* nothing more is taken; closed once all is answered */
	bool dead;    /* closed at the end of the turn, whatever waits */
	bool queued;
	struct conn *next; /* of the list of the turn, or of free slots */
};

struct server {
	struct server_params p;
	struct listener listener;
	struct event *accept, *turn, *tick;
	bool paused, said; /* not accepting for a while; that was logged */
	bool lost;         /* the socket's file, and that was logged */

	struct conn **slot; /* [slots] */
	uint32_t slots;
	struct conn *free;
	uint64_t serial;

	struct conn *queue;       /* of the turn */
	struct buf spare[SPARES]; /* input buffers for who reads next */
	int spares;
	struct server_stats stats;

	bool draining;
	double deadline; /* of the drain, monotonic */
	void (*done)(void *owner);
};

void conn_open(struct conn *, int fd);
void conn_close(struct conn *);

/* Has conn_turn() called at the end of the loop turn. */
void conn_queue(struct conn *);
void conn_turn(struct conn *);

#endif
