/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sd.h: the two small protocols by which systemd starts a daemon.
 *
 * Sources: sd_notify(3), sd_listen_fds(3).  Without their environment
 * variables nothing happens.
 */
#ifndef DAEMON_SD_H
#define DAEMON_SD_H

/* Tells the service manager "READY=1", "STOPPING=1", "RELOADING=1\n..". */
void sd_tell(const char *state);

/* The listening socket that was passed in, or -1. */
int sd_listen_fd(void);

#endif
