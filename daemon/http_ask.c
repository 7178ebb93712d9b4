/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an HTTP request to a call. */
#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/json_pack.h"
#include "base/pack.h"
#include "daemon/http_peer.h"
#include "daemon/role.h"

#define GET (EVHTTP_REQ_GET | EVHTTP_REQ_HEAD)
#define POST EVHTTP_REQ_POST

static void ask_method(struct peer *, const char *name);

static const struct route routes[] = { { "/v1/", .prefix = true, .verbs = POST,
					   .ask = ask_method,
					   .answer = http_reply_json },
	{ 0 } };

static const char *
header(struct peer *p, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(p->req),
	    name);
}

static int
header_count(struct peer *p, const char *name)
{
	struct evkeyvalq *headers = evhttp_request_get_input_headers(p->req);
	struct evkeyval *one;
	int n = 0;

	for (one = headers->tqh_first; one != NULL; one = one->next.tqe_next)
		n += strcasecmp(one->key, name) == 0;
	return n;
}

/* Where the length of a body can be read in two ways, what follows it may be a
 * request that a proxy in front has not seen. */
static bool
length_is_plain(struct peer *p)
{
	const char *coding = header(p, "Transfer-Encoding");
	int lengths = header_count(p, "Content-Length");

	if (coding == NULL)
		return lengths <= 1;
	return lengths == 0 && strcasecmp(coding, "chunked") == 0 &&
	    header_count(p, "Transfer-Encoding") == 1;
}

/* A page in a browser of this machine may have had its own name resolved to
 * this address; what it cannot change is the header. */
static bool
host_is_local(const char *host)
{
	static const char *const names[] = { "localhost", "127.0.0.1",
		"[::1]" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);

		if (strncasecmp(host, names[i], n) == 0 &&
		    (host[n] == '\0' || host[n] == ':'))
			return true;
	}
	return false;
}

static bool
is_json(const char *type)
{
	static const char json[] = "application/json";

	if (type == NULL || strncasecmp(type, json, sizeof json - 1) != 0)
		return false;
	type += sizeof json - 1;
	return type[strspn(type, " \t")] == '\0' ||
	    type[strspn(type, " \t")] == ';';
}

/* What is wrong with who asks, and how: its status, or 0. */
static int
check_sender(struct peer *p, struct fault *f)
{
	const char *host = header(p, "Host");

	if (!length_is_plain(p)) {
		fault_set(f, ERR_BAD_REQUEST,
		    "the length of the body is said twice, or in a coding "
		    "that is not chunked");
		return HTTP_BADREQUEST;
	}
	if (p->http->tcp && header(p, "Origin") != NULL) {
		fault_set(f, ERR_DENIED,
		    "requests of web pages (with the header Origin) are not "
		    "served");
		return 403;
	}
	if (p->http->tcp && host != NULL && !host_is_local(host)) {
		fault_set(f, ERR_DENIED,
		    "Host is \"%.100s\"; here it is localhost, 127.0.0.1 or "
		    "[::1]",
		    host);
		return 403;
	}
	return 0;
}

static int
check_shape(struct peer *p, const struct route *r, struct fault *f)
{
	unsigned verb = (unsigned)evhttp_request_get_command(p->req);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(p->req);

	if ((verb & r->verbs) == 0) {
		const char *allow = r->verbs == POST ? "POST" : "GET, HEAD";

		evhttp_add_header(evhttp_request_get_output_headers(p->req),
		    "Allow", allow);
		fault_set(f, ERR_BAD_REQUEST, "%s takes %s",
		    evhttp_uri_get_path(uri), allow);
		return HTTP_BADMETHOD;
	}
	if (!r->query && evhttp_uri_get_query(uri) != NULL) {
		fault_set(f, ERR_BAD_REQUEST, "%s takes no query",
		    evhttp_uri_get_path(uri));
		return HTTP_BADREQUEST;
	}
	if (verb == POST && !is_json(header(p, "Content-Type"))) {
		fault_set(f, ERR_BAD_REQUEST,
		    "it takes Content-Type: application/json");
		return 415;
	}
	return 0;
}

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
	int status = check_sender(p, &f);

	p->route = route_find(path != NULL ? path : "", &rest);
	if (status == 0 && p->http->draining)
		status = HTTP_SERVUNAVAIL,
		fault_set(&f, ERR_SHUTTING_DOWN, "banditd is about to end");
	if (status == 0 && p->route == NULL) {
		refuse_path(p, path != NULL ? path : "");
		return;
	}
	if (status == 0)
		status = check_shape(p, p->route, &f);
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

static void
ask_method(struct peer *p, const char *name)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(p->req);
	size_t len = evbuffer_get_length(body);
	const void *text = evbuffer_pullup(body, -1); /* NULL: empty */
	struct fault f;

	http_call_begin(p, name);
	if (pack_json_text(&p->http->frame, text != NULL ? text : "", len,
		&f) == ERR_NONE)
		http_call(p);
	else
		refuse(p, 0, &f);
}
