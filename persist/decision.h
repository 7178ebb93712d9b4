/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decision.h: a decision in a record.
 */
#ifndef PERSIST_DECISION_H
#define PERSIST_DECISION_H

#include <stdbool.h>

#include "bandit/event.h"
#include "base/buf.h"
#include "base/cursor.h"

/* What is known of a decision, without its context; and the context.  What
 * they point to is in the room. */
void decision_put(const struct decision *, struct buf *);
bool decision_take(struct cursor *, struct decision *, struct room *);
bool context_take(struct cursor *, struct decision *, struct room *);

/* Parts of it. */
bool policy_take(struct cursor *, int *policy);
bool eligible_take(struct cursor *, struct decision *, struct room *);

#endif
