/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/asking.h"

#include "tests/test.h"

#include <string.h>

#include "base/pack.h"

struct world w;
struct buf frame;
struct cursor answers;

int
asking_start(void **state)
{
	(void)state;
	world_init(&w);
	return 0;
}

int
asking_stop(void **state)
{
	(void)state;
	world_fini(&w);
	buf_free(&frame);
	return 0;
}

void
take_answers(void)
{
	static const uint8_t none[1];

	answers.p = w.client.out.len > 0 ? w.client.out.data : none;
	answers.end = answers.p + w.client.out.len;
}

bool
send_bytes(const void *bytes, size_t n)
{
	size_t len;
	bool good;

	assert_int_equal(frame_scan(bytes, n, 1 << 20, &len), FRAME_WHOLE);
	assert_int_equal(len, n);
	w.client.out.len = 0;
	good = rpc_frame(&w.rpc, &w.client, bytes, n);
	take_answers();
	return good;
}

void
begin(const char *method)
{
	frame.len = 0;
	pack_array(&frame, 4);
	pack_uint(&frame, 0);
	pack_uint(&frame, 5);
	pack_str(&frame, method);
	pack_array(&frame, 1);
}

void
send_frame(void)
{
	assert_true(send_bytes(frame.data, frame.len));
}

bool
next_answer(uint32_t msgid, char *text, size_t size)
{
	struct value v;
	const char *error;
	uint32_t len;

	assert_true(cursor_next(&answers, &v));
	assert_true(v.type == VALUE_ARRAY && v.u.count == 4);
	assert_true(cursor_next(&answers, &v) && v.u.integer == 1);
	assert_true(cursor_next(&answers, &v));
	assert_true(v.type == VALUE_INT && v.u.integer == msgid);
	text[0] = '\0';
	if (!cursor_str(&answers, &error, &len)) {
		assert_true(cursor_next(&answers, &v) && v.type == VALUE_NIL);
		return true;
	}
	assert_true(len < size);
	memcpy(text, error, len);
	text[len] = '\0';
	assert_true(cursor_next(&answers, &v) && v.type == VALUE_NIL);
	return false;
}

void
answered_with_error(uint32_t msgid, const char *expected)
{
	char text[2048];

	assert_false(next_answer(msgid, text, sizeof text));
	assert_ptr_equal(answers.p, answers.end);
	assert_string_equal(text, expected);
}

void
answered_true(uint32_t msgid)
{
	char text[2048];
	struct value v;

	assert_true(next_answer(msgid, text, sizeof text));
	assert_true(cursor_next(&answers, &v));
	assert_true(v.type == VALUE_BOOL && v.u.boolean);
	assert_ptr_equal(answers.p, answers.end);
}
