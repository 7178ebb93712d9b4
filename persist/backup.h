/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backup.h: a consistent copy of the state directory, made while it is used.
 */
#ifndef PERSIST_BACKUP_H
#define PERSIST_BACKUP_H

#include <stdint.h>

#include "persist/store.h"

/*
 * Copies to path, which must not exist: under a temporary name, synced, opened
 * and its whole log folded, and only then renamed.  Takes as long as that
 * takes; any thread.  *seq is the copy's last.  ERR_CONFLICT: the path is
 * there already.  ERR_STORAGE, ERR_DATA: nothing is left behind.
 */
enum err backup_make(struct store *, const char *path, uint64_t *seq,
    struct fault *);

#endif
