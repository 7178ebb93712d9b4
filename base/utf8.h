/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * utf8.h: text from outside that is safe to show.
 *
 * What others sent may hold control characters, which drive a terminal and
 * break a log into false lines, and bytes that are not UTF-8, which strict
 * readers of MessagePack and JSON refuse.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length, 1 to 4, of the UTF-8 character at s[0..n), n >= 1, of whatever
 * kind, and the character; 0 where the bytes are malformed. */
size_t utf8_decode(const char *s, size_t n, uint32_t *);

/*
 * The length, 1 to 4, of the UTF-8 character at s[0..n), n >= 1; 0 where the
 * bytes are malformed or a control character (tab and newline too).
 */
size_t utf8_char(const char *s, size_t n);

/* Overwrites every byte of what is not such a character with '?'. */
void utf8_clean(char *s, size_t n);

#endif
