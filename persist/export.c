/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/export.h"

#include "persist/event_map.h"
#include "persist/reading.h"

#define RECORDS 64      /* copied in one transaction, */
#define BYTES (1 << 20) /* or about so much of them */
#define LOOK_MOST 20000 /* records of other routers in one go */

/* Records copied out of the log. */
struct batch {
	struct buf bytes;
	uint64_t seq;   /* they come after that record, */
	uint32_t chain; /* which ends there */
	bool last;      /* there are no more after them */
	int n;
	struct {
		uint64_t seq;
		size_t at, len;
		uint32_t chain;
	} record[RECORDS];
};

static void
copy_one(struct batch *b, const struct stored *s)
{
	b->record[b->n].seq = s->seq;
	b->record[b->n].chain = s->chain;
	b->record[b->n].at = b->bytes.len;
	b->record[b->n++].len = s->body.mv_size;
	buf_put(&b->bytes, s->body.mv_data, s->body.mv_size);
}

/* Those after seq; a run may by now lead past the end. */
static enum err
copy_records(const struct exporting *x, struct batch *b,
    const struct reading *rd, uint64_t seq)
{
	enum err e = ERR_NONE;
	struct stored s;

	while (e == ERR_NONE && seq < x->to && b->n < RECORDS &&
	    b->bytes.len < BYTES) {
		e = reading_next(rd, seq, &s);
		if (e == ERR_NONE && s.seq > x->to) {
			seq = x->to;
			break;
		}
		if (e == ERR_NONE) {
			copy_one(b, &s);
			seq = s.seq;
		}
	}
	b->last = seq >= x->to;
	return e;
}

/* What comes next may have become part of a run since the last batch; then all
 * of that comes. */
static enum err
copy_some(const struct exporting *x, struct batch *b, struct fault *f)
{
	struct reading rd = { .store = x->store, .fault = f };
	enum err e = reading_begin(&rd);

	if (e != ERR_NONE)
		return e;
	b->n = 0;
	b->bytes.len = 0;
	b->seq = x->next - 1;
	e = reading_start(&rd, &b->seq, &b->chain);
	if (e == ERR_NONE)
		e = copy_records(x, b, &rd, b->seq);
	reading_end(&rd);
	return e;
}

/* Whether it is of the router that is wanted; a run is where some of it was. */
static bool
concerns(const struct exporting *x, const struct event *ev)
{
	if (x->router == 0)
		return true;
	for (int i = 0; i < ev->drops; i++)
		if (ev->dropped[i].router == x->router)
			return true;
	return ev->drops == 0 && ev->router == x->router;
}

static bool
enough(const struct exporting *x)
{
	return (x->events > 0 && x->maps.len >= x->limit) ||
	    x->looked >= LOOK_MOST;
}

static enum err
put_batch(struct exporting *x, struct batch *b, struct fault *f)
{
	struct reading rd = { .store = x->store, .fault = f };
	enum err e = ERR_NONE;
	struct event ev;
	int i;

	for (i = 0; e == ERR_NONE && i < b->n && !enough(x); i++) {
		struct stored s = { b->record[i].seq, b->record[i].chain,
			{ b->record[i].len, b->bytes.data + b->record[i].at } };

		e = reading_decode(&rd, &s, &b->seq, &b->chain, &ev);
		x->looked++;
		if (e != ERR_NONE)
			break;
		x->next = b->seq + 1;
		if (!concerns(x, &ev))
			continue;
		event_map_put(&x->maps, &ev, x->callings);
		x->events++;
	}
	if (e == ERR_NONE && i == b->n && b->last)
		x->next = x->to + 1;
	room_fini(&rd.room);
	return e;
}

enum err
export_some(struct exporting *x, struct fault *f)
{
	struct batch b = { 0 };
	enum err e = ERR_NONE;

	while (e == ERR_NONE && x->next <= x->to && !enough(x)) {
		e = copy_some(x, &b, f);
		if (e == ERR_NONE)
			e = put_batch(x, &b, f);
	}
	buf_free(&b.bytes);
	return e;
}
