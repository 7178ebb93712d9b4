/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "persist/pages_walk.h"

#define META_SIZE 136
#define META_MAGIC 0xbeefc0deu
#define META_VERSION 1u

long
pages_read(const struct pages *p, uint64_t at, void *buf, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t more = pread(p->fd, (uint8_t *)buf + got, n - got,
		    (off_t)(at + got));

		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return -1;
		if (more == 0)
			break;
		got += (size_t)more;
	}
	return (long)got;
}

enum err
pages_bad(const struct pages *p, struct fault *f, uint64_t page,
    const char *fmt, ...)
{
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return fault_set(f, ERR_DATA, "page %" PRIu64 " of %s is damaged: %s",
	    page, p->path, what);
}

enum err
pages_get(const struct pages *p, uint64_t number, uint8_t *bytes, size_t n,
    struct fault *f)
{
	uint64_t at = number * p->page_size;
	long got;

	/* Whoever calls has checked the number against the last page's. */
	if (at + p->page_size > p->size)
		return pages_bad(p, f, number, "the file is cut off before it");
	got = pages_read(p, at, bytes, n);
	if (got < 0)
		return fault_set(f, ERR_STORAGE,
		    "cannot read page %" PRIu64 " of %s: %s", number, p->path,
		    strerror(errno));
	if ((size_t)got < n)
		return pages_bad(p, f, number, "the file is cut off in it");
	return ERR_NONE;
}

void
tree_read(struct tree *t, const uint8_t *bytes)
{
	uint16_t half[2];

	memcpy(&t->pad, bytes, 4);
	memcpy(half, bytes + 4, sizeof half);
	t->flags = half[0];
	t->depth = half[1];
	memcpy(&t->branches, bytes + 8, 8);
	memcpy(&t->leaves, bytes + 16, 8);
	memcpy(&t->overflows, bytes + 24, 8);
	memcpy(&t->entries, bytes + 32, 8);
	memcpy(&t->root, bytes + 40, 8);
}

/* The meta page at that place; what is wrong with it, or NULL. */
static const char *
meta_read(const struct pages *p, uint64_t at, struct meta *m, size_t *page_size)
{
	uint8_t bytes[PAGE_HEAD + META_SIZE];
	const uint8_t *meta = bytes + PAGE_HEAD;
	uint32_t word[2];
	struct page head;

	if (pages_read(p, at, bytes, sizeof bytes) != (long)sizeof bytes)
		return "it cannot be read whole";
	page_read(&head, bytes, sizeof bytes);
	memcpy(word, meta, sizeof word);
	tree_read(&m->free, meta + 24);
	tree_read(&m->main, meta + 72);
	memcpy(&m->last, meta + 120, 8);
	memcpy(&m->txnid, meta + 128, 8);
	*page_size = m->free.pad;
	if (head.flags != PAGE_META || word[0] != META_MAGIC)
		return "it is no meta page of LMDB";
	if (word[1] != META_VERSION)
		return "it is of another version of LMDB";
	if (*page_size < PAGE_LEAST || *page_size > PAGE_MOST ||
	    (*page_size & (*page_size - 1)) != 0)
		return "its page size is none";
	return NULL;
}

/* Where neither meta page can be read: the usual. */
static size_t
page_size_guess(const struct pages *p)
{
	struct meta m;
	size_t size;

	if (meta_read(p, 0, &m, &size) == NULL)
		return size;
	for (size_t at = PAGE_LEAST; at <= PAGE_MOST; at *= 2)
		if (meta_read(p, at, &m, &size) == NULL && size == at)
			return size;
	return 4096;
}

enum err
pages_open(struct pages *p, const char *path, struct fault *f)
{
	struct stat st;

	*p = (struct pages){ .path = path };
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->fd < 0 && errno == ENOENT)
		return fault_set(f, ERR_DATA, "%s is missing", path);
	if (p->fd < 0 || fstat(p->fd, &st) != 0) {
		enum err e = fault_set(f, ERR_STORAGE, "cannot read %s: %s",
		    path, strerror(errno));

		pages_close(p);
		return e;
	}
	if (!S_ISREG(st.st_mode)) {
		pages_close(p);
		return fault_set(f, ERR_DATA, "%s is not a file", path);
	}
	p->size = (uint64_t)st.st_size;
	p->page_size = page_size_guess(p);
	return ERR_NONE;
}

void
pages_close(struct pages *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static const char *
meta_wrong(const struct pages *p, const struct meta *m)
{
	if (m->main.pad != 0 || m->main.flags != 0 ||
	    m->free.flags != MDB_INTEGERKEY)
		return "its databases are of another kind";
	if (m->last < 1 || m->last >= UINT32_MAX * (uint64_t)p->page_size)
		return "its number of pages is none";
	return NULL;
}

/*
 * Which commit the meta page is really of: each leaves the pages it freed
 * under its number, the last of the free database.  0: not known.
 */
static uint64_t
meta_commit(const struct pages *p, const struct meta *m)
{
	uint64_t last;

	if (m->free.root == PAGE_NONE)
		return m->main.root == PAGE_NONE ? 0 : 1;
	return tree_last(p, &m->free, m->last, &last) ? last : 0;
}

/*
 * Where LMDB could not flush the meta page of a commit it puts back the number
 * of the one before last, and leaves the rest.  That commit was never answered.
 */
static bool
taken_back(const struct meta *m, const struct meta *newer, uint64_t commit)
{
	return m->txnid + 1 == newer->txnid && commit == newer->txnid + 1;
}

/*
 * Takes the newer, as LMDB would.  A damaged number could make it take the
 * older, which is a whole state too, without the last commit.
 */
static enum err
meta_choose(struct pages *p, const struct meta m[2], struct fault *f)
{
	int newer = m[1].txnid > m[0].txnid;
	const char *wrong = meta_wrong(p, &m[newer]);
	uint64_t commit, other;

	if (wrong != NULL)
		return pages_bad(p, f, (uint64_t)newer, "%s", wrong);
	if ((m[newer].txnid & 1) != (uint64_t)newer)
		return pages_bad(p, f, (uint64_t)newer,
		    "its commit %" PRIu64 " belongs on the other",
		    m[newer].txnid);
	commit = meta_commit(p, &m[newer]);
	if (commit != 0 && commit != m[newer].txnid)
		return pages_bad(p, f, (uint64_t)newer,
		    "it says commit %" PRIu64 " and its pages say %" PRIu64,
		    m[newer].txnid, commit);
	other = meta_wrong(p, &m[!newer]) ? 0 : meta_commit(p, &m[!newer]);
	if (other > m[newer].txnid && !taken_back(&m[!newer], &m[newer], other))
		return pages_bad(p, f, (uint64_t)!newer,
		    "it says commit %" PRIu64 " and its pages say %" PRIu64,
		    m[!newer].txnid, other);
	p->meta = m[newer];
	return ERR_NONE;
}

enum err
pages_metas(struct pages *p, struct fault *f)
{
	struct meta m[2];
	size_t size[2];
	const char *wrong;

	for (int i = 0; i < 2; i++) {
		wrong =
		    meta_read(p, i == 0 ? 0 : p->page_size, &m[i], &size[i]);
		if (wrong != NULL)
			return pages_bad(p, f, (uint64_t)i, "%s", wrong);
	}
	if (size[0] != size[1] || size[0] != p->page_size)
		return pages_bad(p, f, 1, "its page size is another");
	return meta_choose(p, m, f);
}

/* The free pages, and those of the two meta pages, count as seen. */
static enum err
all_seen(const struct walk *w, struct pages_report *r)
{
	const struct pages *p = w->pages;

	r->used = 2;
	r->free = w->free;
	r->pages = p->meta.last + 1;
	r->page_size = p->page_size;
	for (uint64_t page = 2; page <= p->meta.last; page++) {
		if (!walk_seen(w, page))
			return pages_bad(p, w->fault, page,
			    "it is neither in use nor free");
		r->used++;
	}
	r->used -= r->free;
	return ERR_NONE;
}

static enum err
walk_all(struct walk *w, struct pages_report *r)
{
	const struct meta *m = &w->pages->meta;
	enum err e = walk_tree(w, "the list of databases", &m->main, WALK_MAIN);

	for (int i = 0; e == ERR_NONE && w->want[i].name != NULL; i++)
		if (!w->found[i])
			e = fault_set(w->fault, ERR_DATA,
			    "%s is damaged: the database \"%s\" is missing",
			    w->pages->path, w->want[i].name);
	if (e == ERR_NONE)
		e = walk_tree(w, "the list of free pages", &m->free, WALK_FREE);
	return e == ERR_NONE ? all_seen(w, r) : e;
}

enum err
pages_check(const char *path, const struct pages_want *want,
    struct pages_report *r, struct fault *f)
{
	struct pages p;
	enum err e = pages_open(&p, path, f);

	*r = (struct pages_report){ 0 };
	if (e != ERR_NONE)
		return e;
	e = pages_metas(&p, f);
	/* The last pages may be free and never have been written, but each
	 * must be somewhere in a list, which is in the file. */
	if (e == ERR_NONE && p.meta.last / 8 > p.size)
		e = pages_bad(&p, f, 0, "its number of pages is none");
	if (e == ERR_NONE) {
		struct walk w = { .pages = &p,
			.fault = f,
			.want = want,
			.entries = r->entries,
			.seen = mem_zalloc(p.meta.last / 8 + 1, 1) };

		e = walk_all(&w, r);
		free(w.seen);
	}
	pages_close(&p);
	return e;
}
