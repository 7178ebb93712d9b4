/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h: the state directory: one LMDB environment, one daemon.
 *
 * state_dir/lock    locked with fcntl(2) and flock(2); holds the daemon's pid
 * state_dir/ballast room for when the disk is full (ballast.h)
 * state_dir/db/     the environment (store_files.h), with these databases:
 *     meta       "schema" u32, "starts" u64, "head" u64 seq + u32 chain,
 *                "routers" u32, how many were ever born,
 *                "stopped" u64, the start that last ended in order,
 *                "backup" f64 time + u64 seq of the last good backup,
 *                "rebuild.<router>" u64 seq of its last EVENT_REBUILD,
 *                "log.<router>" u64 bytes, dropped, last: struct log_part
 *     log        u64 seq -> u32 chain + an event's body (record.h), or a run of
 *                dropped ones (run.h)
 *     decisions  u32 router, u64 number, big-endian -> a decision's body
 *     own_ids    an id given by a gateway -> key of its decision
 *     keys       u32 router, big-endian, + key of an observation, or of a
 *                record from another log -> u64 seq
 *     cells      u32 router, u32 arm's uid or 0, u8 generation, big-endian
 *                -> u64 as_of, u64 XXH3 seeded with it, a cell (bandit/cell.h)
 * Integers are little-endian but where keys must sort.  The chain of a record
 * is the CRC-32C of its seq and body continued from that of the record before,
 * so one that is damaged, missing or out of order is noticed.
 *
 * Nothing here is thread-safe: the writer's thread owns every transaction
 * that writes.  The environment is never opened with NOSYNC, NOMETASYNC or
 * WRITEMAP: what is committed is on disk.
 */
#ifndef PERSIST_STORE_H
#define PERSIST_STORE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "persist/pages.h"

/* 1: version 0.1.0, which kept decisions of one arm each; 2: before records
 * could be dropped.  Read as they are, and then of schema 3. */
#define STORE_SCHEMA 3
#define SCHEMA_PARTS 3 /* the first that knows struct log_part */
#define CELL_HEAD 16   /* bytes before a cell: as_of and checksum */

enum store_db {
	DB_META,
	DB_LOG,
	DB_DECISIONS,
	DB_OWN_IDS,
	DB_KEYS,
	DB_CELLS,
	DB_COUNT
};

/* Their names and flags. */
extern const struct pages_want store_dbs[DB_COUNT + 1];

struct store_head {
	uint64_t seq; /* of the last record; 0: none */
	uint32_t chain;
};

struct backup_note {
	double time; /* wall */
	uint64_t seq;
};

struct store {
	char *dir;
	int lock_fd;  /* -1: not locked, a copy opened to be read */
	MDB_env *env; /* NULL: it could not be opened anew */
	MDB_dbi dbi[DB_COUNT];
	uint32_t schema;
	uint32_t routers; /* births in the log when it was opened */
	uint64_t starts;  /* how often the directory was opened to write */
	bool clean;       /* there was no start before, or it ended in order */
	struct backup_note backup; /* of the last good one; time 0: none */
	struct store_head head;
	pthread_rwlock_t map_lock; /* write: no transaction is open, grow */
};

enum store_mode { STORE_WRITE, STORE_READ };

/*
 * Opens the directory, creating it (mode 0700) where it is missing.
 * STORE_READ takes no lock and changes nothing: for copies, or under the lock.
 * STORE_WRITE first checks the directory, as verify_start() does; on a full
 * disk it gives the ballast up.
 * ERR_UNAVAILABLE: another daemon has it (the sentence names its pid).
 * ERR_DATA: damaged, or of a newer schema.  ERR_STORAGE: the system said no.
 */
enum err store_open(struct store *, const char *dir, enum store_mode,
    struct fault *);
void store_close(struct store *);

/* Makes the map of an environment that was just opened large enough to go on
 * with, if it can; an LMDB error or 0. */
int store_fit(struct store *);

/*
 * Doubles the map; waits until no transaction of this process is open, or does
 * not.  ERR_STORAGE: there is one, or no address space; nothing has changed.
 */
enum err store_grow(struct store *, bool wait);

/*
 * Opens the environment anew, which LMDB gives up for good where a full disk
 * had no room for its last page, or whose file is another now; waits as
 * store_grow() does.  ERR_STORAGE: it cannot be, or is no more what it was.
 */
enum err store_reopen(struct store *);

/* Whether the file can be made no longer: the disk or a quota is full, or the
 * process may write no more. */
bool store_cannot_append(const struct store *);

/* Or there is so little room that the next commit may find none. */
bool store_is_full(const struct store *);

/* Keys; each returns an MDB_val over the bytes written to k. */
struct store_key {
	uint8_t bytes[80];
};
MDB_val key_decision(struct store_key *k, uint32_t router, uint64_t number);
MDB_val key_observation(struct store_key *k, uint32_t router, const char *key);
MDB_val key_cell(struct store_key *k, uint32_t router, uint32_t arm,
    uint8_t generation);

/* A value of the database meta; an LMDB error or 0. */
int meta_get(struct store *, MDB_txn *, const char *name, void *, size_t);
int meta_put(struct store *, MDB_txn *, const char *name, const void *, size_t);

/* Notes of meta, which OP_NOTE writes: what they are called, and what the
 * store says of them. */
#define NOTE_STOPPED "stopped"
#define NOTE_BACKUP "backup"
#define NOTE_BACKUP_SIZE 16
int notes_get(struct store *, MDB_txn *);

/* The end of the log as of that transaction. */
int head_get(struct store *, MDB_txn *, struct store_head *);

/* The seq of the router's last EVENT_REBUILD; 0: none. */
int rebuild_get(struct store *, MDB_txn *, uint32_t router, uint64_t *seq);
int rebuild_put(struct store *, MDB_txn *, uint32_t router, uint64_t seq);

/* What the log holds of a router's events that teach. */
struct log_part {
	uint64_t bytes; /* of their records, as log_bytes() */
	uint64_t dropped;
	uint64_t last; /* seq of the last that was dropped; 0: none */
};
int part_get(struct store *, MDB_txn *, uint32_t router, struct log_part *);
int part_put(struct store *, MDB_txn *, uint32_t router,
    const struct log_part *);

/* Counts them in the log, of a directory that does not say. */
int parts_count(struct store *, MDB_txn *);

/* What a record takes; of the bytes of its value. */
uint64_t log_bytes(size_t value);

/* The chain value of a record. */
uint32_t store_chain(uint32_t before, uint64_t seq, const void *body,
    size_t len);

/* Whether so many bytes are free on the disk of that directory; also where it
 * does not say. */
bool dir_has_room(const char *dir, uint64_t bytes);

struct store_size {
	uint64_t used, map, disk_free; /* bytes */
	uint64_t oldest_reader; /* commits since the oldest read transaction
				   that is open began; it keeps what they freed
				   from being used again */
};
struct store_size store_size(const struct store *);

/* Gives back what is in memory of the file; it is read again where needed. */
void store_trim(const struct store *);

#endif
