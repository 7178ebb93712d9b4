/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "persist/check.h"
#include "persist/compare.h"

#define PROGRESS_RECORDS 1000

static enum err
check_birth(struct check *c, const struct event *ev)
{
	c->births++;
	if (ev->router != c->births)
		return reading_bad(&c->log, ev->seq,
		    "a router is born out of turn");
	c->rebuilt = mem_realloc(c->rebuilt, c->births + 1, sizeof *c->rebuilt);
	c->rebuilt[c->births] = 0;
	c->part = mem_realloc(c->part, c->births + 1, sizeof *c->part);
	c->part[c->births] = (struct log_part){ 0 };
	return ERR_NONE;
}

static enum err
check_key(struct check *c, const struct event *ev)
{
	struct store_key k;
	MDB_val key = key_observation(&k, ev->router, ev->key), val;
	uint64_t seq;
	int rc = mdb_get(c->log.txn, c->log.store->dbi[DB_KEYS], &key, &val);

	if (rc == 0 && val.mv_size == sizeof seq)
		memcpy(&seq, val.mv_data, sizeof seq);
	if (rc != 0 || val.mv_size != sizeof seq || seq != ev->seq)
		return check_bad(c,
		    "the key \"%s\" of record %" PRIu64 " does not lead to it",
		    ev->key, ev->seq);
	c->keys++;
	return ERR_NONE;
}

static enum err
check_dropped(struct check *c, const struct event *ev)
{
	for (int i = 0; i < ev->drops; i++) {
		const struct dropped *d = &ev->dropped[i];

		if (d->router > c->births || d->last > ev->seq)
			return reading_bad(&c->log, ev->seq,
			    "it has dropped what there was not");
		c->part[d->router].dropped += d->count;
		if (d->last > c->part[d->router].last)
			c->part[d->router].last = d->last;
		c->dropped += d->count;
	}
	return ERR_NONE;
}

static enum err
check_event(struct check *c, const struct event *ev, size_t size)
{
	enum err e = ERR_NONE;

	if (ev->kind == EVENT_ROUTER)
		e = check_birth(c, ev);
	else if (ev->router > c->births)
		e = reading_bad(&c->log, ev->seq, "its router was never born");
	if (e == ERR_NONE && ev->kind == EVENT_REBUILD)
		c->rebuilt[ev->router] = ev->seq;
	if (e == ERR_NONE && event_teaches(ev->kind))
		c->part[ev->router].bytes += log_bytes(size);
	if (e == ERR_NONE && ev->kind == EVENT_DROPPED)
		e = check_dropped(c, ev);
	if (e == ERR_NONE && ev->key[0] != '\0')
		e = check_key(c, ev);
	if (e == ERR_NONE && c->compare != NULL)
		e = compare_event(c->compare, &c->log, ev);
	return e;
}

/* What meta says of the log. */
static enum err
check_sums(const struct check *c, uint32_t chain)
{
	const struct store *s = c->log.store;

	if (chain != s->head.chain)
		return reading_bad(&c->log, s->head.seq,
		    "the log does not end as it should");
	if (c->births != s->routers)
		return check_bad(c, "the number of its routers is wrong");
	if (c->keys != c->entries[DB_KEYS])
		return check_bad(c,
		    "there are keys that belong to no record");
	return ERR_NONE;
}

static enum err
check_rebuilds(const struct check *c)
{
	uint64_t seq;

	for (uint32_t id = 1; id <= c->births; id++)
		if (rebuild_get(c->log.store, c->log.txn, id, &seq) != 0 ||
		    seq != c->rebuilt[id])
			return check_bad(c,
			    "the last rebuild of router %" PRIu32 " is not "
			    "the one it says",
			    id);
	return ERR_NONE;
}

/* Older directories do not say. */
static enum err
check_parts(const struct check *c)
{
	const struct store *s = c->log.store;
	struct log_part part;

	for (uint32_t id = 1; s->schema >= SCHEMA_PARTS && id <= c->births;
	     id++)
		if (part_get(c->log.store, c->log.txn, id, &part) != 0 ||
		    memcmp(&part, &c->part[id], sizeof part) != 0)
			return check_bad(c,
			    "what it says of the records of router %" PRIu32
			    " is not so",
			    id);
	return ERR_NONE;
}

/* One record, or run of dropped ones, and how many there are. */
static enum err
check_next(struct check *c, uint64_t *seq, uint32_t *chain, uint64_t *entries)
{
	struct stored s;
	struct event ev;
	enum err e = reading_next(&c->log, *seq, &s);

	if (e == ERR_NONE)
		e = reading_decode(&c->log, &s, seq, chain, &ev);
	if (e == ERR_NONE)
		e = check_event(c, &ev, s.body.mv_size + sizeof s.chain);
	if (e == ERR_NONE)
		c->records += ev.kind != EVENT_DROPPED;
	++*entries;
	return e;
}

enum err
check_log(struct check *c)
{
	uint64_t head = c->log.store->head.seq, seq = 0, said = 0, entries = 0;
	enum err e = ERR_NONE;
	uint32_t chain = 0;

	while (e == ERR_NONE && seq < head) {
		e = check_next(c, &seq, &chain, &entries);
		if (c->progress == NULL ||
		    (seq - said < PROGRESS_RECORDS && seq < head))
			continue;
		said = seq;
		c->progress(c->progress_arg, seq, head);
	}
	if (e == ERR_NONE && entries != c->entries[DB_LOG])
		e = check_bad(c, "the log has records that are not in it");
	if (e == ERR_NONE)
		e = check_sums(c, chain);
	if (e == ERR_NONE)
		e = check_rebuilds(c);
	if (e == ERR_NONE)
		e = check_parts(c);
	if (e == ERR_NONE && c->compare != NULL)
		e = compare_end(c->compare, &c->log);
	return e;
}
