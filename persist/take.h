/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * take.h: the values of a record, taken one after another.
 */
#ifndef PERSIST_TAKE_H
#define PERSIST_TAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

/* Each takes the next value; false: it is not of that kind, or out of range.
 * A number is finite; an empty name is one only where empty_too is set. */
bool take_num(struct cursor *, double *);
bool take_whole(struct cursor *, int64_t min, int64_t max, int64_t *);
bool take_uid(struct cursor *, uint32_t least, uint32_t *);
bool take_seq(struct cursor *, int64_t least, uint64_t *);
bool take_flag(struct cursor *, bool *);
bool take_name(struct cursor *, char *, bool empty_too);
bool take_list(struct cursor *, uint32_t count);

#endif
