/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed.h: bytes as a file, for readers that take a path.
 */
#ifndef TESTS_FUZZ_FEED_H
#define TESTS_FUZZ_FEED_H

#include <stddef.h>
#include <stdint.h>

/* The path of the only file there is, in memory, which holds these bytes until
 * the next call. */
const char *feed_file(const uint8_t *data, size_t n);

#endif
