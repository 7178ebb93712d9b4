/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/sd.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define FIRST_FD 3 /* where passed sockets begin, sd_listen_fds(3) */

/* A path, or with '@' in place of its first byte an abstract name. */
static bool
notify_address(struct sockaddr_un *a, socklen_t *len)
{
	const char *name = getenv("NOTIFY_SOCKET");
	size_t n = name != NULL ? strlen(name) : 0;

	if (n < 2 || n >= sizeof a->sun_path ||
	    (name[0] != '/' && name[0] != '@'))
		return false;
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(a->sun_path, name, n);
	if (name[0] == '@')
		a->sun_path[0] = '\0';
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return true;
}

void
sd_tell(const char *state)
{
	struct sockaddr_un a;
	socklen_t len;
	int fd;

	if (!notify_address(&a, &len))
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		(struct sockaddr *)&a, len) < 0)
		log_warn("cannot tell the service manager: %m");
	close(fd);
}

static long
env_number(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long n;

	if (text == NULL || text[0] == '\0')
		return 0;
	n = strtol(text, &end, 10);
	return *end == '\0' ? n : 0;
}

double
sd_watchdog(void)
{
	long usec = env_number("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (usec <= 0 ||
	    (pid != NULL && env_number("WATCHDOG_PID") != (long)getpid()))
		return 0;
	return (double)usec / 2e6;
}

static int
option(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : -1;
}

static bool
listens(int fd)
{
	return option(fd, SO_DOMAIN) == AF_UNIX &&
	    option(fd, SO_TYPE) == SOCK_STREAM &&
	    option(fd, SO_ACCEPTCONN) == 1;
}

int
sd_listen_fd(void)
{
	bool ours = env_number("LISTEN_PID") == (long)getpid() &&
	    env_number("LISTEN_FDS") >= 1;

	/* They are not for the processes that this one starts. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (!ours)
		return -1;
	if (!listens(FIRST_FD)) {
		log_warn("the socket passed in is no listening Unix stream "
			 "socket; it is not used");
		return -1;
	}
	fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC);
	fcntl(FIRST_FD, F_SETFL, fcntl(FIRST_FD, F_GETFL) | O_NONBLOCK);
	return FIRST_FD;
}
