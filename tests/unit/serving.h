/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serving.h: a server on a real Unix socket in a directory of its own, with a
 * clock that stands still, and clients for it.
 *
 * A frame that is an integer comes back; a number asks for that many bytes;
 * true for an answer later; a map has the client flushed at once; nil is no
 * request.  A frame that is broken is answered with "!".
 */
#ifndef TESTS_SERVING_H
#define TESTS_SERVING_H

#include "daemon/server.h"

extern struct serving {
	char dir[32], path[64]; /* of the socket */
	struct clock now;
	struct config config;
	struct event_base *base;
	struct server *server; /* NULL: a test has freed it */
	struct fault fault;
	struct server_stats stats; /* after the last turn */
	int sends;                 /* calls of send(), by both sides */

	/* Of the last frame. */
	uint64_t last_client;
	unsigned last_roles;
	enum frame_state last_broken;
} sv;

/* cmocka's setup and teardown of a test. */
int serving_start(void **state);
int serving_stop(void **state);

/* The parameters of a server that is given this socket, or -1. */
struct server_params serving_params(int fd);
enum err serving_open(int fd);

/* Several turns of the loop, enough for all that is ready. */
void turn(void);

int connect_to(const char *path); /* -1 and errno where it cannot */
int client(void);                 /* a new one, non-blocking */
void say(int fd, const void *bytes, size_t n);

/* All that has come, appended; true where it ends there. */
bool hear(int fd, struct buf *in);
void hears(int fd, const char *expected, size_t len, bool end);

/* The server's own side of a client. */
const struct conn *serving_conn(uint64_t id);

#endif
