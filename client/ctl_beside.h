/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_beside.h: running banditd, which alone knows a state directory and a
 * configuration.
 */
#ifndef CLIENT_CTL_BESIDE_H
#define CLIENT_CTL_BESIDE_H

#include "base/buf.h"

#define BESIDE_MISSING 127 /* an exit status: there is no banditd */

/* Becomes the banditd beside this program, as both may be moved together; as it
 * was installed; or in the PATH.  Returns where there is none. */
void beside_exec(char *const argv[]);

/* Runs it and appends what it writes, to either output, and a '\0'.  Its exit
 * status; -1: it could not be run, and errno says why. */
int beside_run(char *const argv[], struct buf *out);

#endif
