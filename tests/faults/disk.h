/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * disk.h: a model of a disk that may lose power.
 *
 * A file is what is safe, and the sectors that were written since it was last
 * flushed, of which each may or may not be there after a power cut; so is its
 * length.  A directory is the names that are safe and the changes since it was
 * last flushed, of which the first few may be there.  Flushing a file says
 * nothing of its name.
 */
#ifndef TESTS_FAULTS_DISK_H
#define TESTS_FAULTS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECTOR 512

struct disk;

/* Everything is below `root`, as the paths of the trace have it. */
struct disk *disk_new(const char *root);
void disk_free(struct disk *);

/* Each is a program that cannot go on where the trace makes no sense. */
int disk_open(struct disk *, const char *path, bool create, bool empty);
void disk_write(struct disk *, int inode, uint64_t at, const void *, size_t);
void disk_truncate(struct disk *, int inode, uint64_t len);
void disk_sync(struct disk *, int inode);
void disk_sync_range(struct disk *, int inode, uint64_t at, size_t len);
void disk_mkdir(struct disk *, const char *path);
void disk_unlink(struct disk *, const char *path);
void disk_rename(struct disk *, const char *from, const char *to);

/* How much of what is not safe is there: all of it, or with random numbers
 * from *random, a share of the sectors, and of the names all or some. */
struct luck {
	bool all, all_names;
	double share;
	uint64_t *random;
};

/* Whether there is something of that name now, below a directory that is. */
bool disk_has(struct disk *, const char *path);

/* Writes that file to `to` as it is without a power cut. */
void disk_save(struct disk *, const char *path, const char *to);

/* Writes the disk as it is after a power cut below the directory `to`. */
void disk_image(const struct disk *, const struct luck *, const char *to);

uint64_t random_next(uint64_t *);

#endif
