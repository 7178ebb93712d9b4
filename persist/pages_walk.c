/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/pages_walk.h"

#include <inttypes.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define DEPTH_MOST 31 /* LMDB's cursors have no room for more */
#define IDS 512       /* of a list of pages that are read at once */

struct key {
	const uint8_t *data; /* NULL: no bound */
	size_t len;
};

/* A tree on its way; counts go against what it says of itself. */
struct climb {
	struct walk *w;
	const char *name;
	const struct tree *tree;
	enum walk_kind kind;
	uint64_t branches, leaves, overflows, entries;
};

bool
walk_seen(const struct walk *w, uint64_t page)
{
	return (w->seen[page / 8] >> page % 8 & 1) != 0;
}

/* Marks a page as seen, the first time. */
static enum err
see(const struct climb *c, uint64_t from, uint64_t page)
{
	struct walk *w = c->w;

	if (page < 2 || page > w->pages->meta.last)
		return pages_bad(w->pages, w->fault, from,
		    "it leads to page %" PRIu64 ", which there is not (%s)",
		    page, c->name);
	if (walk_seen(w, page))
		return pages_bad(w->pages, w->fault, from,
		    "it leads to page %" PRIu64
		    ", as another does already (%s)",
		    page, c->name);
	w->seen[page / 8] |= (uint8_t)(1 << page % 8);
	return ERR_NONE;
}

static int
compare(const struct tree *t, struct key a, struct key b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	uint64_t x, y;
	int c;

	if ((t->flags & MDB_INTEGERKEY) != 0) {
		memcpy(&x, a.data, sizeof x);
		memcpy(&y, b.data, sizeof y);
		return x < y ? -1 : x > y;
	}
	c = memcmp(a.data, b.data, n);
	return c != 0 ? c : a.len < b.len ? -1 : a.len > b.len;
}

/* Keys must ascend, from the bound below to before the bound above.  The first
 * key of a branch stands for whatever is smaller, and is not looked at. */
static const char *
order_wrong(const struct climb *c, const struct page *p, struct key low,
    struct key high)
{
	bool integers = (c->tree->flags & MDB_INTEGERKEY) != 0;
	struct key before = low;
	struct node n;

	for (unsigned i = p->flags == PAGE_BRANCH; i < p->nodes; i++) {
		struct key key;

		page_node(p, i, &n);
		key = (struct key){ n.key, n.key_len };
		if (integers && key.len != sizeof(uint64_t))
			return "a key is no number";
		if (before.data != NULL &&
		    compare(c->tree, key, before) < (before.data != low.data))
			return "its keys are out of order";
		if (high.data != NULL && compare(c->tree, key, high) >= 0)
			return "a key belongs elsewhere";
		before = key;
	}
	return NULL;
}

static enum err
overflow_check(struct climb *c, uint64_t from, const struct node *n)
{
	const struct pages *p = c->w->pages;
	struct fault *f = c->w->fault;
	uint64_t need = page_overflow(p->page_size, n->size);
	uint8_t head[PAGE_HEAD];
	struct page page;
	enum err e = see(c, from, n->overflow);

	if (e != ERR_NONE ||
	    (e = pages_get(p, n->overflow, head, sizeof head, f)))
		return e;
	page_read(&page, head, sizeof head);
	if (page.number != n->overflow || page.flags != PAGE_OVERFLOW)
		return pages_bad(p, f, n->overflow,
		    "it does not hold a value as it should (%s)", c->name);
	if (page.follow < need ||
	    page.follow > p->meta.last - n->overflow + 1 ||
	    (n->overflow + page.follow) * p->page_size > p->size)
		return pages_bad(p, f, n->overflow,
		    "its value is longer than what follows (%s)", c->name);
	for (uint32_t i = 1; e == ERR_NONE && i < page.follow; i++)
		e = see(c, from, n->overflow + i);
	c->overflows += page.follow;
	return e;
}

/* n bytes of a value; they are there, as overflow_check() has seen. */
static enum err
value_get(const struct climb *c, const struct node *n, size_t at, void *out,
    size_t len)
{
	const struct pages *p = c->w->pages;

	if (n->value != NULL) {
		memcpy(out, n->value + at, len);
		return ERR_NONE;
	}
	if (pages_read(p, n->overflow * p->page_size + PAGE_HEAD + at, out,
		len) == (long)len)
		return ERR_NONE;
	return fault_set(c->w->fault, ERR_STORAGE,
	    "cannot read page %" PRIu64 " of %s", n->overflow, p->path);
}

/* Ids of free pages, which go down. */
static enum err
ids_check(const struct climb *c, uint64_t from, const struct node *n,
    uint64_t count)
{
	uint64_t id[IDS], before = UINT64_MAX;
	enum err e = ERR_NONE;

	for (uint64_t i = 0; e == ERR_NONE && i < count; i++) {
		if (i % IDS == 0) {
			uint64_t more = count - i < IDS ? count - i : IDS;

			e = value_get(c, n, (size_t)(8 + 8 * i), id,
			    (size_t)(8 * more));
			if (e != ERR_NONE)
				return e;
		}
		if (id[i % IDS] >= before)
			return pages_bad(c->w->pages, c->w->fault, from,
			    "its list is out of order (%s)", c->name);
		before = id[i % IDS];
		e = see(c, from, before);
	}
	c->w->free += count;
	return e;
}

static enum err
free_check(const struct climb *c, uint64_t from, const struct node *n)
{
	const struct pages *p = c->w->pages;
	uint64_t count, txnid;
	enum err e;

	memcpy(&txnid, n->key, sizeof txnid);
	if (txnid > p->meta.txnid || n->size < 8 || n->size % 8 != 0)
		return pages_bad(p, c->w->fault, from,
		    "a list of it is wrong (%s)", c->name);
	if ((e = value_get(c, n, 0, &count, sizeof count)) != ERR_NONE)
		return e;
	if (count > n->size / 8 - 1)
		return pages_bad(p, c->w->fault, from,
		    "a list of it is too long (%s)", c->name);
	return ids_check(c, from, n, count);
}

static enum err
database_check(const struct climb *c, uint64_t from, const struct node *n)
{
	const struct pages_want *want = c->w->want;
	char name[64] = "?";
	struct tree t;
	int i = 0;

	if (!n->tree)
		return pages_bad(c->w->pages, c->w->fault, from,
		    "a record of it is no database");
	if (n->key_len < sizeof name)
		memcpy(name, n->key, n->key_len);
	name[n->key_len < sizeof name ? n->key_len : 1] = '\0';
	tree_read(&t, n->value);
	while (want[i].name != NULL && strcmp(want[i].name, name) != 0)
		i++;
	if (t.pad != 0 || (t.flags & ~(unsigned)MDB_INTEGERKEY) != 0 ||
	    (want[i].name != NULL && want[i].flags != t.flags))
		return pages_bad(c->w->pages, c->w->fault, from,
		    "the database \"%s\" is of another kind", name);
	if (want[i].name != NULL) {
		c->w->found[i] = true;
		c->w->entries[i] = t.entries;
	}
	return walk_tree(c->w, name, &t, WALK_DB);
}

static enum err
leaf_check(struct climb *c, const struct page *p, uint64_t number)
{
	enum err e = ERR_NONE;
	struct node n;

	c->leaves++;
	c->entries += p->nodes;
	for (unsigned i = 0; e == ERR_NONE && i < p->nodes; i++) {
		page_node(p, i, &n);
		if (n.value == NULL)
			e = overflow_check(c, number, &n);
		if (e == ERR_NONE && c->kind == WALK_FREE)
			e = free_check(c, number, &n);
		else if (e == ERR_NONE && c->kind == WALK_MAIN)
			e = database_check(c, number, &n);
		else if (n.tree)
			e = pages_bad(c->w->pages, c->w->fault, number,
			    "a value of it is a database (%s)", c->name);
	}
	return e;
}

static enum err climb_to(struct climb *, uint64_t from, uint64_t number,
    unsigned depth, struct key low, struct key high);

static enum err
branch_check(struct climb *c, const struct page *p, uint64_t number,
    unsigned depth, struct key low, struct key high)
{
	enum err e = ERR_NONE;
	struct node n;

	c->branches++;
	for (unsigned i = 0; e == ERR_NONE && i < p->nodes; i++) {
		struct key above = high;
		uint64_t child;

		if (i + 1 < p->nodes) {
			page_node(p, i + 1, &n);
			above = (struct key){ n.key, n.key_len };
		}
		page_node(p, i, &n);
		child = n.child;
		if (i > 0)
			low = (struct key){ n.key, n.key_len };
		e = climb_to(c, number, child, depth + 1, low, above);
	}
	return e;
}

static enum err
page_check(struct climb *c, const uint8_t *bytes, uint64_t number,
    unsigned depth, struct key low, struct key high)
{
	const struct pages *pages = c->w->pages;
	bool leaf = depth == c->tree->depth;
	const char *wrong;
	struct page p;

	page_read(&p, bytes, pages->page_size);
	if (p.number != number)
		return pages_bad(pages, c->w->fault, number,
		    "it says to be page %" PRIu64 " (%s)", p.number, c->name);
	wrong = page_wrong(&p);
	if (wrong == NULL && p.flags != (leaf ? PAGE_LEAF : PAGE_BRANCH))
		wrong = "its tree is of another depth";
	/* LMDB takes it for granted, but for the free pages (its ITS#8336). */
	if (wrong == NULL && !leaf && p.nodes < 2 && c->kind != WALK_FREE)
		wrong = "it is a branch with one child";
	if (wrong == NULL)
		wrong = order_wrong(c, &p, low, high);
	if (wrong != NULL)
		return pages_bad(pages, c->w->fault, number, "%s (%s)", wrong,
		    c->name);
	return leaf ? leaf_check(c, &p, number)
		    : branch_check(c, &p, number, depth, low, high);
}

static enum err
climb_to(struct climb *c, uint64_t from, uint64_t number, unsigned depth,
    struct key low, struct key high)
{
	size_t size = c->w->pages->page_size;
	enum err e = see(c, from, number);
	uint8_t *bytes;

	if (e != ERR_NONE)
		return e;
	bytes = mem_alloc(size, 1);
	e = pages_get(c->w->pages, number, bytes, size, c->w->fault);
	if (e == ERR_NONE)
		e = page_check(c, bytes, number, depth, low, high);
	free(bytes);
	return e;
}

enum err
walk_tree(struct walk *w, const char *name, const struct tree *t,
    enum walk_kind kind)
{
	struct climb c = { .w = w, .name = name, .tree = t, .kind = kind };
	struct key none = { 0 };
	enum err e = ERR_NONE;

	if (t->depth > DEPTH_MOST || (t->depth == 0) != (t->root == PAGE_NONE))
		return fault_set(w->fault, ERR_DATA,
		    "%s is damaged: the root of %s is wrong", w->pages->path,
		    name);
	if (t->root != PAGE_NONE)
		e = climb_to(&c, 0, t->root, 1, none, none);
	if (e == ERR_NONE &&
	    (c.branches != t->branches || c.leaves != t->leaves ||
		c.overflows != t->overflows || c.entries != t->entries))
		e = fault_set(w->fault, ERR_DATA,
		    "%s is damaged: %s is not as long as it says "
		    "(%" PRIu64 " records, not %" PRIu64 ")",
		    w->pages->path, name, c.entries, t->entries);
	return e;
}
