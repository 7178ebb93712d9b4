/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell_head.h: what each cell begins with: u32 format and u64 era.
 *
 * One of another format or era is not used.
 */
#ifndef BANDIT_CELL_HEAD_H
#define BANDIT_CELL_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/router.h"
#include "base/bytes.h"

void cell_head_put(const struct router *, struct buf *);

/* False: it is too short, or of another format. */
bool cell_head_take(struct reader *, uint64_t *era);

#endif
