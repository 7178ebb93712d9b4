/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_vector.h: a context, a vector or text, from the command line, a file or
 * standard input.
 */
#ifndef CLIENT_CTL_VECTOR_H
#define CLIENT_CTL_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define VECTOR_MAX 65536 /* numbers */

/*
 * source is "[1, 2]" itself, "-" for standard input, or a file's name, with
 * an "@" before it where it would look like one of the others.  A file holds
 * a JSON array, or with raw set little-endian float32.  *x[*n] is the
 * caller's to free.  ERR_DATA: it cannot be read or is no vector; then *x is
 * NULL.
 */
enum err vector_get(const char *source, bool raw, float **x, size_t *n,
    struct fault *);

/*
 * source is "-" for standard input, "@" and a file's name, or the text itself;
 * what it says is appended to the buffer.  ERR_DATA: it cannot be read.
 */
enum err prompt_get(const char *source, struct buf *, struct fault *);

#endif
