/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h: a prompt's text as a vector, without a model of language.
 *
 * The text is folded to words with one space around each, " write a poem ".
 * Its words, neighbouring words, and the 3, 4 and 5 characters in a row of each
 * word are hashed: one bit of a hash is a sign, and others say the element to
 * which it is added.  The sums are whole
 * numbers, so their order does not count; then each is put down to its root,
 * so that what is said often does not drown the rest, and all are scaled to
 * unit length.  banditd-protocol(7) says the same to the bit, with examples:
 * logs hold such vectors, so nothing here may change.
 * Source: Weinberger et al., Feature hashing for large scale multitask
 * learning, 2009; the root: Perronnin et al., Improving the Fisher kernel,
 * 2010.
 */
#ifndef FEATURES_TEXT_H
#define FEATURES_TEXT_H

#include "base/buf.h"
#include "base/err.h"

#define TEXT_DIMENSION 384 /* where nothing else is said */
#define TEXT_PART 8192     /* bytes at either end of a long text that count */

/* Room that is used again.  A zeroed one is empty. */
struct text {
	struct buf folded;
	int64_t *sum; /* [room] */
	int room;
};

void text_fini(struct text *);

/*
 * Hashes s[len] to x[d], d >= 1, of unit length; any text has a vector, one
 * without a word too.
 * ERR_BAD_REQUEST: not UTF-8 (the sentence names the byte); x is unspecified.
 */
enum err text_vector(struct text *, const char *s, size_t len, float *x, int d,
    struct fault *);

#endif
