/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an HTTP request to a call. */
#include <event2/buffer.h>
#include <string.h>

#include "base/json.h"
#include "base/json_pack.h"
#include "base/pack.h"
#include "daemon/http_peer.h"
#include "daemon/openapi.h"
#include "daemon/role.h"

static void ask_method(struct peer *, const char *name);
static void ask_metrics(struct peer *, const char *);
static void ask_health(struct peer *, const char *);
static void ask_openapi(struct peer *, const char *);

/* clang-format off */
static const struct route routes[] = {
	{ "/v1/", .prefix = true, .verbs = HTTP_POST,
	  .ask = ask_method, .answer = http_reply_json },
	{ "/webhook/before", .query = true, .verbs = HTTP_POST,
	  .ask = hook_before, .answer = hook_decided },
	{ "/webhook/after", .query = true, .verbs = HTTP_POST,
	  .ask = hook_after, .answer = hook_told },
	{ "/metrics", .query = true, .verbs = HTTP_GET,
	  .ask = ask_metrics, .answer = http_reply_text },
	{ "/health", .verbs = HTTP_GET, .late = true, .ask = ask_health },
	{ "/openapi.json", .verbs = HTTP_GET, .ask = ask_openapi },
	{ 0 }
};
/* clang-format on */

static const struct route *
route_find(const char *path, const char **rest)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		size_t n = strlen(r->path);

		*rest = path + n;
		if (strncmp(path, r->path, n) == 0 &&
		    (r->prefix || path[n] == '\0'))
			return r;
	}
	return NULL;
}

/* Before anything is called; its own status, as no code of the protocol has
 * it. */
static void
refuse(struct peer *p, int status, const struct fault *f)
{
	p->http->p.rpc->rejects[f->code]++;
	http_refuse(p, status, f);
}

static void
refuse_path(struct peer *p, const char *path)
{
	struct fault f;

	fault_set(&f, ERR_UNKNOWN_METHOD,
	    "there is no \"%.100s\"; methods are at /v1/METHOD, and "
	    "/openapi.json lists them",
	    path);
	refuse(p, HTTP_NOTFOUND, &f);
}

void
http_ask(struct peer *p)
{
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(p->req);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
	const char *rest = NULL;
	struct fault f;
	int status = http_check_sender(p, &f);

	p->route = route_find(path != NULL ? path : "", &rest);
	if (status == 0 && p->http->draining &&
	    (p->route == NULL || !p->route->late)) {
		fault_set(&f, ERR_SHUTTING_DOWN, "banditd is about to end");
		status = HTTP_SERVUNAVAIL;
	}
	if (status == 0 && p->route == NULL) {
		refuse_path(p, path != NULL ? path : "");
		return;
	}
	if (status == 0)
		status = http_check_shape(p, p->route, &f);
	if (status != 0)
		refuse(p, status, &f);
	else
		p->route->ask(p, rest);
}

void
http_call_begin(struct peer *p, const char *method)
{
	struct buf *frame = &p->http->frame;

	frame->len = 0;
	pack_array(frame, 4);
	pack_uint(frame, 0);
	pack_uint(frame, 0);
	pack_str(frame, method);
	pack_array(frame, 1);
}

static unsigned
roles_of(const struct peer *p)
{
	const struct http *h = p->http;

	if (h->tcp)
		return (unsigned)h->p.config->top.http_role;
	return role_of_peer(bufferevent_getfd(p->bev), h->p.config);
}

void
http_call(struct peer *p)
{
	struct http *h = p->http;
	const struct buf *frame = &h->frame;
	struct fault f;
	size_t len;

	if (frame_scan(frame->data, frame->len, frame->len, &len) !=
	    FRAME_WHOLE) {
		fault_set(&f, ERR_BAD_REQUEST, "it is nested too deeply");
		refuse(p, 0, &f);
		return;
	}
	p->client.roles = roles_of(p);
	rpc_frame(h->p.rpc, &p->client, frame->data, frame->len);
	http_door(h).flush(h, &p->client);
}

const char *
http_body(struct peer *p, size_t *len)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(p->req);
	const void *text = evbuffer_pullup(body, -1);

	*len = evbuffer_get_length(body);
	return text != NULL ? text : "";
}

void
http_reject(struct peer *p, const struct fault *f)
{
	refuse(p, 0, f);
}

static void
ask_method(struct peer *p, const char *name)
{
	size_t len;
	const char *text = http_body(p, &len);
	struct fault f;

	http_call_begin(p, name);
	if (pack_json_text(&p->http->frame, text, len, &f) == ERR_NONE)
		http_call(p);
	else
		http_reject(p, &f);
}

/* As Prometheus says in Accept what it knows. */
static bool
knows_openmetrics(struct peer *p)
{
	const char *accept = http_header(p, "Accept");

	return accept != NULL &&
	    strstr(accept, "application/openmetrics-text") != NULL;
}

static void
ask_metrics(struct peer *p, const char *rest)
{
	struct buf *frame = &p->http->frame;

	(void)rest;
	p->open = knows_openmetrics(p);
	http_call_begin(p, "metrics");
	pack_map(frame, 1);
	pack_str(frame, "format");
	pack_str(frame, p->open ? "openmetrics" : "prometheus");
	http_call(p);
}

static void
ask_health(struct peer *p, const char *rest)
{
	const char *why = p->http->p.trouble(p->http->p.owner);
	struct buf *text = &p->http->text;

	(void)rest;
	text->len = 0;
	buf_printf(text, "{\"status\": \"%s\", \"reason\": ",
	    why == NULL ? "ok" : "failing");
	if (why == NULL)
		buf_puts(text, "null");
	else
		json_put_str(text, why, strlen(why));
	buf_puts(text, "}\n");
	http_reply(p, why == NULL ? HTTP_OK : HTTP_SERVUNAVAIL, HTTP_JSON,
	    text);
}

static void
ask_openapi(struct peer *p, const char *rest)
{
	struct buf *text = &p->http->text;

	(void)rest;
	text->len = 0;
	openapi_print(text);
	http_reply(p, HTTP_OK, HTTP_JSON, text);
}
