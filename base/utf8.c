/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

/* The length that the first byte claims, and the bits of it that count. */
static size_t
claimed_length(uint8_t b, uint32_t *bits)
{
	static const struct {
		uint8_t mask, lead;
	} leads[] = { { 0x80, 0x00 }, { 0xe0, 0xc0 }, { 0xf0, 0xe0 },
		{ 0xf8, 0xf0 } };

	for (size_t i = 0; i < 4; i++)
		if ((b & leads[i].mask) == leads[i].lead) {
			*bits = b & (uint8_t)~leads[i].mask;
			return i + 1;
		}
	return 0;
}

size_t
utf8_decode(const char *s, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = (const uint8_t *)s;
	size_t len;

	if (p[0] < 0x80) { /* as most are */
		*c = p[0];
		return 1;
	}
	len = claimed_length(p[0], c);
	if (len == 0 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (*c < least[len - 1] || *c > 0x10ffff ||
	    (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return len;
}

size_t
utf8_char(const char *s, size_t n)
{
	uint32_t c;
	size_t len = utf8_decode(s, n, &c);

	return len > 0 && (c < 0x20 || (c >= 0x7f && c < 0xa0)) ? 0 : len;
}

void
utf8_clean(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = utf8_char(s + i, n - i);

		if (len == 0)
			s[i] = '?';
		else
			i += len - 1;
	}
}
