/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/salvage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "persist/event_map.h"
#include "persist/lock.h"
#include "persist/pages_walk.h"
#include "persist/record.h"
#include "persist/run.h"
#include "persist/store.h"

#define CHAIN 4               /* bytes before a body */
#define BODY_MOST (64u << 20) /* bytes; more than any record can have */

/* Something like a record: where its value is, and what it says. */
struct find {
	uint64_t seq, at;
	uint32_t size, chain;
	uint32_t before;  /* the chain it continues, once it is proven */
	bool proven, run; /* run: of dropped records */
	uint64_t count;   /* of those; 1; 0: not known */
	uint64_t lost_to; /* all after it up to there are missing */
};

struct search {
	struct pages pages;
	struct find *find;
	size_t finds, cap;
	uint64_t lost_to;       /* before the first find */
	struct store_head head; /* seq 0: not known */
	uint8_t *body;
	size_t body_cap;
	struct room room;
	struct buf map, line; /* of the record that is written */
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
	uint8_t far[CHAIN + 3];
	struct find f = { .count = 1 };
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
	f.run = run_is(value + CHAIN, f.size - CHAIN);
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

	if (body == NULL ||
	    (f->run ? !run_proven(body, n, f->seq, before, f->chain)
		    : store_chain(before, f->seq, body, n) != f->chain) ||
	    event_decode(body, n, &s->room, &ev, NULL) != ERR_NONE)
		return false;
	f->before = before;
	return f->proven = true;
}

/* How many records it stands for. */
static void
count_run(struct search *s, struct find *f)
{
	const uint8_t *body = body_read(s, f);
	struct event ev;

	f->count = 0;
	if (body != NULL &&
	    event_decode(body, f->size - CHAIN, &s->room, &ev, NULL) ==
		ERR_NONE)
		f->count = event_records(&ev);
	if (f->count > f->seq)
		f->count = 0;
}

/* The first find of that number or a later one. */
static size_t
group_of(const struct search *s, uint64_t seq)
{
	size_t low = 0, high = s->finds;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (s->find[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* By any of those before it: each says its own chain, and one that is damaged
 * elsewhere may still say it rightly. */
static void
prove(struct search *s, struct find *f)
{
	uint64_t before;

	if (f->run)
		count_run(s, f);
	before = f->seq - f->count;
	if (f->count == 0)
		return;
	if (before == 0)
		continues(s, f, 0);
	for (size_t i = before > 0 ? group_of(s, before) : s->finds;
	     !f->proven && i < s->finds && s->find[i].seq == before; i++)
		continues(s, f, s->find[i].chain);
}

static void
prove_all(struct search *s)
{
	for (size_t i = 0; i < s->finds; i++)
		prove(s, &s->find[i]);
}

/* What is known while the finds are gone over from the last to the first. */
struct backwards {
	uint64_t next; /* continues whatever ends before it, in that chain */
	uint32_t chain;
	uint64_t due; /* of the last that was there; 0: none yet */
	uint64_t low; /* down to here all are there, or dropped */
};

/* The records between the find and the last that was there are missing, but
 * for what a run says was dropped. */
static uint64_t
lost_after(const struct backwards *b, uint64_t seq)
{
	uint64_t to = b->due;

	if (to == 0)
		return 0;
	if (b->low < to)
		to = b->low;
	return to - 1 > seq ? to - 1 : 0;
}

/* Of those with one number, from and up to: one record and one run may stay
 * proven. */
static void
choose_one(struct search *s, struct backwards *b, size_t from, size_t to)
{
	uint64_t seq = s->find[from].seq;
	size_t best[2] = { to, to }; /* a record, a run */
	struct find *f;

	for (size_t i = to; i-- > from;) {
		f = &s->find[i];
		if (f->proven && (s->head.seq == 0 || seq <= s->head.seq) &&
		    (seq + 1 != b->next || f->chain == b->chain))
			best[f->run] = i;
	}
	for (size_t i = from; i < to; i++)
		s->find[i].proven = i == best[0] || i == best[1];
	if (best[0] == to && best[1] == to)
		return;
	f = &s->find[best[0] < to ? best[0] : best[1]];
	f->lost_to = lost_after(b, seq);
	b->due = seq;
	b->next = seq - f->count + 1;
	b->chain = f->before;
	if (best[1] < to && seq - s->find[best[1]].count + 1 < b->low)
		b->low = seq - s->find[best[1]].count + 1;
}

/*
 * Of several that are proven, as where a commit failed and another took its
 * numbers, the one that the next record continues; at the end the one that
 * the file says.  Only that stays proven; and a run of dropped ones beside it,
 * which may be what was tried and failed, or what came after.
 */
static void
choose(struct search *s)
{
	struct backwards b = { .next = s->head.seq + 1,
		.chain = s->head.chain,
		.due = s->head.seq > 0 ? s->head.seq + 1 : 0,
		.low = UINT64_MAX };
	size_t to = s->finds, from;

	for (; to > 0; to = from) {
		from = group_of(s, s->find[to - 1].seq);
		choose_one(s, &b, from, to);
	}
	s->lost_to = lost_after(&b, 0);
}

/* A run is only written where nothing else has its number. */
static bool
is_written(const struct search *s, size_t i)
{
	const struct find *f = &s->find[i];

	if (!f->run)
		return f->proven;
	for (size_t at = group_of(s, f->seq);
	     f->proven && at < s->finds && s->find[at].seq == f->seq; at++)
		if (s->find[at].proven && !s->find[at].run)
			return false;
	return f->proven;
}

static enum err
read_one(struct search *s, const struct find *f, struct event *ev)
{
	const uint8_t *body = body_read(s, f);

	if (body == NULL ||
	    event_decode(body, f->size - CHAIN, &s->room, ev, NULL))
		return ERR_STORAGE; /* it was there a moment ago */
	ev->seq = f->seq;
	return ERR_NONE;
}

/* What a record says of an arm, and what has become of it since. */
static enum err
call_all(struct search *s, struct callings *c)
{
	enum err e = ERR_NONE;
	struct event ev;

	for (size_t i = 0; e == ERR_NONE && i < s->finds; i++) {
		if (!is_written(s, i))
			continue;
		e = read_one(s, &s->find[i], &ev);
		if (e == ERR_NONE)
			callings_see(c, &ev);
	}
	return e;
}

static enum err
write_one(struct search *s, const struct find *f, const struct callings *c,
    FILE *out)
{
	struct cursor map;
	struct event ev;
	enum err e = read_one(s, f, &ev);

	if (e != ERR_NONE)
		return e;
	s->map.len = s->line.len = 0;
	event_map_put(&s->map, &ev, c);
	map = (struct cursor){ s->map.data, s->map.data + s->map.len };
	json_put(&s->line, &map);
	buf_puts(&s->line, "\n");
	return fwrite(s->line.data, 1, s->line.len, out) == s->line.len
	    ? ERR_NONE
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
	enum err e = call_all(s, c);

	if (s->lost_to > 0)
		put_missing(&r->missing, 1, s->lost_to);
	for (size_t i = 0; e == ERR_NONE && i < s->finds; i++) {
		const struct find *f = &s->find[i];

		r->found += i == 0 || f->seq != f[-1].seq;
		if (!is_written(s, i))
			continue;
		e = write_one(s, f, c, out);
		r->last = f->seq;
		r->proven++;
		if (f->lost_to > 0)
			put_missing(&r->missing, f->seq + 1, f->lost_to);
	}
	r->end_known = s->head.seq > 0;
	if (r->end_known)
		r->last = s->head.seq;
	buf_put(&r->missing, "", 1);
	callings_free(c);
	return e;
}

static enum err
search_all(struct search *s, FILE *out, struct salvaged *r, struct fault *f)
{
	enum err e;

	scan(s);
	if (s->finds > 0) /* else there is no array */
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
	buf_free(&s->map);
	buf_free(&s->line);
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
