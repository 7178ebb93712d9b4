/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h: parts of the log that threads are reading; the method is in
 * do_export.c.
 */
#ifndef DAEMON_EXPORT_H
#define DAEMON_EXPORT_H

#include "daemon/service.h"

bool export_busy(const struct service *);

/* Waits for those whose answers will not be taken any more. */
void export_join(struct service *);

#endif
