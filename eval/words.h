/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h: made-up texts about points of a synthetic world.
 *
 * Half of the words are common ones, the same everywhere.  Each other word w
 * has a direction v_w, and a text about x takes it with a probability in
 * proportion to f_w exp(18 x'v_w), where f_w falls with its rank as in natural
 * language (Zipf): neighbouring points have words in common, and no word
 * belongs to one topic alone.  Words are syllables, frequent ones shorter; some
 * are inflected; sentences begin with a capital and end with a full stop.
 * Source of the model: Arora et al., A latent variable model approach to
 * PMI-based word embeddings, 2016.
 */
#ifndef EVAL_WORDS_H
#define EVAL_WORDS_H

#include "base/buf.h"

#define WORDS_COMMON 100
#define WORDS_OTHER 3000

struct words;

/* Of a world of that dimension; free with words_free(). */
struct words *words_new(int dimension, uint64_t seed);
void words_free(struct words *);

/* Puts a text about x[dimension], of half to one and a half times so many
 * words, in place of what is in the buffer. */
void words_about(struct words *, const double *x, int length, struct buf *);

#endif
