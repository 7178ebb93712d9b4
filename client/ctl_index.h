/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_index.h: all commands, for the help and for the completion of shells.
 *
 * They come from the method table as the daemon answers it, so that they are
 * those of the daemon that runs, or from our own where none is there; from the
 * aliases; and from the commands of banditctl itself.
 */
#ifndef CLIENT_CTL_INDEX_H
#define CLIENT_CTL_INDEX_H

#include "client/ctl.h"

#define INDEX_TEXT 256

struct index_entry {
	char words[INDEX_TEXT], help[INDEX_TEXT];
	struct banditd_value method; /* its row; none for our own */
	const char *preset;          /* of an alias, else NULL */
	const char *args;            /* of our own, else NULL */
};

struct index {
	struct banditd_value methods; /* what the method `methods` answers */
	struct buf own;               /* which holds that where it is ours */
	struct index_entry *entry;    /* [n], sorted by words */
	size_t n;
};

/* Asks the daemon for a short time.  Valid until the next request; free with
 * index_fini(). */
void index_init(struct index *, struct ctl *);
void index_fini(struct index *);

/* The entry whose words are those of argv (or with only its first words: *used
 * of them, the longest); NULL where there is none.  used may be NULL, and then
 * all count. */
const struct index_entry *index_find(const struct index *, int argc,
    char **argv, int *used);

/* A parameter of the entry, by number; none where there are no more.  That
 * which an alias presets is not counted. */
struct banditd_value index_param(const struct index_entry *, size_t i);

/* Whether it takes --watch: a method that only reads. */
bool index_can_watch(const struct index_entry *);

/* The text of a row's field, clean and cut at INDEX_TEXT; "" where there is
 * none. */
void index_text(struct banditd_value row, const char *key, char *out);

#endif
