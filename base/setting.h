/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setting.h: a setting is one row, and everything else follows from it.
 *
 * The row says the setting's name, type, place in a struct, default, range,
 * unit and meaning.  The configuration file, the command line, `banditd -t`,
 * the method `routers`, the log and the test of the manual all read it.
 */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum setting_type {
	SETTING_BOOL, /* bool */
	SETTING_INT,  /* long */
	SETTING_NUM,  /* double; word, if any, is stored as NaN */
	SETTING_WORD, /* int, the index in words */
	SETTING_STR,  /* char[size] */
	SETTING_PAIR, /* double[2], low < high */
	SETTING_SPAN, /* double, a count, or a time "7d" as -seconds; word: NaN
		       */
	SETTING_TIME, /* double, a time "30d" in seconds; word: NaN */
	SETTING_BYTES /* double, a size "2GB" in bytes; word: NaN */
};

struct setting {
	const char *name;
	enum setting_type type;
	unsigned flags; /* the owner's */
	size_t offset;
	size_t size;     /* of SETTING_STR */
	const char *def; /* as it would be written in the file */
	double min, max; /* of all numbers and both of PAIR, inclusive */
	const char *const *words; /* of WORD, NULL at the end */
	size_t stride;    /* bytes from word to word; 0: they are an array */
	const char *word; /* of numbers but PAIR: may stand for one */
	const char *was;  /* what held before there was the row; NULL: def */
	const char *unit; /* "" where it has none */
	const char *help; /* one sentence */
};

/*
 * Parses text into the struct at base.  ERR_CONFIG: the sentence says the
 * setting, what was given and what it takes; nothing has changed.  An INT's
 * word is stored as 0.
 */
enum err setting_parse(const struct setting *, void *base, const char *text,
    struct fault *);

/* The word of that index, NULL at the end. */
const char *setting_word(const struct setting *, int i);

/* The value as it would be written in the file; a pair as "{0, 1}". */
void setting_format(const struct setting *, const void *base, struct buf *);

/* The value as MessagePack; a word as a string, a pair as an array. */
void setting_pack(const struct setting *, const void *base, struct buf *);

bool setting_equal(const struct setting *, const void *a, const void *b);
void setting_copy(const struct setting *, void *to, const void *from);

/* Over tables that end in a row without a name. */
const struct setting *setting_find(const struct setting *rows, const char *name,
    size_t len);
void settings_default(const struct setting *rows, void *base);

/* The same for what an older version wrote: what it did not know is as it was
 * then. */
void settings_before(const struct setting *rows, void *base);

/* Whether it says no more than was the case before there was the row. */
bool setting_as_before(const struct setting *, const void *base);

#endif
