/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/http_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIX "unix:"

static bool
is_loopback(const struct sockaddr *a)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;

	if (a->sa_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return a->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

/* The host without its brackets. */
static bool
take_host(const char *text, size_t len, struct http_address *a)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&a->net;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->net;
	char host[INET6_ADDRSTRLEN];
	bool six = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (len - 2 * six >= sizeof host)
		return false;
	memcpy(host, text + six, len - 2 * six);
	host[len - 2 * six] = '\0';
	a->net.ss_family = six ? AF_INET6 : AF_INET;
	a->net_len = six ? sizeof *in6 : sizeof *in;
	return inet_pton(a->net.ss_family, host,
		   six ? (void *)&in6->sin6_addr : (void *)&in->sin_addr) == 1;
}

static bool
take_port(const char *text, struct http_address *a)
{
	unsigned long port = strtoul(text, NULL, 10);
	size_t digits = strspn(text, "0123456789");

	if (digits < 1 || digits > 5 || text[digits] != '\0' || port > 65535)
		return false;
	if (a->net.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&a->net)->sin6_port =
		    htons((uint16_t)port);
	else
		((struct sockaddr_in *)&a->net)->sin_port =
		    htons((uint16_t)port);
	return true;
}

static enum err
read_net(const char *text, struct http_address *a, struct fault *f)
{
	const char *colon = strrchr(text, ':');

	if (colon == NULL || !take_host(text, (size_t)(colon - text), a) ||
	    !take_port(colon + 1, a))
		return fault_set(f, ERR_CONFIG,
		    "http = \"%.200s\": it takes \"unix:/path\", "
		    "\"127.0.0.1:port\", \"[::1]:port\", or \"\" for nowhere",
		    text);
	if (is_loopback((struct sockaddr *)&a->net))
		return ERR_NONE;
	return fault_set(f, ERR_CONFIG,
	    "http = \"%.200s\": only loopback addresses and Unix sockets are "
	    "listened on, as there is neither authentication nor TLS; let a "
	    "proxy that has both pass requests on",
	    text);
}

enum err
http_address_read(const char *text, struct http_address *a, struct fault *f)
{
	size_t n = strlen(UNIX);

	*a = (struct http_address){ 0 };
	if (strncmp(text, UNIX, n) != 0)
		return read_net(text, a, f);
	if (text[n] == '/') {
		a->path = text + n;
		return ERR_NONE;
	}
	return fault_set(f, ERR_CONFIG,
	    "http = \"%.200s\": after unix: it takes an absolute path", text);
}

void
http_address_print(const struct sockaddr *a, char *out)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
	else
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
	snprintf(out, HTTP_ADDRESS_SIZE,
	    a->sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
	    ntohs(a->sa_family == AF_INET6 ? in6->sin6_port : in->sin_port));
}
