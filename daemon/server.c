/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h> /* accept4 */

#include "daemon/server.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/conn.h"
#include "daemon/role.h"

#define ACCEPTS 64 /* at most in one loop turn */
#define SOON 0.1   /* seconds until accepting or draining is looked at */

/* The tick runs only while there is something to wait for. */
static void
tick_later(struct server *s)
{
	struct timeval soon = { 0, (suseconds_t)(SOON * 1e6) },
		       second = { 1, 0 };

	if (s->paused || s->draining)
		event_add(s->tick, &soon);
	else if (!isnan(s->p.config->top.idle_timeout) &&
	    !event_pending(s->tick, EV_TIMEOUT, NULL))
		event_add(s->tick, &second);
}

static struct conn *
slot_new(struct server *s)
{
	struct conn *c = mem_zalloc(1, sizeof *c);

	c->server = s;
	c->fd = -1;
	c->client.id = s->slots;
	s->slot = mem_realloc(s->slot, s->slots + 1, sizeof(struct conn *));
	s->slot[s->slots++] = c;
	return c;
}

/* A slot keeps its place in the low bits of the id, and counts in the rest. */
static struct conn *
slot_take(struct server *s)
{
	struct conn *c = s->free;

	if (c != NULL)
		s->free = c->next;
	else
		c = slot_new(s);
	c->client.id = ++s->serial << SLOT_BITS | (c->client.id & SLOT_MASK);
	return c;
}

static void
slot_give(struct server *s, struct conn *c)
{
	c->next = s->free;
	s->free = c;
	s->stats.clients--;
}

static void
say_once(struct server *s, const char *why)
{
	if (!s->said)
		log_warn("new clients are not served: %s", why);
	s->said = true;
}

static void
welcome(struct server *s, int fd)
{
	struct conn *c;

	if (s->stats.clients >= (uint64_t)s->p.config->top.max_clients) {
		close(fd);
		s->stats.refused++;
		say_once(s, "max_clients are connected");
		return;
	}
	s->said = false;
	s->stats.clients++;
	s->stats.accepted++;
	c = slot_take(s);
	c->client.roles = role_of_peer(fd, s->p.config);
	conn_open(c, fd);
	tick_later(s);
}

/* Without a file descriptor to spare the socket would stay ready for ever. */
static void
accept_failed(struct server *s)
{
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	say_once(s, strerror(errno));
	event_del(s->accept);
	s->paused = true;
	tick_later(s);
}

static void
on_accept(evutil_socket_t listener, short what, void *arg)
{
	struct server *s = arg;

	(void)what;
	for (int i = 0; i < ACCEPTS; i++) {
		int fd =
		    accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			accept_failed(s);
			return;
		}
		welcome(s, fd);
	}
}

/* The last thing that is done: done() may free the server. */
static void
drain_check(struct server *s)
{
	void (*done)(void *) = s->done;

	if (!s->draining || done == NULL)
		return;
	if (s->stats.clients > 0 && clock_mono(s->p.clock) < s->deadline)
		return;
	s->done = NULL;
	event_del(s->tick);
	done(s->p.owner);
}

static void
settle(struct server *s)
{
	if (s->p.settle != NULL)
		s->p.settle(s->p.owner);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;
	struct conn *c;

	(void)fd, (void)what;
	settle(s);
	while ((c = s->queue) != NULL) {
		s->queue = c->next;
		c->queued = false;
		conn_turn(c);
		if (c->fd < 0)
			slot_give(s, c);
		if (s->queue == NULL)
			settle(s); /* it may have taken more */
	}
	drain_check(s);
}

static void
close_idle(struct server *s)
{
	double before = clock_mono(s->p.clock) - s->p.config->top.idle_timeout;

	for (uint32_t i = 0; i < s->slots; i++) {
		struct conn *c = s->slot[i];

		if (c->fd >= 0 && c->client.waiting == 0 &&
		    c->active <= before) {
			c->dead = true;
			conn_queue(c);
		}
	}
}

void
server_tick(struct server *s)
{
	if (s->paused && !s->draining)
		event_add(s->accept, NULL);
	s->paused = false;
	close_idle(s);
	tick_later(s);
	drain_check(s);
}

static struct listen_at
listen_at(const struct server_params *p)
{
	const struct daemon_settings *top = &p->config->top;

	return (struct listen_at){ "socket", top->socket, "socket_mode",
		top->socket_mode };
}

static void
rebind(struct server *s)
{
	struct listen_at at = listen_at(&s->p);
	bool accepting = event_pending(s->accept, EV_READ, NULL);
	struct fault f;

	if (accepting) /* who is in its queue came before the file went */
		on_accept(s->listener.fd, 0, s);
	if (listener_renew(&s->listener, &at, &f)) {
		if (!s->lost)
			log_error("the socket was removed: %s", f.text);
		s->lost = true;
		return;
	}
	s->lost = false;
	log_warn("the socket was removed; listening there again");
	event_free(s->accept);
	s->accept = event_new(s->p.base, s->listener.fd, EV_READ | EV_PERSIST,
	    on_accept, s);
	if (accepting)
		event_add(s->accept, NULL);
}

void
server_rebind(struct server *s)
{
	if (!s->draining && listener_lost(&s->listener))
		rebind(s);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	server_tick(arg);
}

enum err
server_new(struct server **out, const struct server_params *p, struct fault *f)
{
	struct listen_at at = listen_at(p);
	struct listener listener;
	struct server *s;
	enum err e = listener_open(&listener, &at, p->listen_fd, f);

	*out = NULL;
	if (e != ERR_NONE)
		return e;
	s = *out = mem_zalloc(1, sizeof *s);
	s->p = *p;
	s->listener = listener;
	s->accept =
	    event_new(p->base, listener.fd, EV_READ | EV_PERSIST, on_accept, s);
	s->turn = event_new(p->base, -1, 0, on_turn, s);
	s->tick = event_new(p->base, -1, 0, on_tick, s);
	return ERR_NONE;
}

void
server_accept(struct server *s)
{
	event_add(s->accept, NULL);
}

void
server_free(struct server *s)
{
	for (uint32_t i = 0; i < s->slots; i++) {
		struct conn *c = s->slot[i];

		if (c->fd >= 0)
			conn_close(c);
		buf_free(&c->client.out);
		free(c);
	}
	event_free(s->accept);
	event_free(s->turn);
	event_free(s->tick);
	listener_close(&s->listener);
	while (s->spares > 0)
		buf_free(&s->spare[--s->spares]);
	free(s->slot);
	free(s);
}

void
server_configure(struct server *s, const struct config *config)
{
	s->p.config = config;
	for (uint32_t i = 0; i < s->slots; i++)
		if (s->slot[i]->fd >= 0)
			s->slot[i]->client.roles =
			    role_of_peer(s->slot[i]->fd, config);
	tick_later(s);
}

struct client *
server_client(struct server *s, uint64_t id)
{
	uint32_t slot = (uint32_t)id & SLOT_MASK;

	if (slot >= s->slots || s->slot[slot]->fd < 0 ||
	    s->slot[slot]->client.id != id)
		return NULL;
	return &s->slot[slot]->client;
}

void
server_flush_later(struct server *s, struct client *c)
{
	(void)s;
	conn_queue((struct conn *)c);
}

static struct client *
door_find(void *server, uint64_t id)
{
	return server_client(server, id);
}

static void
door_flush(void *server, struct client *c)
{
	server_flush_later(server, c);
}

struct door
server_door(struct server *s)
{
	return (struct door){ s, door_find, door_flush };
}

void
server_drain(struct server *s, double drain_seconds, void (*done)(void *owner))
{
	s->draining = true;
	s->done = done;
	s->deadline = clock_mono(s->p.clock) + drain_seconds;
	event_del(s->accept);
	listener_close(&s->listener);
	for (uint32_t i = 0; i < s->slots; i++)
		if (s->slot[i]->fd >= 0) {
			s->slot[i]->closing = true;
			conn_queue(s->slot[i]);
		}
	event_active(s->turn, 0, 0); /* there may be nobody */
	tick_later(s);
}

void
server_stats(const struct server *s, struct server_stats *out)
{
	*out = s->stats;
}
