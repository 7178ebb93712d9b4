/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h> /* struct ucred */

#include "daemon/role.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/method.h"

static bool
member(const struct role_rule *r, uid_t uid, const gid_t *gid, int n)
{
	if (!r->group)
		return r->id == uid;
	for (int i = 0; i < n; i++)
		if (r->id == gid[i])
			return true;
	return false;
}

unsigned
role_of_ids(const struct config *c, uid_t uid, const gid_t *gid, int n)
{
	unsigned roles = uid == 0 || uid == geteuid() ? ROLE_ADMIN : 0;

	for (int i = 0; i < c->rules; i++)
		if (member(&c->rule[i], uid, gid, n))
			roles |= c->rule[i].roles;
	return roles;
}

/*
 * The peer's group and after it its supplementary ones; the first call only
 * asks how many those are.  A kernel that does not know the option (before
 * 4.13) leaves the first alone.
 */
static gid_t *
peer_groups(int fd, gid_t first, int *n)
{
	socklen_t bytes = 0;
	gid_t *gid;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &bytes) == 0 ||
	    errno != ERANGE)
		bytes = 0;
	gid = mem_alloc(1 + bytes / sizeof *gid, sizeof *gid);
	gid[0] = first;
	if (bytes > 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, gid + 1, &bytes) != 0)
		bytes = 0;
	*n = 1 + (int)(bytes / sizeof *gid);
	return gid;
}

unsigned
role_of_peer(int fd, const struct config *c)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	unsigned roles;
	gid_t *gid;
	int n;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 ||
	    peer.uid == (uid_t)-1)
		return 0;
	gid = peer_groups(fd, peer.gid, &n);
	roles = role_of_ids(c, peer.uid, gid, n);
	free(gid);
	return roles;
}
