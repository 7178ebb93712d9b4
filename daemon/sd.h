/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sd.h: the small protocols by which systemd starts a daemon.
 *
 * Sources: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3).  Without
 * their environment variables nothing happens.
 */
#ifndef DAEMON_SD_H
#define DAEMON_SD_H

/* Tells the service manager "READY=1", "STOPPING=1", "RELOADING=1\n..". */
void sd_tell(const char *state);

/* How many seconds apart the service manager wants to hear "WATCHDOG=1" at
 * most: half of its limit, so that one may come late.  0: it does not. */
double sd_watchdog(void);

/* The listening socket that was passed in, or -1. */
int sd_listen_fd(void);

#endif
