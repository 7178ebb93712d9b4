/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h: what the files of libbanditd-event share; not installed.
 *
 * The library uses of libbanditd only what is in banditd.h: two handles that
 * never wait, one on which requests are begun and one that reads answers.
 */
#ifndef CLIENT_EVENT_H
#define CLIENT_EVENT_H

#include <sys/queue.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "client/absence.h"
#include "client/banditd_event.h"

#define ASKED_MAX 10000
#define UNSENT_MAX ((size_t)16 << 20)

/* A request whose function is not called yet. */
struct asked {
	TAILQ_ENTRY(asked) next;
	struct banditd_event *e;
	uint32_t msgid;
	unsigned link; /* number of the connection it went out on */
	struct event timer;
	int timeout_ms;
	bool guarded;     /* to be noted in e->absence, */
	unsigned absence; /* with this */
	banditd_event_fn *fn;
	banditd_event_route_fn *route; /* or NULL */
	void *arg;
	char fallback[65];
	char code[32], *message; /* why it fails, where it is in e->failed */
};
TAILQ_HEAD(asked_list, asked);

struct banditd_event {
	struct event_base *base;
	struct banditd *out, *in;
	struct bufferevent *bev;  /* NULL: not connected */
	unsigned link;            /* its number */
	struct asked_list asked;  /* by link, oldest first */
	size_t n;                 /* of them */
	struct asked_list failed; /* to be told from the loop, by telling */
	size_t n_failed;
	struct event *telling;
	struct absence absence;
	int busy;   /* functions of ours above, on the stack */
	bool freed; /* by the caller, while busy */
};

/*
 * Ends the request that was begun, and sends it for a, which is taken in any
 * case: its function is called once, later.  event.c
 */
void event_ask(struct asked *);

/* For the same: it fails, later. */
void event_fail(struct asked *, const char *code, const char *message);

/* NULL: out of memory, or freed. */
struct asked *event_asked(struct banditd_event *, int timeout_ms,
    banditd_event_fn *, void *arg);

/* The answer in e->in, or its error, is that to a, which is gone then. */
void event_finish(struct asked *, bool there);

/* Around whatever may call a function of the caller's: it may free e. */
void event_enter(struct banditd_event *);
void event_leave(struct banditd_event *);

/* The connection: 0, or -1 with the error in e->in.  event_link.c */
int link_open(struct banditd_event *);
void link_close(struct banditd_event *);
size_t link_unsent(const struct banditd_event *);
int link_send(struct banditd_event *, const void *, size_t len);

/* The milliseconds of a monotonic clock. */
int64_t event_now(void);

#endif
