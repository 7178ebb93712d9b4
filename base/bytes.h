/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes.h: numbers and texts as bytes, little-endian, one after another.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A text is its u32 length and its bytes. */
void put_u32(struct buf *, uint32_t);
void put_u64(struct buf *, uint64_t);
void put_f64(struct buf *, double);
void put_text(struct buf *, const char *, size_t len);

/* What is left to read. */
struct reader {
	const uint8_t *p, *end;
	bool ok; /* cleared by what would read past the end, and reads zeroes */
};

void take_bytes(struct reader *, void *, size_t n);
uint32_t take_u32(struct reader *);
uint64_t take_u64(struct reader *);
double take_f64(struct reader *);

/* A text shorter than size, with a 0 after it. */
void take_text(struct reader *, char *, size_t size);

#endif
