/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_make.h: how sets come to be, for the files that make them.
 */
#ifndef EVAL_SET_MAKE_H
#define EVAL_SET_MAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "eval/set.h"

/* All of it zeroed, but the name; each number >= 1 and within the limits of
 * who calls. */
void set_make(struct set *, const char *name, int rows, int dimension,
    int arms);

/* Rows from that one on come from the file. */
void set_add_file(struct set *, const char *path, int first);

/* The index of a kind of prompt, which is added where it is new. */
int set_task(struct set *, const char *name, size_t len);

/*
 * The rows of `more` behind those of the set; *more is used up.  ERR_DATA: its
 * arms are others, its contexts are of another length, or it would be too
 * large; the sentence names both files.
 */
enum err set_join(struct set *, struct set *more, struct fault *);

/* The name of a file without its folder and ending. */
void set_stem(const char *path, char *out, size_t size);

/* Whether its ending says a format. */
bool set_readable(const char *path);

/* set_read() of one format each. */
enum err set_read_brp(struct set *, const char *path, struct fault *);
enum err set_read_csv(struct set *, const char *path, struct fault *);
enum err set_read_maps(struct set *, const char *path, struct fault *);

/* A synthetic world by its words ("cluster,rows=5000"); synth.c. */
enum err set_synth(struct set *, const char *words, uint64_t seed,
    struct fault *);

#endif
