/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"

#include <string.h>

void
put_u32(struct buf *b, uint32_t v)
{
	buf_put(b, &v, sizeof v);
}

void
put_u64(struct buf *b, uint64_t v)
{
	buf_put(b, &v, sizeof v);
}

void
put_f64(struct buf *b, double v)
{
	buf_put(b, &v, sizeof v);
}

void
put_text(struct buf *b, const char *s, size_t len)
{
	put_u32(b, (uint32_t)len);
	buf_put(b, s, len);
}

void
take_bytes(struct reader *in, void *out, size_t n)
{
	memset(out, 0, n);
	if (!in->ok || (size_t)(in->end - in->p) < n) {
		in->ok = false;
		return;
	}
	memcpy(out, in->p, n);
	in->p += n;
}

uint32_t
take_u32(struct reader *in)
{
	uint32_t v;

	take_bytes(in, &v, sizeof v);
	return v;
}

uint64_t
take_u64(struct reader *in)
{
	uint64_t v;

	take_bytes(in, &v, sizeof v);
	return v;
}

double
take_f64(struct reader *in)
{
	double v;

	take_bytes(in, &v, sizeof v);
	return v;
}

void
take_text(struct reader *in, char *out, size_t size)
{
	uint32_t len = take_u32(in);

	memset(out, 0, size);
	if (len >= size)
		in->ok = false;
	else
		take_bytes(in, out, len);
}
