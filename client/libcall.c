/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One call: the request is put together in out, sent, and its answer waited
 * for.  Answers to earlier calls that timed out, which carry other msgids,
 * and notifications are dropped.
 */
#include "client/lib.h"

#include <stdio.h>
#include <string.h>

#include <msgpack/pack.h>

#define REQUEST 0
#define RESPONSE 1
#define NOTIFICATION 2

static int
put(void *data, const char *p, size_t n)
{
	struct banditd *b = data;

	if (!bytes_put(&b->out, p, n))
		b->no_memory = true;
	return b->no_memory ? -1 : 0;
}

static msgpack_packer
packer(struct banditd *b)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, b, put);
	return pk;
}

static void
put_text(struct banditd *b, const char *s)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_str_with_body(&pk, s, strlen(s));
}

void
banditd_begin(struct banditd *b, const char *method)
{
	msgpack_packer pk = packer(b);

	lib_forget(b);
	b->out.len = 0;
	b->no_memory = false;
	b->params = 0;
	msgpack_pack_array(&pk, 4);
	msgpack_pack_int(&pk, REQUEST);
	msgpack_pack_uint32(&pk, b->msgid);
	put_text(b, method);
	b->params_at = b->out.len;
	put(b, "\x91\xde\0\0", 4); /* [map 16], counted by params_end() */
}

/* False where there is no request to add to. */
static bool
put_key(struct banditd *b, const char *key)
{
	if (b->out.len == 0 || b->no_memory)
		return false;
	b->params++;
	put_text(b, key);
	return true;
}

static void
params_end(struct banditd *b)
{
	uint8_t *head = b->out.data + b->params_at;

	head[2] = (uint8_t)(b->params >> 8);
	head[3] = (uint8_t)b->params;
	if (b->params == 0) {
		head[0] = 0x90; /* [] */
		b->out.len = b->params_at + 1;
	}
}

void
banditd_put_bool(struct banditd *b, const char *key, bool value)
{
	msgpack_packer pk = packer(b);

	if (!put_key(b, key))
		return;
	if (value)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
}

void
banditd_put_int(struct banditd *b, const char *key, int64_t value)
{
	msgpack_packer pk = packer(b);

	if (put_key(b, key))
		msgpack_pack_int64(&pk, value);
}

void
banditd_put_num(struct banditd *b, const char *key, double value)
{
	msgpack_packer pk = packer(b);

	if (put_key(b, key))
		msgpack_pack_double(&pk, value);
}

void
banditd_put_str(struct banditd *b, const char *key, const char *value)
{
	if (value != NULL && put_key(b, key))
		put_text(b, value);
}

void
banditd_put_names(struct banditd *b, const char *key, const char *const *names,
    size_t n)
{
	msgpack_packer pk = packer(b);

	if (names == NULL || !put_key(b, key))
		return;
	msgpack_pack_array(&pk, n);
	for (size_t i = 0; i < n; i++)
		put_text(b, names[i]);
}

/* As bytes of float32, which the daemon reads many times faster than an
 * array of numbers; both are little-endian. */
void
banditd_put_vector(struct banditd *b, const char *key, const float *x, size_t n)
{
	msgpack_packer pk = packer(b);

	if (x != NULL && put_key(b, key))
		msgpack_pack_bin_with_body(&pk, x, n * sizeof *x);
}

void
banditd_put_raw(struct banditd *b, const char *key, const void *value,
    size_t len)
{
	if (value != NULL && put_key(b, key))
		put(b, value, len);
}

static int
bad_answer(struct banditd *b)
{
	socket_close(b);
	return lib_fail(b, "bad_answer",
	    "what came from %s is not an answer of banditd", b->path);
}

/* "code: sentence", or what an error may be instead. */
static int
fail_as_said(struct banditd *b, const struct value *error)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	char text[sizeof b->message];
	int most = (int)sizeof text - 1;
	size_t word;

	if (error->type != VALUE_STR && error->type != VALUE_BIN)
		return lib_fail(b, "internal", "no reason was given");
	if (error->u.bytes.len < sizeof text)
		most = (int)error->u.bytes.len;
	snprintf(text, sizeof text, "%.*s", most,
	    (const char *)error->u.bytes.data);
	word = strspn(text, letters);
	if (strncmp(text + word, ": ", 2) != 0 || word >= sizeof b->code)
		return lib_fail(b, "internal", "%s", text);
	text[word] = '\0';
	return lib_fail(b, text, "%s", text + word + 2);
}

/* The answer is [1, msgid, error, result], of which c has read two. */
static int
answer_take(struct banditd *b, struct cursor c)
{
	struct value error;

	if (!cursor_next(&c, &error))
		return bad_answer(b);
	if (error.type != VALUE_NIL)
		return fail_as_said(b, &error);
	b->result = (struct banditd_value){ c.p, (size_t)(c.end - c.p) };
	return 0;
}

enum found { FOUND_NOT_YET, FOUND, FOUND_BROKEN };

/* Drops what is before the answer; c is then behind its msgid. */
static enum found
answer_find(struct banditd *b, struct cursor *c)
{
	for (;; bytes_consume(&b->in, b->answered)) {
		struct value array, kind, msgid;
		enum frame_state state;

		b->answered = 0;
		state =
		    frame_scan(b->in.data, b->in.len, ANSWER_MAX, &b->answered);
		if (state == FRAME_PARTIAL)
			return FOUND_NOT_YET;
		*c = (struct cursor){ b->in.data, b->in.data + b->answered };
		if (state != FRAME_WHOLE || !cursor_next(c, &array) ||
		    array.type != VALUE_ARRAY || !cursor_next(c, &kind) ||
		    kind.type != VALUE_INT || !cursor_next(c, &msgid))
			return FOUND_BROKEN;
		if (kind.u.integer == NOTIFICATION)
			continue;
		if (kind.u.integer != RESPONSE || array.u.count != 4 ||
		    msgid.type != VALUE_INT)
			return FOUND_BROKEN;
		if (msgid.u.integer == b->msgid)
			return FOUND;
	}
}

/* Also notices, before anything is sent, a daemon restarted since. */
static void
stale_drop(struct banditd *b, int64_t deadline)
{
	struct cursor c;

	while (socket_readable(b) && lib_left(deadline) != 0)
		if (socket_receive(b, deadline) != 0 ||
		    answer_find(b, &c) != FOUND_NOT_YET)
			socket_close(b); /* nothing was asked yet */
	lib_forget(b);
}

static int
exchange(struct banditd *b)
{
	int64_t deadline = lib_deadline(b);
	struct cursor c;
	enum found found;

	stale_drop(b, deadline);
	if (socket_open(b, deadline) != 0 || socket_send(b, deadline) != 0)
		return -1;
	do
		if (socket_receive(b, deadline) != 0)
			return -1;
	while ((found = answer_find(b, &c)) == FOUND_NOT_YET);
	return found == FOUND ? answer_take(b, c) : bad_answer(b);
}

int
banditd_connect(struct banditd *b)
{
	int64_t deadline = lib_deadline(b);

	stale_drop(b, deadline);
	return socket_open(b, deadline);
}

int
banditd_call(struct banditd *b)
{
	int ret;

	if (b->no_memory)
		return lib_fail(b, "no_memory", "out of memory");
	if (b->out.len == 0 || b->params > UINT16_MAX)
		return lib_fail(b, "bad_request",
		    "there is no request to send");
	params_end(b);
	ret = exchange(b);
	b->out.len = 0;
	b->msgid++; /* an answer that comes after all is nobody's */
	return ret;
}
