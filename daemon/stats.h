/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats.h: what the daemon counts; a number is one row.
 *
 * The rows feed the method `status` (by name) and the metrics (with the
 * prefix banditd_, counters with the suffix _total).
 */
#ifndef DAEMON_STATS_H
#define DAEMON_STATS_H

#include "daemon/service.h"

enum stat_kind { STAT_COUNTER, STAT_GAUGE, STAT_INFO /* status only */ };

/* Taken once, so that all numbers of an answer are of one moment. */
struct stat_sources {
	struct service *service;
	struct writer_stats writer;
	struct server_stats server;
	struct http_stats http; /* zeros where it is not served */
};

struct stat {
	const char *name;
	enum stat_kind kind;
	const char *unit; /* "", "seconds", "bytes" */
	const char *help; /* one sentence */
	double (*get)(const struct stat_sources *);
};

/* Ends in a row without a name. */
extern const struct stat stats[];

void stats_take(struct stat_sources *, struct service *);

/* The OpenMetrics text, ending in "# EOF", or where not open that of Prometheus
 * before there was OpenMetrics. */
void metrics_print(const struct stat_sources *, bool open, struct buf *);

#endif
