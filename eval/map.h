/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h: values of a map of MessagePack, by key, of a file from a stranger.
 */
#ifndef EVAL_MAP_H
#define EVAL_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/name.h"

/* Each is false where the value is missing or of another type; a number may
 * be NaN, as nil. */
bool map_num(struct cursor map, const char *key, double *);
bool map_uint(struct cursor map, const char *key, uint32_t *);
bool map_name(struct cursor map, const char *key, char name[NAME_SIZE]);

/* Steps into an array or a map: how many elements or pairs follow; -1: it is
 * none. */
long array_enter(struct cursor *);
long map_enter(struct cursor *);

/* A number, or nil as NaN; steps over it. */
bool map_take_number(struct cursor *, double *);

/* A name that is one. */
bool map_take_name(struct cursor *, char name[NAME_SIZE]);

#endif
