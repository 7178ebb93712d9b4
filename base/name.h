/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * name.h: names and ids, 1 to 64 characters from A-Z a-z 0-9 . _ : / -
 */
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define NAME_SIZE (NAME_MAX_LEN + 1)

/* Whether the bytes s[len], which may be any, are that word. */
static inline bool
word_is(const char *word, const char *s, size_t len)
{
	return len > 0 && word[0] == s[0] && strlen(word) == len &&
	    memcmp(word, s, len) == 0;
}

bool name_valid(const char *, size_t len);

/* Copies a valid name of len bytes into out[NAME_SIZE], or returns false. */
bool name_copy(char *out, const char *, size_t len);

#endif
