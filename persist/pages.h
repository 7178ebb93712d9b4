/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages.h: the pages of an LMDB data file, read without LMDB.
 *
 * LMDB trusts its file: a damaged page can end the process or give out other
 * values than were put in.  This reader trusts nothing and only reads what is
 * there, with pread(2), so that a bad sector is an error and no signal.
 */
#ifndef PERSIST_PAGES_H
#define PERSIST_PAGES_H

#include "base/err.h"
#include "persist/page.h"

/* A database as its parent describes it (MDB_db). */
struct tree {
	uint32_t pad;
	unsigned flags; /* MDB_INTEGERKEY or none */
	unsigned depth;
	uint64_t branches, leaves, overflows, entries; /* pages; records */
	uint64_t root;
};

struct meta {
	uint64_t txnid, last; /* last: number of the last page */
	struct tree free, main;
};

struct pages {
	const char *path;
	int fd;
	uint64_t size; /* of the file */
	size_t page_size;
	struct meta meta; /* the newer */
};

/* A database that must be there, with its flags. */
struct pages_want {
	const char *name; /* NULL: the last */
	unsigned flags;
};

#define PAGES_DBS 16 /* that can be wanted */

struct pages_report {
	uint64_t pages, used, free; /* the first two pages are in use */
	size_t page_size;
	uint64_t entries[PAGES_DBS]; /* of each that is wanted */
};

/*
 * Checks all that LMDB takes for granted: both meta pages, that every tree is
 * one (each page reached once and by its own number, all within the file, keys
 * in order and between those of the branches above, the counts as they are
 * said), and that every page is in use or free, once.
 * ERR_DATA: the sentence names the page.  ERR_STORAGE: it cannot be read.
 * Takes memory for one page a level and one bit a page.
 */
enum err pages_check(const char *path, const struct pages_want *,
    struct pages_report *, struct fault *);

/*
 * Opens a file however damaged it is, only to read its pages one by one; the
 * page size is what either meta page says, or LMDB's usual.  The path stays
 * the caller's.  ERR_STORAGE, ERR_DATA: it is not there.
 */
enum err pages_open(struct pages *, const char *path, struct fault *);
void pages_close(struct pages *);

/* The value of a text in a database, if the way there is whole and it is of
 * that size and within its page. */
bool pages_value(struct pages *, const char *db, const char *key, void *,
    size_t);

/* n bytes at that place of the file, or what there is of them; < 0: errno. */
long pages_read(const struct pages *, uint64_t at, void *, size_t n);

#endif
