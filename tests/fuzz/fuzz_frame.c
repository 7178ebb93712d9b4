/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_frame: any bytes as a frame.  The scan says the same of them as
 * msgpack-c, the cursor reads the same, and no walk runs off the end.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/same.h"

#define LIMIT 4096

static void
whole(const uint8_t *data, size_t len, const msgpack_object *theirs)
{
	struct cursor c = { data, data + len }, skipped = c;
	size_t again;

	MUST(same_object(&c, theirs));
	MUST(c.p == c.end);
	MUST(cursor_skip(&skipped) && skipped.p == skipped.end);
	MUST(frame_scan(data, len - 1, LIMIT, &again) == FRAME_PARTIAL);
	MUST(frame_scan(data, len, len, &again) == FRAME_WHOLE);
	MUST(frame_scan(data, len, len - 1, &again) == FRAME_TOO_LONG);
}

/* msgpack-c allocates for what a header claims, so it only sees what the scan
 * has bounded. */
static void
compare(const uint8_t *data, size_t n, enum frame_state state, size_t len)
{
	msgpack_unpacked u;
	msgpack_unpack_return ret;
	size_t at = 0;

	msgpack_unpacked_init(&u);
	ret = msgpack_unpack_next(&u, (const char *)data, n, &at);
	if (state == FRAME_BROKEN)
		MUST(ret == MSGPACK_UNPACK_PARSE_ERROR);
	if (state == FRAME_PARTIAL)
		MUST(ret == MSGPACK_UNPACK_CONTINUE);
	if (state == FRAME_WHOLE) {
		MUST(ret == MSGPACK_UNPACK_SUCCESS && at == len);
		whole(data, len, &u.data);
	}
	msgpack_unpacked_destroy(&u);
}

/* Byte by byte the scan ends as it does at once. */
static void
pieces(const uint8_t *data, size_t n, enum frame_state whole_state, size_t len)
{
	struct scan s = { 0 };
	enum frame_state state = FRAME_PARTIAL;
	size_t got = 0;

	for (size_t i = 0; i <= n && state == FRAME_PARTIAL; i++)
		state = frame_scan_more(&s, data, i, LIMIT, &got);
	MUST(state == whole_state);
	MUST(state != FRAME_WHOLE || got == len);
	MUST(state == FRAME_PARTIAL || (s.missing == 0 && s.at == 0));
}

/* A cursor over bytes that no scan has seen. */
static void
walk(const uint8_t *data, size_t n)
{
	struct cursor c = { data, data + n };
	struct value v;
	float out[LIMIT];
	long length, bad;

	length = vector_length(&c);
	if (length >= 0 && length <= LIMIT)
		if (!vector_read(&c, out, &bad))
			MUST(bad >= 0 && bad < length);
	while (cursor_next(&c, &v))
		MUST(c.p <= c.end);
	c.p = data;
	while (cursor_skip(&c))
		MUST(c.p <= c.end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t len = 0;
	enum frame_state state = frame_scan(data, n, LIMIT, &len);

	MUST(state != FRAME_WHOLE || (len >= 1 && len <= n && len <= LIMIT));
	MUST(state != FRAME_PARTIAL || n < LIMIT);
	if (state != FRAME_TOO_LONG && state != FRAME_TOO_DEEP)
		compare(data, n, state, len);
	pieces(data, n, state, len);
	walk(data, n);
	return 0;
}
