/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard.h: work on a file that may be damaged, in a process of its own.
 *
 * Where the file makes LMDB touch what is not there, or a sector cannot be
 * read, only that process ends.
 */
#ifndef PERSIST_GUARD_H
#define PERSIST_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef void guard_progress_fn(void *arg, uint64_t done, uint64_t total);

/* Done in the child: fills in the result, and says now and then how far it
 * is.  What else it changes is gone with it. */
struct guard;
typedef enum err guard_fn(struct guard *, void *arg, void *result,
    struct fault *);
void guard_progress(struct guard *, uint64_t done, uint64_t total);

/*
 * Runs fn(.., arg, ..) in a child and waits for it.  The result, len bytes
 * without pointers, begins as it is and comes back as the child left it.  The
 * child closes close_fd, where that is not -1: a lock must not outlive us.
 * What fn returns; ERR_DATA where the child died of what it read; ERR_STORAGE
 * where it could not be started, or ended in another way.
 */
struct guard_work {
	guard_fn *fn;
	const char *what; /* is damaged, where reading it kills */
	void *arg, *result;
	size_t len;
	guard_progress_fn *progress; /* or NULL */
	void *progress_arg;
	int close_fd;
};
enum err guard_run(const struct guard_work *, struct fault *);

#endif
