/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.h: one line per event, to standard error or to syslog.
 *
 * A line never carries a context, a reward of a single decision or anything
 * else of a prompt.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG };

/* The words of the levels in order, NULL at the end; for log_level. */
extern const char *const log_level_words[];

/* Until this is called, lines of warn and above go to standard error. */
void log_open(const char *program, enum log_level, bool to_syslog);
void log_set_level(enum log_level);

#define LOG_FORMAT __attribute__((format(printf, 1, 2)))
void log_error(const char *fmt, ...) LOG_FORMAT;
void log_warn(const char *fmt, ...) LOG_FORMAT;
void log_info(const char *fmt, ...) LOG_FORMAT;
void log_debug(const char *fmt, ...) LOG_FORMAT;
#undef LOG_FORMAT

#endif
