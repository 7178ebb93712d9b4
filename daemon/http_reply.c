/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an answer to an HTTP response. */
#include <assert.h>
#include <event2/buffer.h>
#include <string.h>

#include "base/json.h"
#include "daemon/http_peer.h"

/* By enum err; what is not there is 500. */
static const int status_of[ERR_COUNT] = {
	[ERR_BAD_REQUEST] = 400,
	[ERR_UNKNOWN_METHOD] = 404,
	[ERR_UNKNOWN_ROUTER] = 404,
	[ERR_UNKNOWN_ARM] = 404,
	[ERR_UNKNOWN_DECISION] = 404,
	[ERR_EXPIRED] = 410,
	[ERR_CONFLICT] = 409,
	[ERR_DIMENSION_MISMATCH] = 422,
	[ERR_NOT_FINITE] = 422,
	[ERR_OUT_OF_RANGE] = 422,
	[ERR_NO_ELIGIBLE_ARM] = 422,
	[ERR_DENIED] = 403,
	[ERR_OVERLOADED] = 503,
	[ERR_STORAGE] = 507,
	[ERR_SHUTTING_DOWN] = 503,
};

static void
on_written(struct evhttp_request *req, void *arg)
{
	struct peer *p = arg;

	(void)req;
	p->writing = false;
	if (p->http->draining)
		event_active(p->http->turn, 0, 0);
}

static void
add_headers(struct peer *p, const char *type)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(p->req);

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	if (p->http->draining)
		evhttp_add_header(headers, "Connection", "close");
}

void
http_reply(struct peer *p, int status, const char *type, const struct buf *body)
{
	bool head = evhttp_request_get_command(p->req) == EVHTTP_REQ_HEAD;
	struct evbuffer *out = evbuffer_new();

	if (!head)
		evbuffer_add(out, body->data, body->len);
	add_headers(p, type);
	p->http->stats.errors += status != HTTP_OK;
	p->writing = true;
	evhttp_request_set_on_complete_cb(p->req, on_written, p);
	evhttp_send_reply(p->req, status, NULL, out);
	evbuffer_free(out);
	peer_end(p);
}

void
http_reply_json(struct peer *p, struct cursor *result)
{
	struct buf *text = &p->http->text;

	text->len = 0;
	json_put(text, result);
	buf_puts(text, "\n");
	http_reply(p, HTTP_OK, HTTP_JSON, text);
}

void
http_reply_text(struct peer *p, struct cursor *result)
{
	struct cursor text = cursor_find(*result, "text");
	struct value v;

	cursor_next(&text, &v);
	http_reply(p, HTTP_OK,
	    p->open ? "application/openmetrics-text; version=1.0.0; "
		      "charset=utf-8"
		    : "text/plain; version=0.0.4; charset=utf-8",
	    &(struct buf){ .data = (uint8_t *)v.u.bytes.data,
		.len = v.u.bytes.len });
}

void
http_refuse(struct peer *p, int status, const struct fault *f)
{
	struct buf *text = &p->http->text;

	if (status == 0)
		status = status_of[f->code] != 0 ? status_of[f->code] : 500;
	text->len = 0;
	buf_printf(text,
	    "{\"error\": {\"code\": \"%s\", \"message\": ", err_word(f->code));
	json_put_str(text, f->text, strlen(f->text));
	buf_puts(text, "}}\n");
	http_reply(p, status, HTTP_JSON, text);
}

/* "code: sentence", as rpc.c has written it. */
static void
refuse_as(struct peer *p, const char *error, uint32_t len)
{
	const char *colon = memchr(error, ':', len);
	struct fault f;

	assert(colon != NULL);
	fault_set(&f, err_of_word(error, (size_t)(colon - error)), "%.*s",
	    (int)(error + len - colon - 2), colon + 2);
	http_refuse(p, 0, &f);
}

void
http_answer(struct peer *p)
{
	const struct buf *out = &p->client.out;
	struct cursor c = { out->data, out->data + out->len };
	const char *error;
	struct value v;
	uint32_t len;

	for (int i = 0; i < 3; i++) /* [1, msgid, */
		cursor_next(&c, &v);
	if (cursor_str(&c, &error, &len)) {
		refuse_as(p, error, len);
		return;
	}
	cursor_next(&c, &v);
	p->route->answer(p, &c);
}
