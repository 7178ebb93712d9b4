/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lib.h: what the files of libbanditd share; not installed.
 *
 * The library uses of base/ only what neither allocates nor prints, because
 * base/mem ends the process where memory runs out.
 */
#ifndef CLIENT_LIB_H
#define CLIENT_LIB_H

#include "base/cursor.h"
#include "base/path.h"
#include "client/absence.h"
#include "client/banditd.h"

#define PROTOCOL 1
#define HELLO 0xffffffff /* msgid of the ping ahead of all requests */
#define ANSWER_MAX ((size_t)64 << 20) /* bytes of one answer at most */

/* As struct buf of base/, but running out of memory is a result. */
struct bytes {
	uint8_t *data;
	size_t len, cap;
};

/* Room for n more bytes at the end, or NULL. */
uint8_t *bytes_reserve(struct bytes *, size_t n);
bool bytes_put(struct bytes *, const void *, size_t n);
void bytes_consume(struct bytes *, size_t n); /* the first n <= len */

struct banditd {
	char path[PATH_SIZE];
	int timeout_ms;
	int fd; /* -1: not connected */
	uint32_t msgid;
	bool no_memory;   /* while the request was put together */
	unsigned params;  /* put so far */
	size_t params_at; /* of their header in out */
	struct bytes out; /* the request */
	struct bytes in;  /* what came, the answer first */
	struct scan scan; /* of the part of an answer in in */
	size_t answered;  /* length of the answer in in, 0: none */
	bool said;        /* the error, if any, is the daemon's answer */
	struct banditd_value result;
	struct absence absence;
	char code[32];
	char message[1024];
};

/* Forgets the answer and the error of the last call. */
void lib_forget(struct banditd *);

/* Notes the error; returns -1. */
int lib_fail(struct banditd *, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes that path may not be connected to, and who may; returns -1. */
int lib_denied(struct banditd *);

int64_t lib_now(void); /* of the monotonic clock, in ms */

/* The moment, by the monotonic clock in ms, at which a call that begins now
 * is over; -1: never. */
int64_t lib_deadline(const struct banditd *);

/* What is left until then for poll(): -1 for ever, 0 when it is over. */
int lib_left(int64_t deadline);

/*
 * Takes the next answer from in, with its code, message and result; the one
 * before is gone.  LIB_BROKEN: what is there is none, or of another protocol;
 * that is noted, and the connection closed.
 */
enum lib_next { LIB_NOT_YET, LIB_ANSWER, LIB_BROKEN };
enum lib_next lib_next(struct banditd *, uint32_t *msgid);

/* The connection; each 0, or -1 with the error noted. */
int socket_open(struct banditd *, int64_t deadline);
void socket_close(struct banditd *);
int socket_send(struct banditd *, int64_t deadline);    /* all of out */
int socket_receive(struct banditd *, int64_t deadline); /* some, to in */
int socket_timed_out(struct banditd *);                 /* notes that; -1 */

/* Whether bytes, or the end, are there to be received at once. */
bool socket_readable(const struct banditd *);

#endif
