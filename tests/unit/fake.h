/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake.h: a daemon that says what a test tells it to, in a thread of its own
 * on a socket in a directory of its own.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

struct fake_request {
	int nth; /* request to this daemon, from 0 */
	uint32_t msgid;
	const char *method;
	uint32_t method_len;
	struct cursor params; /* the array */
};

/* What it says when it is asked, ahead of all requests: 1. */
extern int fake_protocol;

/* Answers through fd; false closes the connection, as a request over 1 MiB
 * does. */
typedef bool fake_fn(int fd, const struct fake_request *);

/* Starts it; the socket's path. */
const char *fake_start(fake_fn *);
void fake_stop(void);

/* Waits until the daemon has closed one more connection. */
void fake_wait_closed(void);

/* Writes all bytes; the reader may have gone away. */
void fake_write(int fd, const void *, size_t n);

/* An answer: error and result are MessagePack, whole values. */
void fake_answer(int fd, uint32_t msgid, const void *error, size_t error_len,
    const void *result, size_t result_len);

/* The same without an error. */
void fake_result(int fd, uint32_t msgid, const void *result, size_t len);

#endif
