/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h: MessagePack as JSON.
 *
 * Integers stay integers and other numbers keep a point; the shortest digits
 * that read back the same, where jansson writes 17.  nil, NaN and infinity are
 * null.  A bin of float32 is an array of numbers, as the wire protocol has
 * vectors; any other bin or ext is a string of hexadecimal digits.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/cursor.h"

/* Appends the next value of the cursor, which moves behind it. */
void json_put(struct buf *, struct cursor *);

/* Appends a string with its quotes; control characters are escaped, what is not
 * UTF-8 becomes U+FFFD. */
void json_put_str(struct buf *, const char *, size_t len);

#endif
