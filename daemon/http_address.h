/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http_address.h: where the HTTP facade listens, as the setting `http` says.
 */
#ifndef DAEMON_HTTP_ADDRESS_H
#define DAEMON_HTTP_ADDRESS_H

#include <sys/socket.h>

#include "base/err.h"

struct http_address {
	const char *path; /* of a Unix socket, into the text; or NULL: */
	struct sockaddr_storage net;
	socklen_t net_len;
};

/*
 * Reads "unix:/path", "127.0.0.1:8080" or "[::1]:8080"; port 0 is any that is
 * free.  ERR_CONFIG: it is none of these, or an address that other machines
 * reach.
 */
enum err http_address_read(const char *text, struct http_address *,
    struct fault *);

/* As "127.0.0.1:8080", which needs up to 64 bytes. */
#define HTTP_ADDRESS_SIZE 64
void http_address_print(const struct sockaddr *, char *out);

#endif
