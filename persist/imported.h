/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imported.h: records of another log, which are told apart by a key.
 */
#ifndef PERSIST_IMPORTED_H
#define PERSIST_IMPORTED_H

#include "persist/writer.h"

/*
 * The key of a record that has none, to key[NAME_SIZE]: "import:" and 32
 * hexadecimal digits, XXH3-128 of its body and its seq.  The event is as it
 * is in its own log.
 */
void imported_key(const struct event *, char *key);

/* Whether the op's record is of this log itself: that of the same seq
 * (op->as_of) would have the same key. */
bool imported_own(struct applier *, const struct op *);

#endif
