/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path.h: where the daemon's files and its socket are by default.
 *
 * Run by root, under the prefixes of the build; by another user, in the
 * directories of the XDG specification, where a relative $XDG_... counts as
 * unset.  What writes to out[PATH_SIZE] is false where the path would be longer
 * or $HOME is needed and not set.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <sys/types.h>

#define PATH_SIZE 4096

/* SYSCONFDIR/banditd/banditd.conf or $XDG_CONFIG_HOME (~/.config). */
bool path_config(bool root, char *out);

/* $STATE_DIRECTORY of systemd wins; LOCALSTATEDIR/lib/banditd or
 * $XDG_STATE_HOME (~/.local/state). */
bool path_state(bool root, char *out);

/*
 * Where the daemon listens.  $RUNTIME_DIRECTORY of systemd wins;
 * RUNSTATEDIR/banditd/banditd.sock or $XDG_RUNTIME_DIR, without which
 * /run/user/UID if it is there, else the state directory: never a directory
 * that others can write to.
 */
bool path_socket(bool root, char *out);

/*
 * Where a client looks.  $BANDITD_SOCKET wins; then as the daemon, but not
 * $RUNTIME_DIRECTORY, which is the client's own.  A user without a daemon of
 * their own gets the system's, if its socket is there or is hidden from them.
 */
bool path_socket_client(bool root, char *out);

/* The path from the root, by the working directory of now. */
bool path_absolute(const char *path, char *out);

/* dir/name, of any length; the caller frees it. */
char *path_in(const char *dir, const char *name);

/* Makes the directories above the path that are missing.  What cannot be made
 * shows when the path itself is. */
void path_make_parents(const char *path, mode_t mode);

#endif
