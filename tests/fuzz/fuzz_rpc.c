/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_rpc: the first byte gives the roles, the rest is what a client sends.
 * Every answer is whole, says what it must, and belongs to a request; nothing
 * is answered twice.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/utf8.h"
#include "tests/unit/table.h"

#define LIMIT 4096

static void
check_text(const char *text, uint32_t len)
{
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		step = utf8_char(text + i, len - i);
		MUST(step > 0);
	}
}

/* "code: sentence" */
static void
check_error(const char *error, uint32_t len)
{
	const char *colon = memchr(error, ':', len);

	check_text(error, len);
	MUST(colon != NULL && colon + 2 < error + len && colon[1] == ' ');
	if (err_of_word(error, (size_t)(colon - error)) == ERR_INTERNAL)
		MUST(memcmp(error, "internal", 8) == 0);
}

/* One answer from the output; its length. */
static size_t
check_answer(const struct buf *out, size_t at)
{
	struct cursor c = { out->data + at, out->data + out->len };
	const char *error;
	struct value v;
	uint32_t len;
	size_t n;

	MUST(frame_scan(c.p, out->len - at, out->len, &n) == FRAME_WHOLE);
	MUST(cursor_next(&c, &v) && v.type == VALUE_ARRAY && v.u.count == 4);
	MUST(cursor_next(&c, &v) && v.type == VALUE_INT && v.u.integer == 1);
	MUST(cursor_next(&c, &v) && v.type == VALUE_INT);
	MUST(v.u.integer >= 0 && v.u.integer <= UINT32_MAX);
	if (cursor_str(&c, &error, &len)) {
		check_error(error, len);
		MUST(cursor_next(&c, &v) && v.type == VALUE_NIL);
	} else {
		MUST(cursor_next(&c, &v) && v.type == VALUE_NIL);
	}
	return n;
}

/* As the server does; whether the connection goes on. */
static bool
take(struct world *w, const uint8_t *data, size_t n, size_t *len)
{
	enum frame_state state = frame_scan(data, n, LIMIT, len);

	if (state == FRAME_WHOLE)
		return rpc_frame(&w->rpc, &w->client, data, *len);
	if (state != FRAME_PARTIAL)
		rpc_broken(&w->rpc, &w->client, data, n, state);
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t frames = 0, answers = 0, len = 0;
	struct world w;

	if (n < 1)
		return 0;
	world_init(&w);
	w.client.roles = data[0] & 7u;
	for (size_t at = 1; at < n; at += len) {
		frames++;
		if (!take(&w, data + at, n - at, &len))
			break;
	}
	for (size_t at = 0; at < w.client.out.len; answers++)
		at += check_answer(&w.client.out, at);
	MUST(answers + w.client.waiting <= frames);
	world_fini(&w);
	return 0;
}
