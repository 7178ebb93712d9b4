/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking answers from what came.  Notifications are dropped.  The answer to
 * the ping that goes ahead of all else on a connection tells the protocol.
 */
#include "client/lib.h"

#include <stdio.h>
#include <string.h>

#define RESPONSE 1
#define NOTIFICATION 2

static enum lib_next
broken(struct banditd *b)
{
	socket_close(b);
	lib_fail(b, "bad_answer",
	    "what came from %s is not an answer of banditd", b->path);
	return LIB_BROKEN;
}

/* "code: sentence", or what an error may be instead. */
static void
fail_as_said(struct banditd *b, const struct value *error)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	char text[sizeof b->message];
	int most = (int)sizeof text - 1;
	size_t word;

	b->said = true;
	if (error->type != VALUE_STR && error->type != VALUE_BIN) {
		lib_fail(b, "internal", "no reason was given");
		return;
	}
	if (error->u.bytes.len < sizeof text)
		most = (int)error->u.bytes.len;
	snprintf(text, sizeof text, "%.*s", most,
	    (const char *)error->u.bytes.data);
	word = strspn(text, letters);
	if (strncmp(text + word, ": ", 2) != 0 || word == 0 ||
	    word >= sizeof b->code) {
		lib_fail(b, "internal", "%s", text);
		return;
	}
	text[word] = '\0';
	lib_fail(b, text, "%s", text + word + 2);
}

/* Of an answer [1, msgid, error, result] c has read the first two. */
static bool
take(struct banditd *b, struct cursor *c)
{
	struct value error;

	if (!cursor_next(c, &error))
		return false;
	if (error.type != VALUE_NIL)
		fail_as_said(b, &error);
	else
		b->result =
		    (struct banditd_value){ c->p, (size_t)(c->end - c->p) };
	return true;
}

/* Whether the daemon speaks our protocol, or has not said. */
static bool
hello_check(struct banditd *b)
{
	int64_t theirs;

	if (!banditd_int(banditd_field(b->result, "protocol"), &theirs) ||
	    theirs == PROTOCOL)
		return true;
	socket_close(b);
	lib_fail(b, "protocol",
	    "banditd at %s speaks protocol %lld, %s than %d of this library: "
	    "update %s",
	    b->path, (long long)theirs, theirs > PROTOCOL ? "newer" : "older",
	    PROTOCOL, theirs > PROTOCOL ? "libbanditd" : "banditd");
	return false;
}

/* The kind of the message and, of an answer, its msgid; false: it is broken. */
static bool
head_read(struct cursor *c, int64_t *kind, uint32_t *msgid)
{
	struct value array, type, id;

	if (!cursor_next(c, &array) || array.type != VALUE_ARRAY ||
	    !cursor_next(c, &type) || type.type != VALUE_INT ||
	    !cursor_next(c, &id))
		return false;
	*kind = type.u.integer;
	if (*kind == NOTIFICATION)
		return true;
	*msgid = (uint32_t)id.u.integer;
	return *kind == RESPONSE && array.u.count == 4 &&
	    id.type == VALUE_INT && id.u.integer == *msgid;
}

enum lib_next
lib_next(struct banditd *b, uint32_t *msgid)
{
	for (;;) {
		struct cursor c;
		enum frame_state state;
		int64_t kind;

		lib_forget(b);
		state = frame_scan_more(&b->scan, b->in.data, b->in.len,
		    ANSWER_MAX, &b->answered);
		if (state == FRAME_PARTIAL)
			return LIB_NOT_YET;
		c = (struct cursor){ b->in.data, b->in.data + b->answered };
		if (state != FRAME_WHOLE || !head_read(&c, &kind, msgid))
			return broken(b);
		if (kind == NOTIFICATION)
			continue;
		if (!take(b, &c))
			return broken(b);
		if (*msgid != HELLO)
			return LIB_ANSWER;
		if (!hello_check(b))
			return LIB_BROKEN;
	}
}
