/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/relearn.h"

#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "persist/reading.h"

#define RECORDS 64      /* copied in one transaction, */
#define BYTES (1 << 20) /* or about so much of them */

/* Records copied out of the log, so that they are folded while the map may
 * grow. */
struct batch {
	struct buf bytes;
	int n;
	struct {
		size_t at;
		struct stored stored;
	} record[RECORDS];
};

static enum err
copy_one(struct batch *b, const struct reading *rd, uint64_t *seq)
{
	struct stored *s = &b->record[b->n].stored;
	enum err e = reading_next(rd, *seq, s);

	if (e != ERR_NONE)
		return e;
	*seq = s->seq;
	b->record[b->n++].at = b->bytes.len;
	buf_put(&b->bytes, s->body.mv_data, s->body.mv_size);
	return ERR_NONE;
}

static enum err
copy_some(struct relearn *l, uint64_t to, struct batch *b, struct fault *f)
{
	struct reading rd = { .store = l->store, .fault = f };
	struct store_head head = { 0, 0 };
	enum err e = reading_begin(&rd);
	uint64_t seq = l->seq;

	if (e != ERR_NONE)
		return e;
	if (head_get(l->store, rd.txn, &head) != 0)
		e = reading_bad(&rd, 0, "it has no end");
	l->head = head.seq;
	while (e == ERR_NONE && seq < head.seq && seq < to && b->n < RECORDS &&
	    b->bytes.len < BYTES)
		e = copy_one(b, &rd, &seq);
	reading_end(&rd);
	return e;
}

static enum err
fold_one(struct relearn *l, struct reading *rd, const struct event *ev)
{
	struct fault why = { 0 };

	if (fail_point("rebuild.record") != 0)
		return fault_set(rd->fault, ERR_STORAGE, "cannot read %s: %s",
		    rd->store->dir, strerror(errno));
	if (ev->router != l->id || ev->kind == EVENT_DROPPED)
		return ERR_NONE;
	if (ev->kind == EVENT_ROUTER && l->router == NULL)
		l->router = router_new(ev, &l->overlay);
	else if (l->router == NULL)
		return reading_bad(rd, ev->seq, "its router was never born");
	else if (router_fold(l->router, ev, &why) == ERR_DATA)
		return reading_bad(rd, ev->seq, why.text);
	return ERR_NONE;
}

static enum err
fold_batch(struct relearn *l, const struct batch *b, struct fault *f)
{
	struct reading rd = { .store = l->store, .fault = f };
	enum err e = ERR_NONE;

	for (int i = 0; e == ERR_NONE && !l->stop && i < b->n; i++) {
		struct stored s = b->record[i].stored;
		uint64_t seq = l->seq;
		struct event ev;

		s.body.mv_data = b->bytes.data + b->record[i].at;
		e = reading_decode(&rd, &s, &seq, &l->chain, &ev);
		if (e == ERR_NONE)
			e = fold_one(l, &rd, &ev);
		l->seq = seq;
	}
	room_fini(&rd.room);
	return e;
}

enum err
relearn_fold(struct relearn *l, uint64_t to, struct fault *f)
{
	struct batch b = { 0 };
	enum err e;

	do {
		b.n = 0;
		b.bytes.len = 0;
		e = copy_some(l, to, &b, f);
		if (e == ERR_NONE)
			e = fold_batch(l, &b, f);
		if (to > l->head)
			to = l->head; /* it may move on for ever */
	} while (e == ERR_NONE && !l->stop && l->seq < to);
	buf_free(&b.bytes);
	return e;
}
