/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlay.h: other settings, as if they had been there from the start.
 *
 * A router that is rebuilt is the fold of its own log under an overlay, up to
 * the event that says so (EVENT_REBUILD); what comes after is folded as it
 * stands.  All rows that fix learnt state are in it, and those named in the
 * call; the others keep their history.
 */
#ifndef BANDIT_OVERLAY_H
#define BANDIT_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "bandit/settings.h"

struct overlay {
	uint64_t
	    until; /* seq of its event; UINT64_MAX: not known yet; 0: none */
	uint64_t after; /* seq of the last of its records that was dropped by
			   then, so that it is not missed */
	uint64_t named; /* bits: 1 << row of router_settings */
	struct router_settings settings; /* those rows count */
};

/* Whether an event of that seq is folded under it. */
bool overlay_holds(const struct overlay *, uint64_t seq);

/* What it says in place of those settings at that event. */
void overlay_settings(const struct overlay *, uint64_t seq,
    struct router_settings *);

#endif
