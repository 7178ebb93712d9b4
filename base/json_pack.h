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
 * The one object that the text is; free with json_decref().  ERR_BAD_REQUEST:
 * it is none, is not UTF-8, has a key twice, or too many arrays and objects;
 * ERR_NOT_FINITE: a number is beyond float64, or written as an integer beyond
 * int64; *out is NULL then.  It takes memory of up to twenty times the text,
 * and 20 MB for the arrays and objects.  A string, not a key, may have U+0000
 * in it.
 */
#define JSON_CONTAINERS_MOST 65536 /* of a prompt or a record they are few */
enum err json_read(const char *text, size_t len, json_t **out, struct fault *);

/* The same, appended as a map, or nothing. */
enum err pack_json_text(struct buf *, const char *text, size_t len,
    struct fault *);

#endif
