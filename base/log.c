/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

const char *const log_level_words[] = { "error", "warn", "info", "debug",
	NULL };

static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

static struct {
	const char *program;
	enum log_level level;
	bool to_syslog;
} sink = { "banditd", LOG_LEVEL_WARN, false };

void
log_open(const char *program, enum log_level level, bool to_syslog)
{
	sink.program = program;
	sink.level = level;
	sink.to_syslog = to_syslog;
	if (to_syslog)
		openlog(program, LOG_PID, LOG_DAEMON);
}

void
log_set_level(enum log_level level)
{
	sink.level = level;
}

__attribute__((format(printf, 2, 0))) static void
log_line(enum log_level level, const char *fmt, va_list ap)
{
	char line[2048];

	if (level > sink.level)
		return;
	vsnprintf(line, sizeof line, fmt, ap);
	if (sink.to_syslog)
		syslog(priorities[level], "%s", line);
	else
		fprintf(stderr, "%s: %s: %s\n", sink.program,
		    log_level_words[level], line);
}

/* clang-format off */
#define LOG_FUNCTION(name, level) \
	void name(const char *fmt, ...) \
	{ va_list ap; va_start(ap, fmt); log_line(level, fmt, ap); va_end(ap); }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
/* clang-format on */
