/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * role.h: who is at the other end of the socket, and what it may do.
 */
#ifndef DAEMON_ROLE_H
#define DAEMON_ROLE_H

#include "daemon/config.h"

/*
 * The roles of the peer of a connected Unix socket, by its user and all its
 * groups (SO_PEERCRED, SO_PEERGROUPS).  Root and the daemon's own user have
 * ROLE_ADMIN; 0: none.
 */
unsigned role_of_peer(int fd, const struct config *);

/* The same of a user who is in the n groups of gid. */
unsigned role_of_ids(const struct config *, uid_t, const gid_t *gid, int n);

#endif
