/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/lib.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define READ_SIZE 65536

void
socket_close(struct banditd *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
	b->in.len = 0;
	b->scan = (struct scan){ 0 };
	b->answered = 0;
	b->result = (struct banditd_value){ 0 };
}

int
socket_timed_out(struct banditd *b)
{
	return lib_fail(b, "timeout",
	    "banditd at %s did not answer within %d ms", b->path,
	    b->timeout_ms);
}

static int
connect_failed(struct banditd *b, int error)
{
	socket_close(b);
	if (error == EAGAIN) /* its queue of connections stayed full */
		return socket_timed_out(b);
	if (error == EACCES || error == EPERM)
		return lib_denied(b);
	if (error == ENOENT || error == ECONNREFUSED || error == ENOTDIR)
		return lib_fail(b, "unavailable", "no banditd listens at %s",
		    b->path);
	return lib_fail(b, "unavailable", "cannot connect to %s: %s", b->path,
	    strerror(error));
}

static int
went_away(struct banditd *b)
{
	socket_close(b);
	return lib_fail(b, "unavailable", "banditd at %s closed the connection",
	    b->path);
}

/*
 * A Unix socket connects at once or waits for room in the daemon's queue.
 * There is nothing to poll for that, but the time-out for sending bounds it;
 * sending itself never blocks.
 */
static int
connect_within(int fd, const struct sockaddr_un *to, int64_t deadline)
{
	int left, ret;

	do {
		struct timeval tv;

		left = lib_left(deadline);
		if (left == 0)
			left = 1; /* as no time at all would mean for ever */
		tv.tv_sec = left > 0 ? left / 1000 : 0;
		tv.tv_usec = left > 0 ? left % 1000 * 1000 : 0;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
		ret = connect(fd, (const struct sockaddr *)to, sizeof *to);
	} while (ret != 0 && errno == EINTR && lib_left(deadline) != 0);
	return ret;
}

/* Asks which protocol is spoken; the answer is lib_next()'s.  A socket that is
 * new has room for it, and one that is not there any more shows later. */
static void
say_hello(int fd)
{
	static const char ping[] = "\x94\x00\xce\xff\xff\xff\xff\xa4ping\x90";
	ssize_t n =
	    send(fd, ping, sizeof ping - 1, MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)n;
}

int
socket_open(struct banditd *b, int64_t deadline)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (b->fd >= 0)
		return 0;
	if (b->path[0] == '\0')
		return lib_fail(b, "unavailable",
		    "there is no default socket: set BANDITD_SOCKET");
	if (strlen(b->path) >= sizeof to.sun_path)
		return lib_fail(b, "unavailable",
		    "the socket's path is longer than %zu bytes: %s",
		    sizeof to.sun_path - 1, b->path);
	strcpy(to.sun_path, b->path);
	b->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (b->fd < 0 || connect_within(b->fd, &to, deadline) != 0)
		return connect_failed(b, errno);
	say_hello(b->fd);
	return 0;
}

/* Waits until the socket is ready for events; 0, or -1 with the error. */
static int
wait_for(struct banditd *b, short events, int64_t deadline)
{
	struct pollfd pfd = { .fd = b->fd, .events = events };
	int n;

	do
		n = poll(&pfd, 1, lib_left(deadline));
	while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : socket_timed_out(b);
}

static bool
again(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int
socket_send(struct banditd *b, int64_t deadline)
{
	size_t sent = 0;

	while (sent < b->out.len) {
		ssize_t n = send(b->fd, b->out.data + sent, b->out.len - sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			sent += (size_t)n;
			continue;
		}
		if (!again(errno))
			return went_away(b);
		if (wait_for(b, POLLOUT, deadline) != 0) {
			socket_close(b); /* half a request is of no use */
			return -1;
		}
	}
	return 0;
}

bool
socket_readable(const struct banditd *b)
{
	struct pollfd pfd = { .fd = b->fd, .events = POLLIN };

	return b->fd >= 0 && poll(&pfd, 1, 0) > 0;
}

int
socket_receive(struct banditd *b, int64_t deadline)
{
	for (;;) {
		uint8_t *to = bytes_reserve(&b->in, READ_SIZE);
		ssize_t n;

		if (to == NULL)
			return lib_fail(b, "no_memory", "out of memory");
		n = recv(b->fd, to, READ_SIZE, MSG_DONTWAIT);
		if (n > 0) {
			b->in.len += (size_t)n;
			return 0;
		}
		if (n == 0 || !again(errno))
			return went_away(b);
		if (wait_for(b, POLLIN, deadline) != 0)
			return -1;
	}
}
