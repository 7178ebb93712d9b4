/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which requests are served at all, before anything of them is done. */
#include <arpa/inet.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "daemon/http_peer.h"

const char *
http_header(struct peer *p, const char *name)
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

/* As a name that ends in a blank, which some read and others pass over. */
static bool
names_are_plain(struct peer *p)
{
	struct evkeyvalq *headers = evhttp_request_get_input_headers(p->req);
	struct evkeyval *one;

	for (one = headers->tqh_first; one != NULL; one = one->next.tqe_next)
		if (one->key[0] == '\0' ||
		    one->key[strcspn(one->key, " \t")] != '\0')
			return false;
	return header_count(p, "Host") <= 1;
}

/* Where the length of a body can be read in two ways, what follows it may be a
 * request that a proxy in front has not seen. */
static bool
length_is_plain(struct peer *p)
{
	const char *coding = http_header(p, "Transfer-Encoding");
	int lengths = header_count(p, "Content-Length");

	if (coding == NULL)
		return lengths <= 1;
	return lengths == 0 && strcasecmp(coding, "chunked") == 0 &&
	    header_count(p, "Transfer-Encoding") == 1;
}

/* What comes behind a head that is not plain is not even looked at. */
static int
refuse_head(struct peer *p)
{
	evhttp_add_header(evhttp_request_get_output_headers(p->req),
	    "Connection", "close");
	return HTTP_BADREQUEST;
}

static bool
is_loopback(const char *host, size_t len)
{
	char text[INET_ADDRSTRLEN] = "";
	struct in_addr a;

	if (len >= sizeof text)
		return false;
	memcpy(text, host, len);
	return inet_pton(AF_INET, text, &a) == 1 &&
	    ntohl(a.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* A page in a browser of this machine may have had its own name resolved to
 * this address; what it cannot change is the header. */
static bool
host_is_local(const char *host)
{
	static const char *const names[] = { "localhost", "[::1]" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);

		if (strncasecmp(host, names[i], n) == 0 &&
		    (host[n] == '\0' || host[n] == ':'))
			return true;
	}
	return is_loopback(host, strcspn(host, ":"));
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

int
http_check_sender(struct peer *p, struct fault *f)
{
	const char *host = http_header(p, "Host");

	if (!names_are_plain(p)) {
		fault_set(f, ERR_BAD_REQUEST,
		    "the name of a header is empty or has a blank, or Host is "
		    "said twice");
		return refuse_head(p);
	}
	if (!length_is_plain(p)) {
		fault_set(f, ERR_BAD_REQUEST,
		    "the length of the body is said twice, or in a coding "
		    "that is not chunked");
		return refuse_head(p);
	}
	if (p->http->tcp && http_header(p, "Origin") != NULL) {
		fault_set(f, ERR_DENIED,
		    "requests of web pages (with the header Origin) are not "
		    "served");
		return 403;
	}
	if (p->http->tcp && host != NULL && !host_is_local(host)) {
		fault_set(f, ERR_DENIED,
		    "Host is \"%.100s\"; here it is localhost, [::1] or an "
		    "address from 127.0.0.0/8",
		    host);
		return 403;
	}
	return 0;
}

int
http_check_shape(struct peer *p, const struct route *r, struct fault *f)
{
	unsigned verb = (unsigned)evhttp_request_get_command(p->req);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(p->req);

	if ((verb & r->verbs) == 0) {
		const char *allow =
		    r->verbs == HTTP_POST ? "POST" : "GET, HEAD";

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
	if (verb == HTTP_POST && !is_json(http_header(p, "Content-Type"))) {
		fault_set(f, ERR_BAD_REQUEST,
		    "it takes Content-Type: application/json");
		return 415;
	}
	return 0;
}
