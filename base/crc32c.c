/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/crc32c.h"

#include <pthread.h>
#include <string.h>

#include "config.h"

/* table[k][b]: the CRC of byte b followed by k zero bytes ("slicing by 8"). */
static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
table_fill(void)
{
	for (uint32_t b = 0; b < 256; b++) {
		uint32_t c = b;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ 0x82f63b78u : c >> 1;
		table[0][b] = c;
	}
	for (int k = 1; k < 8; k++)
		for (int b = 0; b < 256; b++)
			table[k][b] = table[k - 1][b] >> 8 ^
			    table[0][table[k - 1][b] & 0xff];
}

static uint32_t
eight_bytes(uint32_t c, const uint8_t *p)
{
	uint32_t r = 0;

	for (int k = 0; k < 8; k++) {
		uint8_t b = k < 4 ? (uint8_t)(p[k] ^ c >> 8 * k) : p[k];

		r ^= table[7 - k][b];
	}
	return r;
}

static uint32_t
by_table(uint32_t c, const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8)
		c = eight_bytes(c, p);
	for (; n > 0; p++, n--)
		c = c >> 8 ^ table[0][(c ^ *p) & 0xff];
	return c;
}

static uint32_t (*update)(uint32_t, const uint8_t *, size_t) = by_table;

#ifdef HAVE_X86_64 /* x86-64 has an instruction for it since SSE4.2 */
__attribute__((target("sse4.2"))) static uint32_t
by_instruction(uint32_t c, const uint8_t *p, size_t n)
{
	uint64_t eight, wide = c;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&eight, p, sizeof eight);
		wide = __builtin_ia32_crc32di(wide, eight);
	}
	for (c = (uint32_t)wide; n > 0; p++, n--)
		c = __builtin_ia32_crc32qi(c, *p);
	return c;
}

static void
choose(void)
{
	if (__builtin_cpu_supports("sse4.2"))
		update = by_instruction;
}
#else
static void
choose(void)
{
}
#endif

static void
begin(void)
{
	table_fill();
	choose();
}

uint32_t
crc32c(uint32_t crc, const void *data, size_t n)
{
	pthread_once(&once, begin);
	return ~update(~crc, data, n);
}

uint32_t
crc32c_by_table(uint32_t crc, const void *data, size_t n)
{
	pthread_once(&once, begin);
	return ~by_table(~crc, data, n);
}
