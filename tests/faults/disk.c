/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/faults/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#define NAME_MOST 64
#define GONE (-1)

/* A sector as a write left it. */
struct sector {
	uint64_t number;
	uint8_t bytes[SECTOR];
};

/* The name leads to the inode from now on, or to none; where `from` is said
 * that name goes in the same moment. */
struct change {
	char name[NAME_MOST], from[NAME_MOST];
	int inode;
};

struct inode {
	bool directory;
	struct buf now, safe; /* a file's bytes; a directory's struct change */
	struct buf dirty;     /* struct sector; struct change */
};

struct disk {
	char *root;
	int inodes; /* the first is the root */
	struct inode *inode;
};

static void
senseless(const char *what)
{
	fprintf(stderr, "replay: the trace makes no sense: %s\n", what);
	exit(1);
}

uint64_t
random_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static bool
lucky(const struct luck *l)
{
	return (double)(random_next(l->random) >> 11) * 0x1p-53 < l->share;
}

static int
inode_new(struct disk *d, bool directory)
{
	d->inode =
	    mem_realloc(d->inode, (size_t)d->inodes + 1, sizeof *d->inode);
	d->inode[d->inodes] = (struct inode){ .directory = directory };
	return d->inodes++;
}

struct disk *
disk_new(const char *root)
{
	struct disk *d = mem_zalloc(1, sizeof *d);

	d->root = mem_strdup(root);
	inode_new(d, true);
	return d;
}

void
disk_free(struct disk *d)
{
	for (int i = 0; i < d->inodes; i++) {
		buf_free(&d->inode[i].now);
		buf_free(&d->inode[i].safe);
		buf_free(&d->inode[i].dirty);
	}
	free(d->inode);
	free(d->root);
	free(d);
}

/* Directories. */

static size_t
changes(const struct buf *b)
{
	return b->len / sizeof(struct change);
}

static struct change *
change_at(const struct buf *b, size_t i)
{
	return (struct change *)(void *)b->data + i;
}

static struct change *
entry(const struct buf *names, const char *name)
{
	for (size_t i = 0; i < changes(names); i++)
		if (strcmp(change_at(names, i)->name, name) == 0)
			return change_at(names, i);
	return NULL;
}

static void
apply(struct buf *names, const struct change *c)
{
	struct change *e = entry(names, c->name);

	if (e != NULL)
		e->inode = c->inode;
	else
		buf_put(names, c, sizeof *c);
	if (c->from[0] != '\0' && (e = entry(names, c->from)) != NULL)
		e->inode = GONE;
}

/* The directory that the path is in, and its name there. */
static struct inode *
parent(struct disk *d, const char *path, char *name)
{
	size_t root = strlen(d->root);
	int at = 0;

	if (strncmp(path, d->root, root) != 0 || path[root] != '/')
		senseless(path);
	for (path += root + 1;; path++) {
		size_t n = strcspn(path, "/");
		const struct change *e;

		if (n >= NAME_MOST)
			senseless(path);
		memcpy(name, path, n);
		name[n] = '\0';
		path += n;
		if (*path == '\0')
			return &d->inode[at];
		e = entry(&d->inode[at].now, name);
		if (e == NULL || e->inode == GONE)
			senseless(path);
		at = e->inode;
	}
}

static void
change(struct inode *in, const struct change *c)
{
	apply(&in->now, c);
	buf_put(&in->dirty, c, sizeof *c);
}

static int
find(struct disk *d, const char *path)
{
	char name[NAME_MOST];
	const struct change *e = entry(&parent(d, path, name)->now, name);

	return e != NULL ? e->inode : GONE;
}

static int
create(struct disk *d, const char *path, bool directory)
{
	struct change c = { .inode = inode_new(d, directory) };

	change(parent(d, path, c.name), &c);
	return c.inode;
}

void
disk_mkdir(struct disk *d, const char *path)
{
	create(d, path, true);
}

void
disk_unlink(struct disk *d, const char *path)
{
	struct change c = { .inode = GONE };

	change(parent(d, path, c.name), &c);
}

void
disk_rename(struct disk *d, const char *from, const char *to)
{
	struct change c = { .inode = find(d, from) };

	if (c.inode == GONE || parent(d, from, c.from) != parent(d, to, c.name))
		senseless(to);
	change(parent(d, to, c.name), &c);
}

int
disk_open(struct disk *d, const char *path, bool make, bool empty)
{
	int inode = strcmp(path, d->root) == 0 ? 0 : find(d, path);

	if (inode == GONE && !make)
		senseless(path);
	if (inode == GONE)
		return create(d, path, false);
	if (empty)
		disk_truncate(d, inode, 0);
	return inode;
}

/* Files. */

static void
lengthen(struct buf *b, size_t len)
{
	if (len <= b->len)
		return;
	memset(buf_reserve(b, len - b->len), 0, len - b->len);
	b->len = len;
}

/* The bytes of a sector; what is behind the end counts as zero. */
static void
sector_read(const struct buf *b, struct sector *s)
{
	size_t at = s->number * SECTOR;
	size_t n = at >= b->len ? 0 : b->len - at;

	memset(s->bytes, 0, SECTOR);
	if (n > 0)
		memcpy(s->bytes, b->data + at, n < SECTOR ? n : SECTOR);
}

static void
sector_write(struct buf *b, const struct sector *s, size_t end)
{
	size_t at = s->number * SECTOR, n = SECTOR;

	if (at >= end)
		return;
	if (n > end - at)
		n = end - at;
	lengthen(b, at + n);
	memcpy(b->data + at, s->bytes, n);
}

void
disk_write(struct disk *d, int inode, uint64_t at, const void *data, size_t len)
{
	struct inode *in = &d->inode[inode];
	struct sector s;

	lengthen(&in->now, at + len);
	memcpy(in->now.data + at, data, len);
	for (s.number = at / SECTOR; s.number * SECTOR < at + len; s.number++) {
		sector_read(&in->now, &s);
		buf_put(&in->dirty, &s, sizeof s);
	}
}

void
disk_truncate(struct disk *d, int inode, uint64_t len)
{
	struct inode *in = &d->inode[inode];

	if (len < in->now.len)
		in->now.len = len;
	lengthen(&in->now, len);
}

void
disk_sync(struct disk *d, int inode)
{
	struct inode *in = &d->inode[inode];

	in->safe.len = in->dirty.len = 0;
	buf_put(&in->safe, in->now.data, in->now.len);
}

/* What was written there before is overtaken. */
void
disk_sync_range(struct disk *d, int inode, uint64_t at, size_t len)
{
	struct inode *in = &d->inode[inode];
	struct sector *dirty = (struct sector *)(void *)in->dirty.data;
	size_t n = in->dirty.len / sizeof *dirty, kept = 0;
	uint64_t first = at / SECTOR, last = (at + len - 1) / SECTOR;
	struct sector s;

	for (size_t i = 0; i < n; i++)
		if (dirty[i].number < first || dirty[i].number > last)
			dirty[kept++] = dirty[i];
	in->dirty.len = kept * sizeof *dirty;
	for (s.number = first; s.number <= last; s.number++) {
		sector_read(&in->now, &s);
		sector_write(&in->safe, &s, in->now.len);
	}
}

/* Images. */

static void
file_image(const struct inode *in, const struct luck *l, struct buf *out)
{
	const struct sector *dirty = (const void *)in->dirty.data;
	const struct buf *from = l->all ? &in->now : &in->safe;

	out->len = 0;
	buf_put(out, from->data, from->len);
	for (size_t i = 0; !l->all && i < in->dirty.len / sizeof *dirty; i++)
		if (lucky(l))
			sector_write(out, &dirty[i], in->now.len);
	if (!l->all && lucky(l)) {
		if (out->len > in->now.len)
			out->len = in->now.len;
		lengthen(out, in->now.len);
	}
}

static void
names_image(const struct inode *in, const struct luck *l, struct buf *out)
{
	size_t n = changes(&in->dirty);

	out->len = 0;
	buf_put(out, in->safe.data, in->safe.len);
	if (!l->all && !l->all_names)
		n = random_next(l->random) % (n + 1);
	for (size_t i = 0; i < n; i++)
		apply(out, change_at(&in->dirty, i));
}

static void
put_file(const char *path, const struct buf *b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, b->data, b->len) != (ssize_t)b->len ||
	    close(fd) != 0) {
		perror(path);
		exit(1);
	}
}

bool
disk_has(struct disk *d, const char *path)
{
	return find(d, path) != GONE;
}

void
disk_save(struct disk *d, const char *path, const char *to)
{
	put_file(to, &d->inode[disk_open(d, path, false, false)].now);
}

static void
put_inode(const struct disk *d, int inode, const struct luck *l,
    const char *path)
{
	const struct inode *in = &d->inode[inode];
	struct buf image = { 0 };
	char below[4096];

	if (!in->directory) {
		file_image(in, l, &image);
		put_file(path, &image);
		buf_free(&image);
		return;
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		perror(path);
	names_image(in, l, &image);
	for (size_t i = 0; i < changes(&image); i++) {
		const struct change *c = change_at(&image, i);

		snprintf(below, sizeof below, "%s/%s", path, c->name);
		if (c->inode != GONE)
			put_inode(d, c->inode, l, below);
	}
	buf_free(&image);
}

void
disk_image(const struct disk *d, const struct luck *l, const char *to)
{
	put_inode(d, 0, l, to);
}
