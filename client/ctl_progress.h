/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_progress.h: how far a rebuild is, on standard error, while its answer is
 * waited for.
 */
#ifndef CLIENT_CTL_PROGRESS_H
#define CLIENT_CTL_PROGRESS_H

struct progress;

/* Asks the daemon at path (NULL: the usual one) over a connection of its own
 * from now on; NULL where standard error is no terminal. */
struct progress *progress_start(const char *path);
void progress_stop(struct progress *); /* takes NULL */

#endif
