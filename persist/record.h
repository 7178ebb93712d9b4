/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record.h: events and decisions as bytes on disk.
 *
 * The body of a record is MessagePack, so that it can be read without this
 * program; what is read back is checked as if it came from a stranger.
 */
#ifndef PERSIST_RECORD_H
#define PERSIST_RECORD_H

#include <stddef.h>

#include "bandit/event.h"
#include "base/buf.h"
#include "base/err.h"

/* A decision's record lives on after its reward, so that sending again is
 * answered; its context goes. */
enum decision_state { DECISION_PENDING, DECISION_REWARDED, DECISION_EXPIRED };

/* Appends the event's body; seq is the key and not in it. */
void event_encode(const struct event *, struct buf *);

/*
 * Reads a body.  The context is copied to x[CONTEXT_MAX_DIMENSION], where
 * ev->decision.x then points.  ERR_DATA: it is not one, or of a newer kind.
 */
enum err event_decode(const void *, size_t len, float *x, struct event *,
    struct fault *);

/* seq: of its reward, once it is rewarded. */
void decision_encode(const struct decision *, enum decision_state,
    uint64_t seq, struct buf *);
enum err decision_decode(const void *, size_t len, float *x,
    struct decision *, enum decision_state *, uint64_t *seq);

/* The word of an event's kind, for messages; "?" for none. */
const char *event_word(enum event_kind);

#endif
