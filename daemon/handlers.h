/* SPDX-License-Identifier: GPL-3.0-or-later */
/* handlers.h: one function per method; see methods.c for what each does. */
#ifndef DAEMON_HANDLERS_H
#define DAEMON_HANDLERS_H

#include "daemon/method.h"

method_fn do_arm_add, do_arm_remove, do_arm_set, do_arms, do_backup,
    do_checkpoint, do_click, do_compact, do_decide, do_explain, do_export,
    do_feedback, do_import, do_methods, do_metrics, do_observe, do_ping,
    do_prefer, do_rebuild, do_reload, do_routers, do_score, do_state_hash,
    do_status;

#endif
