/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/run.h"

#include <string.h>

#include "base/crc32c.h"
#include "persist/record.h"
#include "persist/store.h"

#define SUM 4 /* bytes at the end of the body */

bool
run_is(const void *body, size_t len)
{
	const uint8_t *b = body;

	return len > SUM + 3 && b[0] == 0x95 && b[1] == 1 &&
	    b[2] == EVENT_DROPPED;
}

/* As MessagePack has it: the highest byte first. */
static void
sum_bytes(const void *body, size_t len, uint64_t seq, uint32_t before,
    uint32_t chain, uint8_t *out)
{
	uint32_t sum =
	    crc32c(store_chain(before, seq, body, len), &chain, sizeof chain);

	for (int i = 0; i < SUM; i++)
		out[i] = (uint8_t)(sum >> 8 * (SUM - 1 - i));
}

void
run_encode(const struct event *ev, uint64_t seq, uint32_t before,
    uint32_t chain, struct buf *out)
{
	size_t start;

	buf_put(out, &chain, sizeof chain);
	start = out->len;
	event_encode(ev, out);
	sum_bytes(out->data + start, out->len - start - SUM, seq, before, chain,
	    out->data + out->len - SUM);
}

bool
run_proven(const void *body, size_t len, uint64_t seq, uint32_t before,
    uint32_t chain)
{
	uint8_t sum[SUM];

	if (len < SUM)
		return false;
	sum_bytes(body, len - SUM, seq, before, chain, sum);
	return memcmp((const uint8_t *)body + len - SUM, sum, SUM) == 0;
}

static void
add(struct buf *b, const struct dropped *d)
{
	struct dropped *all = (struct dropped *)(void *)b->data;
	size_t n = b->len / sizeof *all;

	for (size_t i = 0; i < n; i++)
		if (all[i].router == d->router) {
			all[i].count += d->count;
			if (d->last > all[i].last)
				all[i].last = d->last;
			return;
		}
	buf_put(b, d, sizeof *d);
}

void
run_add(struct buf *b, const struct event *ev)
{
	struct dropped one;

	if (ev->kind == EVENT_DROPPED) {
		for (int i = 0; i < ev->drops; i++)
			add(b, &ev->dropped[i]);
		return;
	}
	memset(&one, 0, sizeof one);
	one = (struct dropped){ ev->router, 1, ev->seq };
	add(b, &one);
}
