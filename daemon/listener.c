/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/listener.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "daemon/config.h"

#define PATH(l) ((l)->address.sun_path)

static enum err
system_says(const struct listener *l, struct fault *f)
{
	return fault_set(f, ERR_STORAGE, "cannot listen on %s: %s", PATH(l),
	    strerror(errno));
}

static int
socket_new(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* What connecting says: 0 somebody listens, else why not. */
static int
probe(const struct listener *l)
{
	int fd = socket_new(), why = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&l->address,
		sizeof l->address) != 0)
		why = errno;
	close(fd);
	return why == EAGAIN ? 0 : why; /* its queue is full: it does listen */
}

/* A file that a daemon left behind when it was killed. */
static enum err
remove_stale(const struct listener *l, struct fault *f)
{
	struct stat st;
	int why = probe(l);

	if (why == ENOENT)
		return ERR_NONE;
	if (why == 0)
		return fault_set(f, ERR_UNAVAILABLE,
		    "%s: something listens there already, maybe another "
		    "banditd",
		    PATH(l));
	errno = why;
	if (why != ECONNREFUSED || lstat(PATH(l), &st) != 0)
		return system_says(l, f);
	if (!S_ISSOCK(st.st_mode))
		return fault_set(f, ERR_CONFIG,
		    "%s: it is there already, and is no socket", PATH(l));
	return unlink(PATH(l)) == 0 ? ERR_NONE : system_says(l, f);
}

static int
bind_with_mode(const struct listener *l, mode_t mode)
{
	mode_t before = umask(0777 & ~mode);
	int failed = bind(l->fd, (const struct sockaddr *)&l->address,
	    sizeof l->address);

	umask(before);
	return failed;
}

static enum err
bind_and_listen(struct listener *l, mode_t mode, struct fault *f)
{
	struct stat st;

	l->fd = socket_new();
	if (l->fd < 0)
		return system_says(l, f);
	path_make_parents(PATH(l), 0755);
	if (bind_with_mode(l, mode) != 0)
		return system_says(l, f);
	l->bound = lstat(PATH(l), &st) == 0;
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	if (listen(l->fd, SOMAXCONN) != 0)
		return system_says(l, f);
	return ERR_NONE;
}

enum err
listener_open(struct listener *l, const struct listen_at *at, int fd,
    struct fault *f)
{
	size_t len = strlen(at->path);
	mode_t mode;
	enum err e;

	*l = (struct listener){ .fd = fd };
	if (fd >= 0)
		return ERR_NONE;
	if (len >= sizeof PATH(l))
		return fault_set(f, ERR_CONFIG,
		    "%s \"%s\": the path is longer than %zu bytes",
		    at->path_key, at->path, sizeof PATH(l) - 1);
	if (!config_mode(at->mode, &mode))
		return fault_set(f, ERR_CONFIG, "%s \"%s\" is not octal",
		    at->mode_key, at->mode);
	l->address.sun_family = AF_UNIX;
	memcpy(PATH(l), at->path, len + 1);
	e = remove_stale(l, f);
	if (e == ERR_NONE)
		e = bind_and_listen(l, mode, f);
	if (e != ERR_NONE)
		listener_close(l);
	return e;
}

bool
listener_lost(const struct listener *l)
{
	struct stat st;

	return l->bound && lstat(PATH(l), &st) != 0 && errno == ENOENT;
}

enum err
listener_renew(struct listener *l, const struct listen_at *at, struct fault *f)
{
	struct listener fresh = { .address = l->address };
	mode_t mode = 0;
	enum err e;

	config_mode(at->mode, &mode); /* it was checked when it was read */
	e = bind_and_listen(&fresh, mode, f);
	if (e != ERR_NONE) {
		listener_close(&fresh);
		return e;
	}
	close(l->fd);
	*l = fresh;
	return ERR_NONE;
}

void
listener_close(struct listener *l)
{
	struct stat st;

	if (l->bound && lstat(PATH(l), &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino)
		unlink(PATH(l));
	if (l->fd >= 0)
		close(l->fd);
	*l = (struct listener){ .fd = -1 };
}
