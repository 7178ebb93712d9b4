/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the databases. */
#include <string.h>

#include "base/crc32c.h"
#include "persist/store.h"

static uint8_t *
put_be(uint8_t *p, uint64_t v, int bytes)
{
	while (bytes-- > 0)
		*p++ = (uint8_t)(v >> 8 * bytes);
	return p;
}

static MDB_val
key_until(struct store_key *k, const uint8_t *end)
{
	return (MDB_val){ (size_t)(end - k->bytes), k->bytes };
}

MDB_val
key_decision(struct store_key *k, uint32_t router, uint64_t number)
{
	return key_until(k, put_be(put_be(k->bytes, router, 4), number, 8));
}

MDB_val
key_observation(struct store_key *k, uint32_t router, const char *key)
{
	uint8_t *p = put_be(k->bytes, router, 4);
	size_t len = strnlen(key, sizeof k->bytes - 4);

	memcpy(p, key, len);
	return key_until(k, p + len);
}

MDB_val
key_cell(struct store_key *k, uint32_t router, uint32_t arm, uint8_t generation)
{
	uint8_t *p = put_be(put_be(k->bytes, router, 4), arm, 4);

	return key_until(k, put_be(p, generation, 1));
}

uint32_t
store_chain(uint32_t before, uint64_t seq, const void *body, size_t len)
{
	return crc32c(crc32c(before, &seq, sizeof seq), body, len);
}
