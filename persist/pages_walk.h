/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pages_walk.h: from the root of a tree to all its pages; for pages.c.
 */
#ifndef PERSIST_PAGES_WALK_H
#define PERSIST_PAGES_WALK_H

#include "persist/pages.h"

struct walk {
	const struct pages *pages;
	struct fault *fault;
	const struct pages_want *want;
	bool found[PAGES_DBS];
	uint64_t *entries; /* [PAGES_DBS] */
	uint8_t *seen;     /* a bit per page up to the last */
	uint64_t free;     /* pages in the list of free ones */
};

enum walk_kind {
	WALK_MAIN, /* its values are databases */
	WALK_FREE, /* its values are lists of pages */
	WALK_DB
};

/* Walks all pages of a tree, and of those that it leads to, and marks them as
 * seen; name says which one for messages. */
enum err walk_tree(struct walk *, const char *name, const struct tree *,
    enum walk_kind);
bool walk_seen(const struct walk *, uint64_t page);

/* Reads both meta pages and takes the newer.  ERR_DATA. */
enum err pages_metas(struct pages *, struct fault *);

/* The last key of a tree of integers; false: it cannot be told. */
bool tree_last(const struct pages *, const struct tree *, uint64_t last_page,
    uint64_t *key);

void tree_read(struct tree *, const uint8_t *bytes);

/* "page N of PATH is damaged: ..."; ERR_DATA. */
enum err pages_bad(const struct pages *, struct fault *, uint64_t page,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The first n bytes of a page that is whole in the file. */
enum err pages_get(const struct pages *, uint64_t number, uint8_t *, size_t n,
    struct fault *);

#endif
