/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * asking.h: requests to rpc.c with the table of table.h, and their answers.
 */
#ifndef TESTS_ASKING_H
#define TESTS_ASKING_H

#include "tests/unit/table.h"

extern struct world w;
extern struct buf frame;      /* the request that is being made */
extern struct cursor answers; /* what of the output was not read yet */

/* cmocka's setup and teardown of a test. */
int asking_start(void **state);
int asking_stop(void **state);

/* The bytes as one frame; what rpc_frame() says of them. */
bool send_bytes(const void *bytes, size_t n);
#define SEND(literal) send_bytes(literal, sizeof(literal) - 1)

/* [0, 5, method, [ to the frame: params, one value, must follow. */
void begin(const char *method);
void send_frame(void);

/* What the client was sent, to answers. */
void take_answers(void);

/* Takes [1, msgid, error, result] up to the result, which only a success has;
 * false: the error went to text. */
bool next_answer(uint32_t msgid, char *text, size_t size);

/* The only answer is that error, or true. */
void answered_with_error(uint32_t msgid, const char *expected);
void answered_true(uint32_t msgid);

#endif
