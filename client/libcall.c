/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One call: the request is put together in out, sent, and its answer waited
 * for.  Answers to earlier calls that timed out, which carry other msgids, are
 * dropped.
 */
#include "client/lib.h"

#include <string.h>

#include <msgpack/pack.h>

#define REQUEST 0

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

/* Also notices, before anything is sent, a daemon restarted since. */
static void
stale_drop(struct banditd *b, int64_t deadline)
{
	uint32_t msgid;

	while (socket_readable(b) && lib_left(deadline) != 0)
		if (socket_receive(b, deadline) != 0 ||
		    lib_next(b, &msgid) == LIB_BROKEN)
			socket_close(b); /* nothing was asked yet */
	lib_forget(b);
}

static int
exchange(struct banditd *b, uint32_t asked)
{
	int64_t deadline = lib_deadline(b);
	enum lib_next next;
	uint32_t msgid;

	stale_drop(b, deadline);
	if (socket_open(b, deadline) != 0 || socket_send(b, deadline) != 0)
		return -1;
	do { /* also where what comes without an end is no answer to us */
		if (socket_receive(b, deadline) != 0)
			return -1;
		while ((next = lib_next(b, &msgid)) == LIB_ANSWER)
			if (msgid == asked)
				return b->code[0] == '\0' ? 0 : -1;
		if (next == LIB_BROKEN)
			return -1;
	} while (lib_left(deadline) != 0);
	return socket_timed_out(b);
}

int
banditd_connect(struct banditd *b)
{
	int64_t deadline = lib_deadline(b);

	stale_drop(b, deadline);
	return socket_open(b, deadline);
}

/* Ends the request that was begun; false, with the error, where it is none. */
static bool
request_end(struct banditd *b, uint32_t *msgid)
{
	if (b->no_memory) {
		lib_fail(b, "no_memory", "out of memory");
		return false;
	}
	if (b->out.len == 0 || b->params > UINT16_MAX) {
		lib_fail(b, "bad_request", "there is no request to send");
		return false;
	}
	params_end(b);
	*msgid = b->msgid++; /* an answer that comes after all is nobody's */
	if (b->msgid == HELLO)
		b->msgid = 0;
	return true;
}

const void *
banditd_request(struct banditd *b, size_t *len, uint32_t *msgid)
{
	if (!request_end(b, msgid))
		return NULL;
	*len = b->out.len;
	b->out.len = 0;
	return b->out.data;
}

int
banditd_call(struct banditd *b)
{
	uint32_t msgid;
	int ret;

	if (!request_end(b, &msgid))
		return -1;
	ret = exchange(b, msgid);
	b->out.len = 0;
	return ret;
}
