/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/path.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_SOCKET RUNSTATEDIR "/banditd/banditd.sock"

__attribute__((format(printf, 2, 3))) static bool
put(char *out, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out, PATH_SIZE, fmt, ap);
	va_end(ap);
	return n >= 0 && n < PATH_SIZE;
}

/* NULL where it is unset, empty or relative. */
static const char *
absolute(const char *variable)
{
	const char *path = getenv(variable);

	return path != NULL && path[0] == '/' ? path : NULL;
}

/* $VARIABLE/tail, or ~/fallback/tail. */
static bool
xdg(const char *variable, const char *fallback, const char *tail, char *out)
{
	const char *dir = absolute(variable);

	if (dir != NULL)
		return put(out, "%s/%s", dir, tail);
	dir = absolute("HOME");
	return dir != NULL && put(out, "%s/%s/%s", dir, fallback, tail);
}

/* systemd gives several directories with colons between them. */
static bool
systemd(const char *variable, const char *tail, char *out)
{
	const char *dir = absolute(variable);

	return dir != NULL &&
	    put(out, "%.*s%s", (int)strcspn(dir, ":"), dir, tail);
}

bool
path_config(bool root, char *out)
{
	if (root)
		return put(out, "%s", SYSCONFDIR "/banditd/banditd.conf");
	return xdg("XDG_CONFIG_HOME", ".config", "banditd/banditd.conf", out);
}

bool
path_state(bool root, char *out)
{
	if (systemd("STATE_DIRECTORY", "", out))
		return true;
	if (root)
		return put(out, "%s", LOCALSTATEDIR "/lib/banditd");
	return xdg("XDG_STATE_HOME", ".local/state", "banditd", out);
}

static bool
user_socket(char *out)
{
	const char *dir = absolute("XDG_RUNTIME_DIR");
	const char *tail = "banditd/banditd.sock";
	unsigned uid = (unsigned)geteuid();
	struct stat st;

	if (dir != NULL)
		return put(out, "%s/%s", dir, tail);
	if (put(out, "/run/user/%u", uid) && stat(out, &st) == 0)
		return put(out, "/run/user/%u/%s", uid, tail);
	return xdg("XDG_STATE_HOME", ".local/state", tail, out);
}

bool
path_socket(bool root, char *out)
{
	if (systemd("RUNTIME_DIRECTORY", "/banditd.sock", out))
		return true;
	return root ? put(out, "%s", SYSTEM_SOCKET) : user_socket(out);
}

/* A directory that is closed to us may well have it: then connecting says whom
 * to ask, where one that is not there would say to start a daemon. */
static bool
system_has_one(void)
{
	return access(SYSTEM_SOCKET, F_OK) == 0 || errno == EACCES;
}

bool
path_socket_client(bool root, char *out)
{
	const char *given = getenv("BANDITD_SOCKET");

	if (given != NULL && given[0] != '\0')
		return put(out, "%s", given);
	if (!root && user_socket(out) && access(out, F_OK) == 0)
		return true;
	if (root || system_has_one())
		return put(out, "%s", SYSTEM_SOCKET);
	return user_socket(out);
}

bool
path_absolute(const char *path, char *out)
{
	char here[PATH_SIZE];

	if (path[0] == '/')
		return put(out, "%s", path);
	return getcwd(here, sizeof here) != NULL &&
	    put(out, "%s/%s", here, path);
}

void
path_make_parents(const char *path, mode_t mode)
{
	char above[PATH_SIZE];

	for (size_t n = 1; path[0] != '\0' && path[n] != '\0'; n++)
		if (path[n] == '/' && n < sizeof above) {
			memcpy(above, path, n);
			above[n] = '\0';
			mkdir(above, mode);
		}
}
