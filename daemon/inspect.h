/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inspect.h: what banditd does with a state directory but serve it.
 */
#ifndef DAEMON_INSPECT_H
#define DAEMON_INSPECT_H

#include "base/err.h"

/* Verifies it: progress on a terminal, and lines of "key value" on standard
 * output.  What verify_state() returns. */
enum err inspect_verify(const char *dir, struct fault *);

/* Salvages its log to a new file, or to standard output for "-", and sums up
 * on standard error.  ERR_DATA also where records are missing. */
enum err inspect_salvage(const char *dir, const char *path, struct fault *);

#endif
