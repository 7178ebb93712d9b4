/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sending waits while the daemon does not read, and it reads as long as there
 * is room for its answers; so who sends must not have so many under way that
 * their answers fill the socket.
 */
#include "client/ctl_pipe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/pack.h"

#define CHUNK 65536
#define ANSWER_MOST ((size_t)64 << 20)

static void
set_timeout(int fd, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	if (ms < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

bool
pipe_open(struct pipe *p, const char *path, int timeout_ms)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	*p = (struct pipe){ .fd = -1 };
	if (strlen(path) >= sizeof to.sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	strcpy(to.sun_path, path);
	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0)
		return false;
	set_timeout(p->fd, timeout_ms);
	return true;
}

void
pipe_close(struct pipe *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	buf_free(&p->in);
	buf_free(&p->out);
}

static bool
send_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

bool
pipe_send(struct pipe *p, const char *method, const struct buf *params)
{
	p->out.len = 0;
	pack_array(&p->out, 4);
	pack_uint(&p->out, 0);
	pack_uint(&p->out, p->next++);
	pack_str(&p->out, method);
	pack_array(&p->out, 1);
	buf_put(&p->out, params->data, params->len);
	p->waiting++;
	return send_all(p->fd, p->out.data, p->out.len);
}

static bool
read_some(struct pipe *p)
{
	ssize_t n;

	do
		n = recv(p->fd, buf_reserve(&p->in, CHUNK), CHUNK, 0);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ECONNRESET;
	p->in.len += n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* "code: sentence". */
static void
take_error(const struct value *v, struct pipe_answer *a)
{
	char text[sizeof a->message];
	int len = (int)sizeof text - 1;
	size_t code;

	if (v->type != VALUE_STR && v->type != VALUE_BIN)
		return;
	if (v->u.bytes.len < sizeof text)
		len = (int)v->u.bytes.len;
	snprintf(text, sizeof text, "%.*s", len, (const char *)v->u.bytes.data);
	code = strcspn(text, ":");
	if (code >= sizeof a->code || strncmp(text + code, ": ", 2) != 0)
		code = 0;
	snprintf(a->code, sizeof a->code, "%.*s", (int)code, text);
	strcpy(a->message, text + code + (code > 0 ? 2 : 0));
}

static bool
take_answer(struct cursor c, struct pipe_answer *a)
{
	struct value array, kind, msgid, error;

	*a = (struct pipe_answer){ 0 };
	errno = EPROTO;
	if (!cursor_next(&c, &array) || array.type != VALUE_ARRAY ||
	    array.u.count != 4 || !cursor_next(&c, &kind) ||
	    kind.type != VALUE_INT || kind.u.integer != 1 ||
	    !cursor_next(&c, &msgid) || msgid.type != VALUE_INT ||
	    !cursor_next(&c, &error))
		return false;
	a->msgid = (uint32_t)msgid.u.integer;
	a->result = c;
	if (error.type == VALUE_NIL)
		return true;
	strcpy(a->code, "internal");
	take_error(&error, a);
	return true;
}

bool
pipe_receive(struct pipe *p, struct pipe_answer *a)
{
	enum frame_state state;

	buf_consume(&p->in, p->taken);
	p->taken = 0;
	while ((state = frame_scan_more(&p->scan, p->in.data, p->in.len,
		    ANSWER_MOST, &p->taken)) == FRAME_PARTIAL)
		if (!read_some(p))
			return false;
	errno = EPROTO;
	p->waiting--;
	return state == FRAME_WHOLE &&
	    take_answer((struct cursor){ p->in.data, p->in.data + p->taken },
		a);
}
