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

/* What has ended positions of its slate so far; no two of these mix. */
enum decision_how { BY_NOTHING, BY_FEEDBACK, BY_CLICK, BY_PREFER };

struct decision_record {
	struct decision decision;
	enum decision_state state;
	enum decision_how how;
	/* What was known of every arm when it was made: MessagePack, an array
	 * with [uid, why, mean, sigma, score, cost, untried, probability] per
	 * arm; NULL: it was not kept. */
	const uint8_t *seen;
	size_t seen_len;
};

/* Appends the event's body; seq is the key and not in it. */
void event_encode(const struct event *, struct buf *);

/*
 * Reads a body; what the event points to is then in the room.  ERR_DATA: it
 * is not one, or of a newer kind.
 */
enum err event_decode(const void *, size_t len, struct room *, struct event *,
    struct fault *);

/* seen points into the bytes that were read. */
void decision_encode(const struct decision_record *, struct buf *);
enum err decision_decode(const void *, size_t len, struct room *,
    struct decision_record *);

/* The word of an event's kind, for messages; "?" for none. */
const char *event_word(enum event_kind);

#endif
