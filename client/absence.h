/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * absence.h: for how long not to ask a daemon that did not answer.
 *
 * A gateway whose daemon hangs would else wait the whole time-out for each
 * request.  After a failure one caller at a time tries again, first after
 * ABSENCE_FIRST_MS, then after twice as long each time, up to ABSENCE_LAST_MS.
 * An answer of the daemon, an error too, ends it.
 */
#ifndef CLIENT_ABSENCE_H
#define CLIENT_ABSENCE_H

#include <stdbool.h>
#include <stdint.h>

#define ABSENCE_FIRST_MS 100
#define ABSENCE_LAST_MS 5000

/* Zeroed: the daemon is there.  Times are of a monotonic clock, in ms. */
struct absence {
	int wait_ms; /* 0: it is there */
	int64_t until;
	unsigned failures;
};

/*
 * Whether to ask now and wait patience_ms at most; then nobody else is to
 * meanwhile, where it was away, and how it went has to be noted with *asked.
 */
bool absence_over(struct absence *, int64_t now, int patience_ms,
    unsigned *asked);

/* How it went.  Those who asked at the same time and failed together count
 * once. */
void absence_note(struct absence *, int64_t now, unsigned asked, bool there);

#endif
