/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_text.h: the text of a configuration file, made fit for libConfuse.
 *
 * libConfuse 3.3 counts the lines of comments three times, and takes a
 * section that is never closed for a whole one.  So comments are blanked, and
 * comments, quotes and braces must be closed, before it sees the text.
 */
#ifndef DAEMON_CONFIG_TEXT_H
#define DAEMON_CONFIG_TEXT_H

#include "base/buf.h"
#include "base/err.h"

#define CONFIG_TEXT_MAX (16 << 20) /* bytes */

/* Reads the file; *out ends in a NUL.  ERR_CONFIG: it cannot be read, is too
 * long, is not text, or something in it is never closed. */
enum err config_text_read(struct buf *out, const char *path, struct fault *);

#endif
