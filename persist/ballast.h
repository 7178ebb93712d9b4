/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ballast.h: room for when the disk is full.
 *
 * LMDB needs free pages even to delete.  So while there is room a file of
 * zeros, state_dir/ballast, keeps some; it is given up for what nobody waits
 * for, and made again when it can be.  It is no state: without it a daemon
 * only has less to go on with.
 */
#ifndef PERSIST_BALLAST_H
#define PERSIST_BALLAST_H

#include <stdbool.h>

/* Bytes; some thousand decisions of usual contexts. */
#define BALLAST_BYTES (8 << 20)

/* Makes it, or what is missing of it; false: there is no room for it and a MiB
 * more, and none of it stays. */
bool ballast_make(const char *dir);

/*
 * Gives it up: its room is then that of db/data.mdb, in its holes and behind
 * its end, where nobody else can take it, but for a little for other files.
 * False: there was none.
 */
bool ballast_spend(const char *dir);

#endif
