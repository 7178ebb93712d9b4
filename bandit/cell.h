/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cell.h: learnt state as bytes, a cell at a time.
 *
 * A router is one cell and each of its arms another; each says up to which
 * event it was folded, so cells of different age recover together by folding
 * the log after the oldest.  The bytes are little-endian and canonical: equal
 * state, equal bytes.  While a router is not ready its cell holds its lessons
 * and its arms' cells hold no model; such cells do not mix with later ones.
 * What is provisional is left out.
 */
#ifndef BANDIT_CELL_H
#define BANDIT_CELL_H

#include <stdbool.h>

#include "bandit/router.h"
#include "base/buf.h"

/* What a cell says of itself, before all else. */
struct cell_head {
	uint64_t era, seq;
	uint32_t id; /* the router's, or the arm's uid */
};

/* False: it is no cell, or of another format. */
bool cell_head_read(const void *, size_t len, bool of_arm, struct cell_head *);

void cell_encode_router(const struct router *, struct buf *);
void cell_encode_arm(const struct router *, const struct arm *, struct buf *);

/* A router with its arms, which have learnt nothing yet; NULL: the bytes are
 * not a router's cell, or of features this build draws differently. */
struct router *cell_decode_router(const void *, size_t len);

/*
 * The uids of the arms in a router's cell, [ARMS_MAX], without making any of
 * it; how many, or -1: it is no router's cell.  ready: whether the router was,
 * so that its arms' cells hold models.
 */
int cell_router_arms(const void *, size_t len, uint32_t *uid, bool *ready);

/* What the arm has learnt.  False: the bytes are not its cell, or of another
 * stage than the router's, and the arm is as it was. */
bool cell_decode_arm(const struct router *, struct arm *, const void *,
    size_t len);

#endif
