/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compact.h: the data file written anew, without the pages that nobody uses.
 *
 * For the writer's thread, between two of its transactions.  A copy is made
 * beside the file, under the name STORE_DATA_NEW, and takes its name when it is
 * on disk and found good: a crash leaves the one or the other, which say the
 * same.  What it may leave of a copy the next start removes.
 */
#ifndef PERSIST_COMPACT_H
#define PERSIST_COMPACT_H

#include <stdint.h>

#include "persist/store.h"

/*
 * Makes the copy and gives it the file's name; *before and *after are the bytes
 * of the two.  ERR_STORAGE: there is no room for it, it could not be written,
 * or is not what the file is; there is no copy, and all is as it was.
 */
enum err compact_make(struct store *, uint64_t *before, uint64_t *after,
    struct fault *);

/*
 * After compact_make(): makes the name last, and opens the environment anew,
 * for which it waits until no other transaction of this process is open.
 * ERR_STORAGE: nothing may be written any more, as it may not be there after a
 * crash; what is on disk is good.
 */
enum err compact_use(struct store *, struct fault *);

#endif
