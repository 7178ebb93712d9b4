/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf.h: a growing block of bytes.
 *
 * Emptying keeps the memory, so a buffer that is used again and again stops
 * allocating.  A zeroed struct is an empty buffer.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data;
	size_t len, cap;
};

void buf_free(struct buf *);

/* Room for n more bytes at the end, which the caller may fill and count. */
uint8_t *buf_reserve(struct buf *, size_t n);

void buf_put(struct buf *, const void *, size_t n);
void buf_puts(struct buf *, const char *);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A number as a person would write it, with more than 15 (6) digits only
 * where it would not read back as the same float64 (float32).
 */
void buf_put_num(struct buf *, double);
void buf_put_float(struct buf *, float);

/* Drops the first n <= len bytes. */
void buf_consume(struct buf *, size_t n);

#endif
