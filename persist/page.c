/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/page.h"

#include <string.h>

#define NODE_HEAD 8
#define TREE_SIZE 48
#define NODE_OVERFLOW 1 /* F_BIGDATA */
#define NODE_TREE 2     /* F_SUBDATA */
#define KEY_MOST 511

static unsigned
u16_at(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

void
page_read(struct page *p, const uint8_t *bytes, size_t size)
{
	unsigned lower = u16_at(bytes + 12);

	*p = (struct page){ .bytes = bytes,
		.size = size,
		.flags = u16_at(bytes + 10),
		.nodes = lower < PAGE_HEAD ? 0 : (lower - PAGE_HEAD) / 2 };
	memcpy(&p->number, bytes, sizeof p->number);
	memcpy(&p->follow, bytes + 12, sizeof p->follow);
}

/* The bytes of a node with its value where that is in the page. */
static size_t
node_length(const struct page *p, const uint8_t *node)
{
	size_t len = NODE_HEAD + u16_at(node + 6);
	size_t value = u16_at(node) | (size_t)u16_at(node + 2) << 16;

	if (p->flags == PAGE_BRANCH)
		return len;
	return len +
	    (u16_at(node + 4) & NODE_OVERFLOW ? sizeof(uint64_t) : value);
}

static const char *
node_wrong(const struct page *p, unsigned at, uint8_t *taken, size_t *sum)
{
	const uint8_t *node = p->bytes + at;
	unsigned flags, key_len;
	size_t len;

	if (at % 2 != 0 || at < u16_at(p->bytes + 14) ||
	    at + NODE_HEAD > p->size)
		return "a node is outside of it";
	flags = u16_at(node + 4);
	key_len = u16_at(node + 6);
	len = node_length(p, node);
	if (len > p->size - at)
		return "a node reaches beyond its end";
	if (key_len > KEY_MOST)
		return "a key is too long";
	if (p->flags == PAGE_LEAF &&
	    (key_len == 0 || flags > NODE_TREE ||
		(flags == NODE_TREE && len != NODE_HEAD + key_len + TREE_SIZE)))
		return "a node is of no kind that is known";
	len = (len + 1) / 2;
	if (memchr(taken + at / 2, 1, len) != NULL)
		return "its nodes overlap";
	memset(taken + at / 2, 1, len);
	*sum += 2 * len;
	return NULL;
}

const char *
page_wrong(const struct page *p)
{
	unsigned lower = u16_at(p->bytes + 12), upper = u16_at(p->bytes + 14);
	uint8_t taken[PAGE_MOST / 2];
	const char *wrong = NULL;
	size_t sum = 0;

	if (p->flags != PAGE_BRANCH && p->flags != PAGE_LEAF)
		return "it is of another kind";
	if (lower < PAGE_HEAD + 2 || lower % 2 != 0 || lower > upper ||
	    upper > p->size)
		return "its bounds are wrong";
	memset(taken, 0, p->size / 2);
	for (unsigned i = 0; wrong == NULL && i < p->nodes; i++)
		wrong = node_wrong(p, u16_at(p->bytes + PAGE_HEAD + 2 * i),
		    taken, &sum);
	if (wrong == NULL && sum != p->size - upper)
		wrong = "its nodes do not fill it";
	return wrong;
}

void
page_node(const struct page *p, unsigned i, struct node *n)
{
	const uint8_t *at = p->bytes + u16_at(p->bytes + PAGE_HEAD + 2 * i);
	uint64_t low = u16_at(at) | (uint64_t)u16_at(at + 2) << 16;
	unsigned flags = u16_at(at + 4);

	*n = (struct node){ .key = at + NODE_HEAD, .key_len = u16_at(at + 6) };
	if (p->flags == PAGE_BRANCH) {
		n->child = low | (uint64_t)flags << 32;
		return;
	}
	n->size = (size_t)low;
	n->tree = flags == NODE_TREE;
	if (flags == NODE_OVERFLOW)
		memcpy(&n->overflow, n->key + n->key_len, sizeof n->overflow);
	else
		n->value = n->key + n->key_len;
}

uint64_t
page_overflow(size_t page_size, size_t value)
{
	return (PAGE_HEAD - 1 + value) / page_size + 1;
}
