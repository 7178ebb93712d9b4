/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "features/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL /* the keys are shorter than a call takes */
#include <xxhash.h>

#include "base/mem.h"
#include "base/utf8.h"

/* What a feature is: the seed of its hash. */
enum { WORD = 1, PAIR = 2, CHARACTERS = 3 };

/* A character is part of a word, a word by itself, or the space between. */
enum kind { INNER, LONE, SPACE };

/* Of the characters up to last, and beyond that of the row before. */
static const struct {
	uint32_t last;
	enum kind kind;
} kinds[] = {
	{ 0x20, SPACE }, { 0x2f, LONE }, { 0x39, INNER }, /* digits */
	{ 0x40, LONE }, { 0x5a, INNER },                  /* A-Z */
	{ 0x60, LONE }, { 0x7a, INNER },                  /* a-z */
	{ 0x7e, LONE }, { 0xa0, SPACE }, { 0xbf, LONE },
	{ 0x1fff, INNER }, /* alphabets */
	{ 0x200f, SPACE }, { 0x2027, LONE }, { 0x202f, SPACE },
	{ 0x205e, LONE }, { 0x206f, SPACE }, { 0x2bff, LONE }, /* signs */
	{ 0x2dff, INNER }, /* more alphabets */
	{ 0x2fff, LONE }, { 0x3000, SPACE },
	{ 0xa4cf, LONE },  /* kana, ideographs: no spaces between words */
	{ 0xf8ff, INNER }, /* Hangul and others */
	{ 0xfaff, LONE }, { 0xfefe, INNER }, { 0xfeff, SPACE },
	{ 0xffff, LONE }, { 0x1afff, INNER },
	{ 0x10ffff, LONE }, /* pictures, more ideographs */
};

static enum kind
kind_of(uint32_t c)
{
	int i = 0;

	while (c > kinds[i].last)
		i++;
	return kinds[i].kind;
}

void
text_fini(struct text *t)
{
	buf_free(&t->folded);
	free(t->sum);
	*t = (struct text){ 0 };
}

static void
put(struct buf *b, char c)
{
	b->data[b->len++] = (uint8_t)c;
}

/* Appends the words of s[n], which is UTF-8, each with a space behind. */
static void
fold(struct buf *b, const char *s, size_t n)
{
	bool open = false; /* a word is */
	size_t len;
	uint32_t c;

	buf_reserve(b, 2 * n + 1);
	for (size_t i = 0; i < n; i += len) {
		enum kind kind;

		len = utf8_decode(s + i, n - i, &c);
		kind = kind_of(c);
		if (open && kind != INNER)
			put(b, ' ');
		open = kind == INNER;
		if (kind == SPACE)
			continue;
		if (c >= 'A' && c <= 'Z')
			put(b, (char)(c | 0x20));
		else
			for (size_t j = 0; j < len; j++)
				put(b, s[i + j]);
		if (kind == LONE)
			put(b, ' ');
	}
	if (open)
		put(b, ' ');
}

static bool
continues(char c)
{
	return (c & 0xc0) == 0x80;
}

/* All words of s[len], those between the ends of a long one left out. */
static void
fold_ends(struct buf *b, const char *s, size_t len)
{
	size_t head = len, tail = len;

	if (len > 2 * TEXT_PART) {
		head = TEXT_PART;
		tail = len - TEXT_PART;
		while (continues(s[head]))
			head--;
		while (tail < len && continues(s[tail]))
			tail++;
	}
	b->len = 0;
	buf_puts(b, " ");
	fold(b, s, head);
	fold(b, s + tail, len - tail);
	*buf_reserve(b, 1) = '\0'; /* next() looks at what is behind the last */
}

static enum err
check(const char *s, size_t n, struct fault *f)
{
	size_t len;
	uint32_t c;

	for (size_t i = 0; i < n; i += len) {
		len = utf8_decode(s + i, n - i, &c);
		if (len == 0)
			return fault_set(f, ERR_BAD_REQUEST,
			    "the text is not UTF-8: byte %zu, 0x%02x, counted "
			    "from 0",
			    i, (unsigned)(uint8_t)s[i]);
	}
	return ERR_NONE;
}

static void
add(struct text *t, int d, const char *from, const char *to, uint64_t kind)
{
	uint64_t hash = XXH64(from, (size_t)(to - from), kind);
	uint64_t i = (hash >> 32) * (uint64_t)d >> 32;

	t->sum[i] += hash & 1 ? 1 : -1;
}

static const char *
next(const char *p)
{
	do
		p++;
	while (continues(*p));
	return p;
}

/* Three, four and five in a row of p[0..end), a word and both its spaces. */
static void
add_characters(struct text *t, int d, const char *p, const char *end)
{
	const char *to = next(next(p));

	for (; to < end; p = next(p)) {
		const char *longer = to = next(to);

		for (int n = 3; n <= 5; n++) {
			add(t, d, p, longer, CHARACTERS);
			if (longer == end)
				break;
			longer = next(longer);
		}
	}
}

/* The words are split by spaces, and before and behind all is an empty one. */
static void
add_all(struct text *t, int d)
{
	const char *p = (const char *)t->folded.data, *last = p, *to;
	const char *end = p + t->folded.len;

	while ((to = memchr(p + 1, ' ', (size_t)(end - p - 1))) != NULL) {
		add(t, d, last, to, PAIR);
		add(t, d, p + 1, to, WORD);
		add_characters(t, d, p, to + 1);
		last = p + 1;
		p = to;
	}
	add(t, d, last, end, PAIR);
}

/* The squares of the roots of the sums have the sum of the sums. */
static void
scale(const int64_t *sum, float *x, int d)
{
	int64_t all = 0;

	for (int i = 0; i < d; i++)
		all += llabs(sum[i]);
	for (int i = 0; i < d; i++) {
		double share = (double)llabs(sum[i]) / (double)(all + !all);

		x[i] = (float)copysign(sqrt(share), (double)sum[i]);
	}
	if (all == 0)
		x[0] = 1;
}

enum err
text_vector(struct text *t, const char *s, size_t len, float *x, int d,
    struct fault *f)
{
	enum err e = check(s, len, f);

	if (e != ERR_NONE)
		return e;
	if (t->room < d) {
		free(t->sum);
		t->sum = mem_alloc((size_t)d, sizeof *t->sum);
		t->room = d;
	}
	memset(t->sum, 0, (size_t)d * sizeof *t->sum);
	fold_ends(&t->folded, s, len);
	add_all(t, d);
	scale(t->sum, x, d);
	return ERR_NONE;
}
