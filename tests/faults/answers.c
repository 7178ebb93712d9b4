/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/faults/answers.h"

#include "base/cursor.h"

/* [1, msgid, nil, {..., "seq": n, ...}], which is said of what is on disk. */
static void
hear_frame(struct answers *a, const uint8_t *data, size_t len)
{
	struct cursor c = { data, data + len };
	struct value v, key;
	uint32_t pairs;

	if (!cursor_next(&c, &v) || v.type != VALUE_ARRAY || v.u.count != 4 ||
	    !cursor_skip(&c) || !cursor_skip(&c) || !cursor_next(&c, &v) ||
	    v.type != VALUE_NIL || !cursor_next(&c, &v) || v.type != VALUE_MAP)
		return;
	for (pairs = v.u.count; pairs > 0; pairs--) {
		if (!cursor_next(&c, &key))
			return;
		if (!value_is(&key, "seq")) {
			cursor_skip(&c);
			continue;
		}
		if (!cursor_next(&c, &v) || v.type != VALUE_INT)
			return;
		a->count++;
		if ((uint64_t)v.u.integer > a->seq)
			a->seq = (uint64_t)v.u.integer;
	}
}

void
answers_hear(struct answers *a, uint32_t fd, const void *data, size_t n)
{
	struct buf *in = &a->in[fd % ANSWERS_FDS];
	size_t at = 0, len;

	buf_put(in, data, n);
	while (at < in->len &&
	    frame_scan(in->data + at, in->len - at, SIZE_MAX, &len) ==
		FRAME_WHOLE) {
		hear_frame(a, in->data + at, len);
		at += len;
	}
	buf_consume(in, at);
}

void
answers_hang_up(struct answers *a)
{
	for (int fd = 0; fd < ANSWERS_FDS; fd++)
		a->in[fd].len = 0;
}
