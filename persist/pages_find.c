/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single records of a file that may be damaged elsewhere. */
#include <string.h>

#include "persist/pages_walk.h"

#define DEPTH_MOST 31

/* Which node of a page leads on; or at last is the one, if it is. */
typedef unsigned choose_fn(const struct page *, const void *key, size_t len);

static unsigned
choose_last(const struct page *p, const void *key, size_t len)
{
	(void)key, (void)len;
	return p->nodes - 1;
}

/* The last whose key is not above; keys are texts. */
static unsigned
choose_key(const struct page *p, const void *key, size_t len)
{
	unsigned i = p->nodes - 1;
	struct node n;

	for (; i > 0; i--) {
		size_t least;
		int c;

		page_node(p, i, &n);
		least = n.key_len < len ? n.key_len : len;
		c = memcmp(n.key, key, least);
		if (c < 0 || (c == 0 && n.key_len <= len))
			break;
	}
	return i;
}

/* Down from the root; the node points into bytes[PAGE_MOST]. */
static bool
descend(const struct pages *p, const struct tree *t, uint64_t last_page,
    choose_fn *choose, const void *key, size_t len, uint8_t *bytes,
    struct node *n)
{
	uint64_t number = t->root;
	struct page page = { 0 };

	for (unsigned depth = 1; depth <= t->depth; depth++) {
		if (depth > DEPTH_MOST || number < 2 || number > last_page ||
		    pages_get(p, number, bytes, p->page_size, NULL))
			return false;
		page_read(&page, bytes, p->page_size);
		if (page.number != number || page_wrong(&page) != NULL)
			return false;
		page_node(&page, choose(&page, key, len), n);
		number = n->child;
	}
	return t->depth > 0 && page.flags == PAGE_LEAF;
}

bool
tree_last(const struct pages *p, const struct tree *t, uint64_t last_page,
    uint64_t *key)
{
	uint8_t bytes[PAGE_MOST];
	struct node n;

	if (!descend(p, t, last_page, choose_last, NULL, 0, bytes, &n) ||
	    n.key_len != sizeof *key)
		return false;
	memcpy(key, n.key, sizeof *key);
	return true;
}

static bool
find(const struct pages *p, const struct tree *t, const char *key,
    uint8_t *bytes, struct node *n)
{
	size_t len = strlen(key);

	return descend(p, t, p->meta.last, choose_key, key, len, bytes, n) &&
	    n->key_len == len && memcmp(n->key, key, len) == 0 &&
	    n->value != NULL;
}

bool
pages_value(struct pages *p, const char *db, const char *key, void *value,
    size_t size)
{
	uint8_t bytes[PAGE_MOST];
	struct tree t;
	struct node n;

	if (pages_metas(p, NULL) != ERR_NONE ||
	    !find(p, &p->meta.main, db, bytes, &n) || !n.tree)
		return false;
	tree_read(&t, n.value);
	if (!find(p, &t, key, bytes, &n) || n.size != size)
		return false;
	memcpy(value, n.value, size);
	return true;
}
