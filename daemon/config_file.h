/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config_file.h: from a configuration file to struct config.
 */
#ifndef DAEMON_CONFIG_FILE_H
#define DAEMON_CONFIG_FILE_H

#include "daemon/config.h"

/* Over the defaults that *out holds.  ERR_CONFIG; *out is then half read, for
 * config_fini(). */
enum err config_file_read(struct config *out, const char *path, struct fault *);

#endif
