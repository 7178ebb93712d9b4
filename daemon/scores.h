/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scores.h: what is known of every arm, in answers and in records.
 */
#ifndef DAEMON_SCORES_H
#define DAEMON_SCORES_H

#include "bandit/router.h"
#include "base/cursor.h"

/* The name of the arm, or nil where it is gone. */
void arm_pack(const struct router *, uint32_t uid, struct buf *);

/* The key "scores" and its value, of the last router_consider(). */
void scores_pack(const struct router *, struct buf *);

/* The same for the record of a decision, and from there back to an answer: an
 * arm that is gone by now has no name.  False: the record is not like that. */
void scores_keep(const struct router *, struct buf *);
bool scores_repack(const struct router *, struct cursor kept, struct buf *);

#endif
