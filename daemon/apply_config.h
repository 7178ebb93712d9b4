/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * apply_config.h: from the configuration to the state, by events.
 *
 * The file's word is final where it says something; what it does not say
 * stays as it is.
 */
#ifndef DAEMON_APPLY_CONFIG_H
#define DAEMON_APPLY_CONFIG_H

#include "daemon/service.h"

/*
 * Whether the learnt state allows the configuration.  ERR_CONFIG: a setting
 * that fixes it has changed (the sentence says which, and what helps).  A start
 * only warns of that where the router was rebuilt: it must not fail because a
 * crash came before somebody had changed the file.
 */
enum err config_fits(struct service *, const struct config *, bool starting,
    struct fault *);

/* Names the router's settings that the file says otherwise, "a, b", to out;
 * false: there are none. */
bool config_differs(const struct config *, const struct router *,
    struct buf *out);

/* Queues the events that bring routers, settings and arms in line. */
void config_apply(struct service *, const struct config *);

#endif
