/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/http_address.h"
#include "daemon/http_peer.h"

#define ALL_VERBS                                                              \
	(EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT | \
	    EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |        \
	    EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH)

/* The tick runs only while there is something to wait for, and is not put off
 * by more of that. */
static void
tick_later(struct http *h)
{
	struct timeval second = { 1, 0 };

	if ((h->stats.clients > 0 || h->draining || h->paused) &&
	    !event_pending(h->tick, EV_TIMEOUT, NULL))
		event_add(h->tick, &second);
}

static struct bufferevent *
on_connect(struct event_base *base, void *arg)
{
	struct http *h = arg;

	(void)base;
	tick_later(h);
	return peer_new(h)->bev;
}

/* evhttp closes the connection and forgets the request. */
static void
on_gone(struct evhttp_connection *conn, void *arg)
{
	struct peer *p = arg;

	(void)conn;
	peer_end(p);
	p->http->gone = true;
	event_active(p->http->turn, 0, 0);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(req);
	struct peer *p = peer_of(arg, evhttp_connection_get_bufferevent(conn));

	evhttp_connection_set_closecb(conn, on_gone, p);
	peer_begin(p, req);
	http_ask(p);
}

/* Whose listener fails: its argument is evhttp's, and a process has one. */
static struct http *listening;

/* Without a file descriptor to spare the socket would stay ready for ever. */
static void
on_accept_error(struct evconnlistener *accept, void *evhttp)
{
	struct http *h = listening;

	(void)evhttp;
	if (!h->said)
		log_warn("new clients are not served over HTTP: %s",
		    strerror(errno));
	h->said = h->paused = true;
	evconnlistener_disable(accept);
	tick_later(h);
}

/* The last thing that is done: done() may free the facade. */
static void
drain_check(struct http *h)
{
	void (*done)(void *) = h->done;

	if (!h->draining || done == NULL)
		return;
	if (peer_busy(h) && clock_mono(h->p.clock) < h->deadline)
		return;
	h->done = NULL;
	event_del(h->tick);
	done(h->p.owner);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct http *h = arg;
	struct peer *p;

	(void)fd, (void)what;
	rpc_settle(h->p.rpc);
	while ((p = h->queue) != NULL) {
		h->queue = p->next;
		p->queued = false;
		if (p->req != NULL && p->client.out.len > 0)
			http_answer(p);
	}
	if (h->gone)
		peer_sweep(h);
	drain_check(h);
}

void
http_tick(struct http *h)
{
	if (h->paused && !h->draining)
		evconnlistener_enable(h->accept);
	h->paused = false;
	peer_sweep(h);
	tick_later(h);
	drain_check(h);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	http_tick(arg);
}

static void
flush(void *http, struct client *c)
{
	struct peer *p = (struct peer *)c;
	struct http *h = http;

	if (p->queued)
		return;
	p->queued = true;
	p->next = h->queue;
	h->queue = p;
	event_active(h->turn, 0, 0);
}

struct door
http_door(struct http *h)
{
	return (struct door){ h, peer_find, flush };
}

static struct listen_at
listen_at(const struct daemon_settings *top, const struct http_address *a)
{
	return (struct listen_at){ "http", a->path, "http_socket_mode",
		top->http_socket_mode };
}

static enum err
listen_net(struct listener *l, const struct http_address *a, const char *text,
    struct fault *f)
{
	const struct sockaddr *net = (const struct sockaddr *)&a->net;
	int yes = 1;

	*l = (struct listener){ .fd = socket(net->sa_family,
				    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
				    0) };
	if (l->fd >= 0 &&
	    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ==
		0 &&
	    bind(l->fd, net, a->net_len) == 0 && listen(l->fd, SOMAXCONN) == 0)
		return ERR_NONE;
	fault_set(f, errno == EADDRINUSE ? ERR_UNAVAILABLE : ERR_STORAGE,
	    "cannot listen on %s: %s", text, strerror(errno));
	listener_close(l);
	return f->code;
}

/* Port 0 has become another. */
static void
say_where(int fd, const char *text)
{
	struct sockaddr_storage a = { 0 };
	socklen_t len = sizeof a;
	char where[HTTP_ADDRESS_SIZE];

	if (getsockname(fd, (struct sockaddr *)&a, &len) == 0 &&
	    a.ss_family != AF_UNIX) {
		http_address_print((struct sockaddr *)&a, where);
		text = where;
	}
	log_info("HTTP on %s", text);
}

static void
attach(struct http *h)
{
	h->accept = evconnlistener_new(h->p.base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_DISABLED, 0, h->listener.fd);
	h->bound = evhttp_bind_listener(h->ev, h->accept);
	evconnlistener_disable(h->accept);
	listening = h;
	evconnlistener_set_error_cb(h->accept, on_accept_error);
}

enum err
http_new(struct http **out, const struct http_params *p, struct fault *f)
{
	const struct daemon_settings *top = &p->config->top;
	struct http_address a;
	struct listener l;
	struct listen_at at;
	struct http *h;
	enum err e = http_address_read(top->http, &a, f);

	*out = NULL;
	at = listen_at(top, &a);
	if (e == ERR_NONE)
		e = a.path != NULL ? listener_open(&l, &at, -1, f)
				   : listen_net(&l, &a, top->http, f);
	if (e != ERR_NONE)
		return e;
	h = *out = mem_zalloc(1, sizeof *h);
	h->p = *p;
	h->listener = l;
	h->tcp = a.path == NULL;
	h->turn = event_new(p->base, -1, 0, on_turn, h);
	h->tick = event_new(p->base, -1, 0, on_tick, h);
	h->ev = evhttp_new(p->base);
	evhttp_set_allowed_methods(h->ev, ALL_VERBS);
	evhttp_set_max_headers_size(h->ev, HTTP_HEADER_MOST);
	evhttp_set_flags(h->ev, EVHTTP_SERVER_LINGERING_CLOSE);
	evhttp_set_bevcb(h->ev, on_connect, h);
	evhttp_set_gencb(h->ev, on_request, h);
	http_configure(h);
	attach(h);
	say_where(l.fd, top->http);
	return ERR_NONE;
}

void
http_accept(struct http *h)
{
	evconnlistener_enable(h->accept);
}

void
http_configure(struct http *h)
{
	evhttp_set_max_body_size(h->ev,
	    (ev_ssize_t)h->p.config->top.max_request_bytes);
}

void
http_rebind(struct http *h)
{
	struct http_address a;
	struct listen_at at;
	struct fault f;

	if (h->draining || !listener_lost(&h->listener))
		return;
	http_address_read(h->p.config->top.http, &a, &f);
	at = listen_at(&h->p.config->top, &a);
	if (listener_renew(&h->listener, &at, &f) != ERR_NONE) {
		if (!h->lost)
			log_error("the HTTP socket was removed: %s", f.text);
		h->lost = true;
		return;
	}
	h->lost = false;
	log_warn("the HTTP socket was removed; listening there again");
	evhttp_del_accept_socket(h->ev, h->bound);
	attach(h);
	http_accept(h);
}

void
http_drain(struct http *h, double seconds, void (*done)(void *owner))
{
	h->draining = true;
	h->done = done;
	h->deadline = clock_mono(h->p.clock) + seconds;
	if (h->bound != NULL)
		evhttp_del_accept_socket(h->ev, h->bound);
	h->bound = NULL;
	listener_close(&h->listener);
	event_active(h->turn, 0, 0); /* there may be nobody */
	tick_later(h);
}

void
http_free(struct http *h)
{
	evhttp_free(h->ev);
	for (uint32_t i = 0; i < h->slots; i++)
		h->slot[i]->queued = false;
	peer_sweep(h);
	for (uint32_t i = 0; i < h->slots; i++)
		free(h->slot[i]);
	event_free(h->turn);
	event_free(h->tick);
	listener_close(&h->listener);
	buf_free(&h->frame);
	buf_free(&h->text);
	free(h->slot);
	free(h);
}

void
http_stats(const struct http *h, struct http_stats *out)
{
	*out = h->stats;
}
