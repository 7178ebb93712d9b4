/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pack.h"

#include <math.h>
#include <msgpack.h>
#include <string.h>

static int
write_buf(void *b, const char *data, size_t len)
{
	buf_put(b, data, len);
	return 0;
}

static msgpack_packer
packer(struct buf *b)
{
	msgpack_packer pk;

	msgpack_packer_init(&pk, b, write_buf);
	return pk;
}

void
pack_nil(struct buf *b)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_nil(&pk);
}

void
pack_bool(struct buf *b, bool v)
{
	msgpack_packer pk = packer(b);

	if (v)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
}

void
pack_uint(struct buf *b, uint64_t v)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_uint64(&pk, v);
}

void
pack_int(struct buf *b, int64_t v)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_int64(&pk, v);
}

void
pack_num(struct buf *b, double v)
{
	msgpack_packer pk = packer(b);

	if (isnan(v))
		msgpack_pack_nil(&pk);
	else
		msgpack_pack_double(&pk, v);
}

void
pack_float(struct buf *b, float v)
{
	msgpack_packer pk = packer(b);

	if (isnan(v))
		msgpack_pack_nil(&pk);
	else
		msgpack_pack_float(&pk, v);
}

void
pack_strn(struct buf *b, const char *s, size_t len)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_str_with_body(&pk, s, len);
}

void
pack_str(struct buf *b, const char *s)
{
	pack_strn(b, s, strlen(s));
}

void
pack_bin(struct buf *b, const void *p, size_t len)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_bin_with_body(&pk, p, len);
}

void
pack_array(struct buf *b, size_t n)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_array(&pk, n);
}

void
pack_map(struct buf *b, size_t n)
{
	msgpack_packer pk = packer(b);

	msgpack_pack_map(&pk, n);
}
