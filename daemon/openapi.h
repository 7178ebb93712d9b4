/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * openapi.h: the HTTP facade described for programs, from the method table.
 * https://spec.openapis.org/oas/v3.1.0
 */
#ifndef DAEMON_OPENAPI_H
#define DAEMON_OPENAPI_H

#include "base/buf.h"

/* Appends the OpenAPI 3.1 document, JSON. */
void openapi_print(struct buf *);

#endif
