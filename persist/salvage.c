/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/salvage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "persist/event_json.h"
#include "persist/lock.h"
#include "persist/pages_walk.h"
#include "persist/record.h"
#include "persist/store.h"

#define CHAIN 4               /* bytes before a body */
#define BODY_MOST (64u << 20) /* bytes; more than any record can have */

/* Something like a record: where its value is, and what it says. */
struct find {
	uint64_t seq, at;
	uint32_t size, chain;
	uint32_t before; /* the chain it continues, once it is proven */
	bool proven;
};

struct search {
	struct pages pages;
	struct find *find;
	size_t finds, cap;
	struct store_head head; /* seq 0: not known */
	uint8_t *body;
	size_t body_cap;
	struct room room;
};

static void
keep(struct search *s, const struct find *f)
{
	if (s->finds == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 1024;
		s->find = mem_realloc(s->find, s->cap, sizeof *s->find);
	}
	s->find[s->finds++] = *f;
}

/* A body begins as every record's does: an array of 5, version 1. */
static bool
like_a_body(const uint8_t *value)
{
	return value[CHAIN] == 0x95 && value[CHAIN + 1] == 1;
}

/* The bytes there as a node of the log: u32 size, u16 flags, u16 8, u64 seq,
 * then the value or its page. */
static void
look_at(struct search *s, const uint8_t *page, size_t at, uint64_t page_at)
{
	const uint8_t *node = page + at, *value = node + 16;
	size_t left = s->pages.page_size - at - 16;
	uint8_t far[CHAIN + 2];
	struct find f = { 0 };
	uint16_t flags, key;

	memcpy(&f.size, node, 4);
	memcpy(&flags, node + 4, 2);
	memcpy(&key, node + 6, 2);
	if (key != 8 || flags > 1 || f.size < CHAIN + 6 || f.size > BODY_MOST)
		return;
	memcpy(&f.seq, node + 8, 8);
	f.at = page_at + at + 16;
	if (flags == 1) {
		memcpy(&f.at, value, 8);
		if (f.at > s->pages.size / s->pages.page_size)
			return;
		f.at = f.at * s->pages.page_size + PAGE_HEAD;
		value = far;
		if (pages_read(&s->pages, f.at, far, sizeof far) !=
		    (long)sizeof far)
			return;
	} else if (f.size > left)
		return;
	if (f.seq == 0 || !like_a_body(value))
		return;
	memcpy(&f.chain, value, CHAIN);
	keep(s, &f);
}

static void
scan(struct search *s)
{
	size_t size = s->pages.page_size;
	uint8_t *page = mem_alloc(size, 1);

	for (uint64_t at = 0; at < s->pages.size; at += size) {
		long got = pages_read(&s->pages, at, page, size);

		if (got < 0) /* a bad sector: go on behind it */
			continue;
		memset(page + got, 0, size - (size_t)got);
		for (size_t i = PAGE_HEAD; i + 24 <= size; i += 2)
			look_at(s, page, i, at);
	}
	free(page);
}

static int
by_seq(const void *a, const void *b)
{
	const struct find *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static const uint8_t *
body_read(struct search *s, const struct find *f)
{
	size_t n = f->size - CHAIN;

	if (n > s->body_cap) {
		s->body = mem_realloc(s->body, n, 1);
		s->body_cap = n;
	}
	return pages_read(&s->pages, f->at + CHAIN, s->body, n) == (long)n
	    ? s->body
	    : NULL;
}

/* Whether it continues the chain from there, and reads as an event. */
static bool
continues(struct search *s, struct find *f, uint32_t before)
{
	const uint8_t *body = body_read(s, f);
	size_t n = f->size - CHAIN;
	struct event ev;

	if (body == NULL || store_chain(before, f->seq, body, n) != f->chain ||
	    event_decode(body, n, &s->room, &ev, NULL) != ERR_NONE)
		return false;
	f->before = before;
	return f->proven = true;
}

/* By any of those before it: each says its own chain, and one that is damaged
 * elsewhere may still say it rightly. */
static void
prove(struct search *s, struct find *f, size_t from, size_t to)
{
	if (f->seq == 1)
		continues(s, f, 0);
	for (size_t i = from; !f->proven && i < to; i++)
		if (s->find[i].seq + 1 == f->seq)
			continues(s, f, s->find[i].chain);
}

static size_t
group_end(const struct search *s, size_t from)
{
	size_t to = from;

	while (to < s->finds && s->find[to].seq == s->find[from].seq)
		to++;
	return to;
}

static void
prove_all(struct search *s)
{
	size_t before = 0, from = 0, to;

	for (; from < s->finds; before = from, from = to) {
		to = group_end(s, from);
		for (size_t i = from; i < to; i++)
			prove(s, &s->find[i], before, from);
	}
}

/*
 * Of several that are proven, as where a commit failed and another took its
 * numbers, the one that the next record continues; at the end the one that
 * the file says.  Only that stays proven.
 */
static void
choose(struct search *s)
{
	uint64_t next = s->head.seq + 1;
	uint32_t chain = s->head.chain;
	size_t to = s->finds, from, best;

	for (; to > 0; to = from) {
		uint64_t seq = s->find[to - 1].seq;

		best = to;
		for (from = to; from > 0 && s->find[from - 1].seq == seq;
		     from--) {
			struct find *f = &s->find[from - 1];

			if (f->proven && (seq + 1 != next || f->chain == chain))
				best = from - 1;
		}
		if (s->head.seq > 0 && seq > s->head.seq)
			best = to; /* never committed */
		for (size_t i = from; i < to; i++)
			s->find[i].proven = i == best;
		if (best < to) {
			next = seq;
			chain = s->find[best].before;
		}
	}
}

static enum err
write_one(struct search *s, const struct find *f, struct callings *c,
    struct buf *line, FILE *out)
{
	const uint8_t *body = body_read(s, f);
	struct event ev;

	if (body == NULL ||
	    event_decode(body, f->size - CHAIN, &s->room, &ev, NULL))
		return ERR_STORAGE; /* it was there a moment ago */
	ev.seq = f->seq;
	callings_see(c, &ev);
	line->len = 0;
	event_json_put(line, &ev, c);
	return fwrite(line->data, 1, line->len, out) == line->len ? ERR_NONE
								  : ERR_STORAGE;
}

static void
put_missing(struct buf *b, uint64_t from, uint64_t to)
{
	buf_printf(b, "%s%" PRIu64, b->len > 0 ? ", " : "", from);
	if (to > from)
		buf_printf(b, "-%" PRIu64, to);
}

static enum err
write_all(struct search *s, FILE *out, struct salvaged *r)
{
	struct callings *c = callings_new();
	struct buf line = { 0 };
	enum err e = ERR_NONE;
	uint64_t next = 1;

	for (size_t i = 0; e == ERR_NONE && i < s->finds; i++) {
		const struct find *f = &s->find[i];

		r->found += i == 0 || f->seq != f[-1].seq;
		if (!f->proven)
			continue;
		if (f->seq > next)
			put_missing(&r->missing, next, f->seq - 1);
		e = write_one(s, f, c, &line, out);
		next = f->seq + 1;
		r->proven++;
	}
	r->end_known = s->head.seq > 0;
	r->last = r->end_known ? s->head.seq : next - 1;
	if (next <= r->last)
		put_missing(&r->missing, next, r->last);
	buf_put(&r->missing, "", 1);
	buf_free(&line);
	callings_free(c);
	return e;
}

static enum err
search_all(struct search *s, FILE *out, struct salvaged *r, struct fault *f)
{
	enum err e;

	scan(s);
	qsort(s->find, s->finds, sizeof *s->find, by_seq);
	prove_all(s);
	choose(s);
	e = write_all(s, out, r);
	if (e == ERR_NONE && fflush(out) != 0)
		e = ERR_STORAGE;
	if (e != ERR_NONE)
		fault_set(f, e, "cannot write: %s", strerror(errno));
	free(s->find);
	free(s->body);
	room_fini(&s->room);
	return e;
}

/* The head, where the way to it is whole. */
static void
head_find(struct search *s)
{
	uint8_t head[12];

	if (!pages_value(&s->pages, "meta", "head", head, sizeof head))
		return;
	memcpy(&s->head.seq, head, 8);
	memcpy(&s->head.chain, head + 8, 4);
}

enum err
salvage(const char *dir, FILE *out, struct salvaged *r, struct fault *f)
{
	struct search s = { 0 };
	struct buf path = { 0 };
	int lock = -1;
	enum err e = lock_take(dir, false, &lock, f);

	*r = (struct salvaged){ 0 };
	buf_printf(&path, "%s/db/data.mdb", dir);
	buf_put(&path, "", 1);
	if (e == ERR_NONE)
		e = pages_open(&s.pages, (const char *)path.data, f);
	if (e == ERR_NONE) {
		head_find(&s);
		e = search_all(&s, out, r, f);
		pages_close(&s.pages);
	}
	if (lock >= 0)
		close(lock);
	buf_free(&path);
	return e;
}
