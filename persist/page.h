/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page.h: one page of an LMDB data file, as bytes that nobody has checked.
 *
 * The layout is that of LMDB 0.9, format version 1, on a 64-bit machine:
 *     u64 number, u16 pad, u16 flags, u16 lower, u16 upper (of an overflow
 *     page: u32 how many pages follow each other), then u16 offsets of nodes,
 *     up to lower; the nodes fill the page from upper to its end.
 * A node is u16 lo, u16 hi, u16 flags, u16 key's length, the key; in a leaf lo
 * and hi are the size of the value, which follows, or the u64 number of the
 * overflow page it is on; in a branch lo, hi and flags are the child's number.
 * Source: mdb.c of LMDB 0.9.24, MDB_page and MDB_node.
 */
#ifndef PERSIST_PAGE_H
#define PERSIST_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_HEAD 16
#define PAGE_LEAST 256 /* bytes of a page, as LMDB has it */
#define PAGE_MOST 32768
#define PAGE_NONE UINT64_MAX /* the root of an empty tree */

enum page_flags {
	PAGE_BRANCH = 1,
	PAGE_LEAF = 2,
	PAGE_OVERFLOW = 4,
	PAGE_META = 8
};

struct page {
	const uint8_t *bytes;
	size_t size;
	uint64_t number; /* as it says itself */
	unsigned flags;
	unsigned nodes;
	uint32_t follow; /* of an overflow page: pages with this one */
};

struct node {
	const uint8_t *key;
	size_t key_len;
	uint64_t child;       /* of a branch */
	size_t size;          /* of a leaf: of the value */
	const uint8_t *value; /* NULL: on overflow pages */
	uint64_t overflow;    /* the first of them */
	bool tree;            /* the value is a database (48 bytes) */
};

/* Only its head.  The bytes are size long and stay the caller's. */
void page_read(struct page *, const uint8_t *bytes, size_t size);

/*
 * What is wrong within a branch or leaf, or NULL: then every node is inside
 * the page, none overlaps another, and together they fill it as LMDB does.
 */
const char *page_wrong(const struct page *);

/* The node i < nodes of a page that page_wrong() has nothing against. */
void page_node(const struct page *, unsigned i, struct node *);

/* Pages that a value of that size takes. */
uint64_t page_overflow(size_t page_size, size_t value);

#endif
