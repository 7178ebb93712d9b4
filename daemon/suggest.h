/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suggest.h: what somebody may have meant.
 */
#ifndef DAEMON_SUGGEST_H
#define DAEMON_SUGGEST_H

#include "daemon/method.h"

/* The method whose name is nearest by edits, NULL where none is near. */
const struct method *method_suggest(const char *name, unsigned long len);

#endif
