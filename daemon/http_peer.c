/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/http_peer.h"

#include <math.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"

#define SLOT_BITS 20 /* of a client's id; the rest counts */
#define SLOT_MASK ((1u << SLOT_BITS) - 1)
#define DOOR_BIT ((uint64_t)DOOR_HTTP << 63)

static struct peer *
slot_new(struct http *h)
{
	struct peer *p = mem_zalloc(1, sizeof *p);

	p->http = h;
	p->client.id = h->slots;
	h->slot = mem_realloc(h->slot, h->slots + 1, sizeof(struct peer *));
	h->slot[h->slots++] = p;
	return p;
}

static struct peer *
slot_take(struct http *h)
{
	struct peer *p = h->free;

	if (p == NULL)
		return slot_new(h);
	h->free = p->next;
	return p;
}

static bool
over_limit(struct http *h)
{
	bool over = h->stats.clients >= (uint64_t)h->p.config->top.max_clients;

	if (over && !h->said)
		log_warn("new clients are not served over HTTP: max_clients "
			 "are connected");
	h->said = over;
	h->stats.refused += over;
	return over;
}

struct peer *
peer_new(struct http *h)
{
	bool over = over_limit(h);
	struct peer *p = slot_take(h);

	p->bev = bufferevent_socket_new(h->p.base, -1, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_incref(p->bev);
	p->deadline = clock_mono(h->p.clock) + (over ? 0 : HTTP_SECONDS);
	p->writing = false;
	h->stats.clients++;
	h->stats.accepted += !over;
	if (over) { /* evhttp has no way to say no */
		h->gone = true;
		event_active(h->turn, 0, 0);
	}
	return p;
}

struct peer *
peer_of(struct http *h, const struct bufferevent *bev)
{
	for (uint32_t i = 0; i < h->slots; i++)
		if (h->slot[i]->bev == bev)
			return h->slot[i];
	return NULL;
}

struct client *
peer_find(void *http, uint64_t id)
{
	uint32_t slot = (uint32_t)id & SLOT_MASK;
	struct http *h = http;

	if (slot >= h->slots || h->slot[slot]->req == NULL ||
	    h->slot[slot]->client.id != id)
		return NULL;
	return &h->slot[slot]->client;
}

void
peer_begin(struct peer *p, struct evhttp_request *req)
{
	struct http *h = p->http;

	p->req = req;
	p->deadline = INFINITY;
	p->writing = false;
	p->client.id =
	    DOOR_BIT | ++h->serial << SLOT_BITS | (p->client.id & SLOT_MASK);
	p->client.waiting = 0;
	p->client.out.len = 0;
	h->stats.requests++;
}

void
peer_end(struct peer *p)
{
	p->req = NULL;
	json_decref(p->kept);
	p->kept = NULL;
	p->deadline = clock_mono(p->http->p.clock) + HTTP_SECONDS;
}

static bool
freed(struct bufferevent *bev)
{
	void *arg;

	bufferevent_getcb(bev, NULL, NULL, NULL, &arg);
	return arg == NULL;
}

static void
peer_close(struct peer *p)
{
	struct http *h = p->http;

	peer_end(p);
	bufferevent_decref(p->bev);
	p->bev = NULL;
	p->writing = false;
	buf_free(&p->client.out);
	p->client.out = (struct buf){ 0 };
	p->next = h->free;
	h->free = p;
	h->stats.clients--;
}

/* evhttp closes it when it hears of that, in the next turn of the loop; until
 * it is let go of, too, its file descriptor is not free. */
static void
peer_shut(struct peer *p, double now)
{
	struct timeval none = { 0 };

	shutdown(bufferevent_getfd(p->bev), SHUT_RDWR);
	p->deadline = now + 1;
	p->http->gone = true;
	event_add(p->http->turn, &none);
}

void
peer_sweep(struct http *h)
{
	double now = clock_mono(h->p.clock);

	h->gone = false;
	for (uint32_t i = 0; i < h->slots; i++) {
		struct peer *p = h->slot[i];

		if (p->bev == NULL || p->queued)
			continue;
		if (freed(p->bev))
			peer_close(p);
		else if (now >= p->deadline)
			peer_shut(p, now);
	}
}

bool
peer_busy(const struct http *h)
{
	for (uint32_t i = 0; i < h->slots; i++)
		if (h->slot[i]->req != NULL || h->slot[i]->writing)
			return true;
	return false;
}
