/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_json: any bytes as the body of an HTTP request.  What is taken becomes
 * MessagePack that is whole, or too deep for a frame, and written as JSON again
 * it is taken again and means the same; what is refused leaves nothing behind.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/cursor.h"
#include "base/json.h"
#include "base/json_pack.h"

static void
back(const struct buf *map)
{
	struct buf text = { 0 }, again = { 0 };
	struct cursor c = { map->data, map->data + map->len };
	struct fault f;

	json_put(&text, &c);
	MUST(c.p == c.end);
	MUST(pack_json_text(&again, (char *)text.data, text.len, &f) ==
	    ERR_NONE);
	MUST(again.len == map->len &&
	    memcmp(again.data, map->data, map->len) == 0);
	buf_free(&text);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	enum frame_state state;
	struct buf map = { 0 };
	struct fault f = { 0 };
	size_t len;

	if (pack_json_text(&map, (const char *)data, n, &f) == ERR_NONE) {
		state = frame_scan(map.data, map.len, map.len, &len);
		MUST(state == FRAME_WHOLE || state == FRAME_TOO_DEEP);
		MUST(state == FRAME_TOO_DEEP || len == map.len);
		back(&map);
	} else {
		MUST(map.len == 0);
		MUST(f.code == ERR_BAD_REQUEST || f.code == ERR_NOT_FINITE);
		MUST(f.text[0] != '\0');
	}
	buf_free(&map);
	return 0;
}
