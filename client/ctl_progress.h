/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_progress.h: how far something is, on standard error where that is a
 * terminal.
 */
#ifndef CLIENT_CTL_PROGRESS_H
#define CLIENT_CTL_PROGRESS_H

#include <stdint.h>

/* What was done of all of it, a few times in a second at most; and nothing any
 * more.  all 0: not known. */
void progress_show(const char *what, uint64_t done, uint64_t all);
void progress_clear(void);

struct progress;

/* Of a rebuild, while its answer is waited for.  Asks the daemon at path (NULL:
 * the usual one) over a connection of its own from now on; NULL where standard
 * error is no terminal. */
struct progress *progress_start(const char *path);
void progress_stop(struct progress *); /* takes NULL */

#endif
