/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_pack.h: JSON as MessagePack, the other way round than base/json.h.
 *
 * A library of its own, libjson.la, so that only what reads JSON links jansson.
 */
#ifndef BASE_JSON_PACK_H
#define BASE_JSON_PACK_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends a value, as deep as jansson reads. */
void pack_json(struct buf *, json_t *);

/*
 * Appends the one object that the text is, as a map.  ERR_BAD_REQUEST: it is
 * none, is not UTF-8, or has a key twice; ERR_NOT_FINITE: a number is beyond
 * float64.  Then nothing is appended.  Meanwhile it takes memory of up to about
 * forty times the text.
 */
enum err pack_json_text(struct buf *, const char *text, size_t len,
    struct fault *);

#endif
