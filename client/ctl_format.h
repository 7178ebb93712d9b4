/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_format.h: one value of an answer as a person reads it.
 *
 * How depends on the key: a share is a percentage, a time is "3 min ago".
 * The rows of the table in ctl_format.c say which; a key without a row is
 * shown by its type alone, so that a new method needs nothing here.
 */
#ifndef CLIENT_CTL_FORMAT_H
#define CLIENT_CTL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

/*
 * Appends the next value of the cursor, which moves behind it; key[len] is
 * what it is called and now the time, in seconds since the epoch.  Returns
 * whether it is a number, to be aligned at the right.
 */
bool format_put(struct buf *, const char *key, uint32_t len, struct cursor *,
    double now);

/* Appends a key, which stays as the manuals have it, clean for a terminal. */
void format_put_key(struct buf *, const char *key, uint32_t len);

/* How many columns of a terminal the text takes: one per character. */
size_t format_width(const char *, size_t len);

#endif
