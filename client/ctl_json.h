/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_json.h: JSON as MessagePack, the other way round than base/json.h.
 */
#ifndef CLIENT_CTL_JSON_H
#define CLIENT_CTL_JSON_H

#include <jansson.h>

#include "base/buf.h"

void pack_json(struct buf *, json_t *);

#endif
