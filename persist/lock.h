/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock.h: one process at a time has a state directory.
 */
#ifndef PERSIST_LOCK_H
#define PERSIST_LOCK_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Locks dir/lock, with flock(2) and fcntl(2), and writes our process id into it; *fd holds
 * the lock until it is closed.  Where create is not set and there is no such
 * file, or we may not write, that is fine: a copy, or somebody else's.
 * ERR_UNAVAILABLE: another process has it (the sentence names it).
 * ERR_STORAGE: the system said no.  *fd is -1 where nothing is locked.
 */
enum err lock_take(const char *dir, bool create, int *fd, struct fault *);

#endif
