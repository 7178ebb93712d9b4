/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listener.h: the socket that clients connect to, and its file.
 */
#ifndef DAEMON_LISTENER_H
#define DAEMON_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"

/* A path and its permissions, in octal, each with the setting that says so. */
struct listen_at {
	const char *path_key, *path;
	const char *mode_key, *mode;
};

struct listener {
	int fd; /* non-blocking; -1: closed */
	struct sockaddr_un address;
	bool bound; /* the file is ours to remove: */
	dev_t dev;
	ino_t ino; /* unless another one has taken its place */
};

/*
 * Takes over the fd, or where it is -1 binds the socket with its mode, never
 * wider even for a moment, and creates the directories above it (0755).  A
 * file that nobody listens on is replaced.
 * ERR_UNAVAILABLE: something listens there.  ERR_CONFIG: the path is too long
 * or is no socket, or the mode is not octal.  ERR_STORAGE: the system said no.
 */
enum err listener_open(struct listener *, const struct listen_at *, int fd,
    struct fault *);

/* Whether the file that was bound has gone. */
bool listener_lost(const struct listener *);

/* Binds it again, with the mode that is said now.  ERR_STORAGE: as before;
 * clients that are connected notice neither. */
enum err listener_renew(struct listener *, const struct listen_at *,
    struct fault *);

/* May be called twice. */
void listener_close(struct listener *);

#endif
