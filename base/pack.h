/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack.h: writing MessagePack into a buffer; a thin skin over msgpack-c.
 *
 * A map of n is n times a key (pack_str) and a value.  NaN is packed as nil,
 * because what is unknown has no number.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

void pack_nil(struct buf *);
void pack_bool(struct buf *, bool);
void pack_uint(struct buf *, uint64_t);
void pack_int(struct buf *, int64_t);
void pack_num(struct buf *, double);
void pack_float(struct buf *, float);
void pack_str(struct buf *, const char *);
void pack_strn(struct buf *, const char *, size_t len);
void pack_bin(struct buf *, const void *, size_t len);
void pack_array(struct buf *, size_t n);
void pack_map(struct buf *, size_t n);

#endif
