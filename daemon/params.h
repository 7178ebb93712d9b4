/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * params.h: the parameters of a request, checked against the method's row.
 */
#ifndef DAEMON_PARAMS_H
#define DAEMON_PARAMS_H

#include "daemon/rpc.h"

/*
 * Reads [params], an array that is empty or holds one map (or nil), into
 * arg[METHOD_PARAMS], in the order of the row.  ERR_BAD_REQUEST: something is
 * missing, unknown, there twice or of another type; ERR_NOT_FINITE: a number
 * is.  The sentence names it and says what the method takes.
 */
enum err params_read(const struct method *, const struct cursor *, struct arg *,
    struct fault *);

#endif
