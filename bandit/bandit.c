/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/bandit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "bandit/cell.h"
#include "base/mem.h"

void
bandit_fini(struct bandit *b)
{
	for (int i = 0; i < b->routers; i++)
		router_free(b->router[i]);
	free(b->router);
	free(b->rebuilt);
	*b = (struct bandit){ 0 };
}

struct router *
bandit_find(const struct bandit *b, const char *name, size_t len)
{
	for (int i = 0; i < b->routers; i++)
		if (word_is(b->router[i]->name, name, len))
			return b->router[i];
	return NULL;
}

struct router *
bandit_of(const struct bandit *b, uint32_t id)
{
	for (int i = 0; i < b->routers; i++)
		if (b->router[i]->id == id)
			return b->router[i];
	return NULL;
}

uint32_t
bandit_next_id(const struct bandit *b)
{
	return b->routers > 0 ? b->router[b->routers - 1]->id + 1 : 1;
}

void
bandit_add(struct bandit *b, struct router *r)
{
	int at = b->routers;

	b->router = mem_realloc(b->router, (size_t)b->routers + 1,
	    sizeof(struct router *));
	for (; at > 0 && b->router[at - 1]->id > r->id; at--)
		b->router[at] = b->router[at - 1];
	b->router[at] = r;
	b->routers++;
}

void
bandit_replace(struct bandit *b, struct router *r)
{
	int at = 0;

	while (b->router[at]->id != r->id)
		at++;
	router_free(b->router[at]);
	b->router[at] = r;
}

void
bandit_rebuilt(struct bandit *b, uint32_t router, const struct overlay *o)
{
	b->rebuilt = mem_realloc(b->rebuilt, (size_t)b->rebuilds + 1,
	    sizeof *b->rebuilt);
	b->rebuilt[b->rebuilds++] = (struct rebuilt){ router, *o };
}

const struct overlay *
bandit_overlay(const struct bandit *b, uint32_t router)
{
	for (int i = 0; i < b->rebuilds; i++)
		if (b->rebuilt[i].router == router)
			return &b->rebuilt[i].overlay;
	return NULL;
}

static enum err
fold_into(struct bandit *b, const struct event *ev, struct fault *f)
{
	struct router *r = bandit_of(b, ev->router);

	if (r == NULL && ev->kind == EVENT_ROUTER) {
		bandit_add(b, router_new(ev, bandit_overlay(b, ev->router)));
		return ERR_NONE;
	}
	if (r == NULL)
		return fault_set(f, ERR_DATA,
		    "an event of router %u, which "
		    "was never born",
		    ev->router);
	return router_fold(r, ev, f);
}

/*
 * What was dropped has been seen by the cells that the routers come from, or is
 * not missed, as the router was learnt anew without it.
 */
static enum err
fold_dropped(const struct bandit *b, const struct event *ev, struct fault *f)
{
	for (int i = 0; i < ev->drops; i++) {
		const struct dropped *d = &ev->dropped[i];
		const struct router *r = bandit_of(b, d->router);

		if (r == NULL ||
		    (r->seq < d->last && r->overlay.after < d->last))
			return fault_set(f, ERR_DATA,
			    "router %u needs the records up to %llu, which "
			    "were dropped",
			    d->router, (unsigned long long)d->last);
	}
	return ERR_NONE;
}

enum err
bandit_fold(struct bandit *b, const struct event *ev, struct fault *f)
{
	enum err e;

	if (ev->seq != b->seq + event_records(ev))
		return fault_set(f, ERR_DATA,
		    "event %llu was to be folded after %llu",
		    (unsigned long long)ev->seq, (unsigned long long)b->seq);
	e = ev->kind == EVENT_DROPPED ? fold_dropped(b, ev, f)
				      : fold_into(b, ev, f);
	if (e != ERR_DATA)
		b->seq = ev->seq;
	return e;
}

static void
hash_router(XXH3_state_t *hash, const struct router *r)
{
	struct buf cell = { 0 };

	cell_encode_router(r, &cell);
	XXH3_128bits_update(hash, cell.data, cell.len);
	for (int i = 0; i < r->arms; i++) {
		cell.len = 0;
		cell_encode_arm(r, r->arm[i], &cell);
		XXH3_128bits_update(hash, cell.data, cell.len);
	}
	buf_free(&cell);
}

void
bandit_hash(const struct bandit *b, const struct router *only, char *out)
{
	XXH3_state_t *hash = XXH3_createState();
	XXH128_hash_t h;

	XXH3_128bits_reset(hash);
	for (int i = 0; i < b->routers; i++)
		if (only == NULL || only == b->router[i])
			hash_router(hash, b->router[i]);
	h = XXH3_128bits_digest(hash);
	XXH3_freeState(hash);
	snprintf(out, STATE_HASH_SIZE, "%016llx%016llx",
	    (unsigned long long)h.high64, (unsigned long long)h.low64);
}
