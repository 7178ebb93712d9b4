/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_make.h: how sets come to be, for the files that make them.
 */
#ifndef EVAL_SET_MAKE_H
#define EVAL_SET_MAKE_H

#include <stddef.h>

#include "eval/set.h"

/* All of it zeroed, but the name; each number >= 1 and within the limits of
 * who calls. */
void set_make(struct set *, const char *name, int rows, int dimension,
    int arms);

/* The name of a file without its folder and ending. */
void set_stem(const char *path, char *out, size_t size);

/* set_read() of one format each. */
enum err set_read_brp(struct set *, const char *path, struct fault *);
enum err set_read_csv(struct set *, const char *path, struct fault *);
enum err set_read_maps(struct set *, const char *path, struct fault *);

/* A synthetic world by its words ("cluster,rows=5000"); synth.c. */
enum err set_synth(struct set *, const char *words, uint64_t seed,
    struct fault *);

#endif
