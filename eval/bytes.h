/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes.h: numbers in a file, little-endian and anywhere; the machine is too.
 */
#ifndef EVAL_BYTES_H
#define EVAL_BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t
u16_at(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint32_t
u32_at(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline float
f32_at(const uint8_t *p)
{
	float v;

	memcpy(&v, p, sizeof v);
	return v;
}

#endif
