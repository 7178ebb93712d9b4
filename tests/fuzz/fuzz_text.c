/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_text: two bytes choose the dimension, the rest is a text.  What is
 * accepted has unit length, and the same vector from used room, in capitals,
 * and with spaces around it; what is refused has a byte that is not UTF-8.
 */
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "features/text.h"

static struct text used;
static float x[65536], y[65536];

static void
same(const struct buf *b, size_t from, int d)
{
	MUST(text_vector(&used, (const char *)b->data + from, b->len - from, y,
		 d, NULL) == ERR_NONE);
	MUST(memcmp(x, y, (size_t)d * sizeof *x) == 0);
}

static void
accepted(const char *s, size_t n, int d)
{
	struct buf other = { 0 };
	double sum = 0;

	for (int i = 0; i < d; i++)
		sum += (double)x[i] * x[i];
	MUST(fabs(sum - 1) < 1e-5);
	buf_put(&other, " \n", 2);
	buf_put(&other, s, n);
	same(&other, 2, d);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x80)
			other.data[2 + i] = (uint8_t)toupper(s[i]);
	same(&other, 2, d);
	buf_put(&other, "\xc2\xa0", 2);
	if (other.len <= 2 * TEXT_PART)
		same(&other, 0, d);
	buf_free(&other);
}

/* The sentence names the first character that is none. */
static void
refused(const char *s, size_t n, const struct fault *f)
{
	const char *byte = strstr(f->text, "byte ");
	size_t wrong, at = 0, len;
	uint32_t c;

	MUST(byte != NULL);
	wrong = strtoul(byte + 5, NULL, 10);
	MUST(wrong < n);
	for (; at < wrong; at += len) {
		len = utf8_decode(s + at, n - at, &c);
		MUST(len > 0);
	}
	MUST(at == wrong && utf8_decode(s + at, n - at, &c) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct text fresh = { 0 };
	const char *s = (const char *)data + 2;
	struct fault f;
	int d;

	if (n < 2)
		return 0;
	d = 1 + (data[0] << 8 | data[1]);
	if (text_vector(&fresh, s, n - 2, x, d, &f) == ERR_NONE)
		accepted(s, n - 2, d);
	else
		refused(s, n - 2, &f);
	text_fini(&fresh);
	return 0;
}
