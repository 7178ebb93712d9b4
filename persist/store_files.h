/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_files.h: the files in state_dir/db.
 *
 * data.mdb and lock.mdb are LMDB's.  While the data file is compacted
 * (compact.h) there are also those that are to take their places.
 */
#ifndef PERSIST_STORE_FILES_H
#define PERSIST_STORE_FILES_H

#include "base/err.h"

#define STORE_DATA "data.mdb"
#define STORE_LOCK "lock.mdb"
#define STORE_DATA_NEW "data.mdb.new"
#define STORE_LOCK_NEW "lock.mdb.new"

/* Makes the names in a directory last.  ERR_STORAGE. */
enum err dir_sync(const char *path, struct fault *);

/*
 * Makes a lock file, which must not be there, with all the room that LMDB
 * needs.  ERR_STORAGE.
 */
enum err lock_create(const char *path, struct fault *);

/*
 * Before LMDB opens the directory db to write, under our own lock: makes its
 * lock file anew, and removes what is left of a compaction that was cut short.
 * ERR_DATA: one of them is a directory.  ERR_STORAGE.
 */
enum err db_clear(const char *db, struct fault *);

#endif
