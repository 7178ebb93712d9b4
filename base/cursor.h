/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cursor.h: reading MessagePack in place, without allocating.
 *
 * frame_scan() walks one whole value and checks every length against what is
 * there and against the limits; after that a cursor over it cannot run off
 * its end.  A cursor never trusts its bytes all the same: it stops at end.
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX_DEPTH 16 /* nesting of arrays and maps */

enum frame_state {
	FRAME_WHOLE,   /* *len is its length */
	FRAME_PARTIAL, /* fine so far, bytes are missing */
	FRAME_TOO_LONG, /* it is, or by its own headers must be, over max */
	FRAME_TOO_DEEP,
	FRAME_BROKEN /* not MessagePack */
};

/* Looks at the first value of data[0..n); touches nothing behind it. */
enum frame_state frame_scan(const uint8_t *data, size_t n, size_t max,
    size_t *len);

/*
 * The same where a frame arrives in pieces: data is all there is of it so
 * far, and the scan goes on where it stopped for want of bytes, so that a
 * frame in many small pieces costs no more than a whole one.  A zeroed scan
 * is at the start of a frame, and again there after any other answer than
 * FRAME_PARTIAL.
 */
struct scan {
	uint64_t open[FRAME_MAX_DEPTH + 1]; /* values still to come, by depth */
	uint64_t missing; /* sum of open: bytes that must follow at least */
	size_t at;
	int depth;
};
enum frame_state frame_scan_more(struct scan *, const uint8_t *data, size_t n,
    size_t max, size_t *len);

enum value_type { VALUE_NIL, VALUE_BOOL, VALUE_INT, VALUE_NUM, VALUE_STR,
	VALUE_BIN, VALUE_ARRAY, VALUE_MAP, VALUE_EXT };

/*
 * One value.  INT is every integer that fits int64_t; a larger unsigned one
 * comes as NUM.  The elements of an ARRAY (count) or MAP (count pairs) follow.
 */
struct value {
	enum value_type type;
	union {
		bool boolean;
		int64_t integer;
		double num;
		uint32_t count;
		struct {
			const uint8_t *data; /* into the frame; STR, BIN, EXT */
			uint32_t len;
		} bytes;
	} u;
};

struct cursor {
	const uint8_t *p, *end;
};

/* Takes the next value, for ARRAY and MAP only the header; false at the end
 * or where the bytes are broken, and then nothing has moved. */
bool cursor_next(struct cursor *, struct value *);

/* Steps over the next value with all that is in it. */
bool cursor_skip(struct cursor *);

/* The value of a map's key, and nothing behind it; p is NULL where there is no
 * such key, or it is no map. */
struct cursor cursor_find(struct cursor map, const char *key);

/* Takes a STR or BIN; false, and nothing moved, where it is something else. */
bool cursor_str(struct cursor *, const char **, uint32_t *len);

/* Whether the STR or BIN equals the C string. */
bool value_is(const struct value *, const char *);

/* INT or NUM as a number, else false. */
bool value_num(const struct value *, double *);

/*
 * A vector: an ARRAY of numbers, or a BIN of little-endian float32.
 * vector_length() gives its length, or -1 where the value is neither.
 * vector_read() writes length numbers, as float32, to out; false where an
 * element is not a number (*bad is its index).  A number beyond float32
 * becomes infinity, which context_check() refuses.
 */
long vector_length(const struct cursor *);
bool vector_read(const struct cursor *, float *out, long *bad);

#endif
