/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bandit/cell_head.h"

#include "bandit/cell.h"

#define CELL_FORMAT 0xba9d0003u

void
cell_head_put(const struct router *r, struct buf *out)
{
	put_u32(out, CELL_FORMAT);
	put_u64(out, r->era);
}

bool
cell_head_take(struct reader *in, uint64_t *era)
{
	uint32_t format = take_u32(in);

	*era = take_u64(in);
	return in->ok && format == CELL_FORMAT;
}

bool
cell_head_read(const void *data, size_t len, bool of_arm, struct cell_head *h)
{
	struct reader in = { data, (const uint8_t *)data + len, true };

	if (!cell_head_take(&in, &h->era))
		return false;
	if (of_arm)
		h->id = take_u32(&in);
	h->seq = take_u64(&in);
	if (!of_arm)
		h->id = take_u32(&in);
	return in.ok;
}
