/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/brp.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "eval/bytes.h"
#include "features/context.h"

#define MAGIC "BRPLAY1" /* and its '\0' */
#define HEAD 40         /* bytes before the first string */
#define TRAILER 4
#define MAX_TASKS 65536 /* a row has 16 bits for its own */

/* The numbers at offset 8 of the file, in their order. */
struct head {
	uint32_t version, rows, dimension, arms, tasks, packed, row_bytes,
	    header_bytes;
};

/* Strings of the header, read one after the other. */
struct reader {
	const uint8_t *p, *end;
	bool short_of; /* something ran over the end */
};

uint32_t
brp_crc(const uint8_t *p, size_t n)
{
	uint32_t table[256], crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] =
			    table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	while (n-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}

static enum err
head_check(const struct head *h, size_t len, struct fault *f)
{
	uint64_t context =
	    h->packed ? 4 + (uint64_t)h->dimension : 4 * (uint64_t)h->dimension;

	if (h->version != 1)
		return fault_set(f, ERR_DATA, "version %u, this reads 1",
		    h->version);
	if (h->dimension < 1 || h->dimension > CONTEXT_MAX_DIMENSION ||
	    h->arms < 1 || h->arms > BRP_MAX_ARMS || h->tasks < 1 ||
	    h->tasks > MAX_TASKS || h->rows < 1 || h->rows > INT_MAX ||
	    h->packed > 1)
		return fault_set(f, ERR_DATA,
		    "a number in the header is out of range: %u rows, "
		    "%u arms, %u numbers, %u tasks, embedding type %u",
		    h->rows, h->arms, h->dimension, h->tasks, h->packed);
	if (h->row_bytes != 12 + context + 8 * (uint64_t)h->arms ||
	    h->header_bytes + (uint64_t)h->rows * h->row_bytes + TRAILER != len)
		return fault_set(f, ERR_DATA,
		    "the lengths in the header do not add up to the %zu "
		    "bytes of the file",
		    len);
	return ERR_NONE;
}

static enum err
frame_check(const uint8_t *data, size_t len, struct head *h, struct fault *f)
{
	if (len < HEAD + TRAILER || memcmp(data, MAGIC, sizeof MAGIC) != 0)
		return fault_set(f, ERR_DATA, "not a replay set");
	if (brp_crc(data, len - TRAILER) != u32_at(data + len - TRAILER))
		return fault_set(f, ERR_DATA,
		    "cut off or damaged: its checksum is wrong");
	memcpy(h, data + sizeof MAGIC, sizeof *h);
	return head_check(h, len, f);
}

static const uint8_t *
take(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if ((size_t)(r->end - p) < n) {
		r->short_of = true;
		return NULL;
	}
	r->p += n;
	return p;
}

/* "" where the header is too short; never NULL. */
static char *
take_text(struct reader *r)
{
	const uint8_t *length = take(r, 2);
	size_t n = length != NULL ? u16_at(length) : 0;
	const uint8_t *text = take(r, n);
	char *out = mem_zalloc(n + 1, 1);

	if (text != NULL)
		memcpy(out, text, n);
	utf8_clean(out, n);
	return out;
}

static float
take_price(struct reader *r)
{
	const uint8_t *p = take(r, sizeof(float));

	return p != NULL ? f32_at(p) : NAN;
}

static enum err
take_arm(struct reader *r, struct brp_arm *a, int i, struct fault *f)
{
	char *name = take_text(r);
	enum err e = ERR_NONE;

	if (!name_copy(a->name, name, strlen(name)))
		e = fault_set(f, ERR_DATA,
		    "arm %d has a name that banditd does not take: \"%s\"", i,
		    name);
	free(name);
	a->price_in = take_price(r);
	a->price_out = take_price(r);
	return e;
}

static enum err
strings_parse(struct brp *b, struct reader *r, struct fault *f)
{
	char **const texts[] = { &b->name, &b->source, &b->licence,
		&b->reward_unit, &b->cost_unit, &b->embedder };
	enum err e = ERR_NONE;

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		*texts[i] = take_text(r);
	b->arm = mem_zalloc((size_t)b->arms, sizeof *b->arm);
	for (int i = 0; i < b->arms && e == ERR_NONE; i++)
		e = take_arm(r, &b->arm[i], i, f);
	b->task = mem_zalloc((size_t)b->tasks, sizeof *b->task);
	for (int i = 0; i < b->tasks; i++)
		b->task[i] = take_text(r);
	if (r->short_of || r->end - r->p >= 8)
		return fault_set(f, ERR_DATA,
		    "its header is not as long as what is in it");
	return e;
}

static bool
row_check(const struct brp *b, int row)
{
	double norm = brp_norm(b, row);
	int rewards = 0;

	for (int i = 0; i < b->arms; i++) {
		if (isinf(brp_reward(b, row, i)) || isinf(brp_cost(b, row, i)))
			return false;
		rewards += !isnan(brp_reward(b, row, i));
	}
	return isfinite(norm) && norm > 0 && rewards > 0 &&
	    brp_task(b, row) < b->tasks;
}

static enum err
set_parse(struct brp *b, const struct head *h, const uint8_t *data,
    struct fault *f)
{
	struct reader r = { data + HEAD, data + h->header_bytes, false };
	enum err e;

	b->rows = (int)h->rows;
	b->dimension = (int)h->dimension;
	b->arms = (int)h->arms;
	b->tasks = (int)h->tasks;
	b->packed = (int)h->packed;
	b->row_bytes = h->row_bytes;
	b->row = data + h->header_bytes;
	if (h->header_bytes < HEAD)
		return fault_set(f, ERR_DATA, "its header is too short");
	e = strings_parse(b, &r, f);
	for (int i = 0; i < b->rows && e == ERR_NONE; i++)
		if (!row_check(b, i))
			e = fault_set(f, ERR_DATA,
			    "row %d has a vector, a reward, a cost or a "
			    "task that cannot be",
			    i);
	return e;
}

enum err
brp_parse(struct brp *b, const uint8_t *data, size_t len, struct fault *f)
{
	struct head h;
	enum err e;

	*b = (struct brp){ 0 };
	e = frame_check(data, len, &h, f);
	if (e == ERR_NONE)
		e = set_parse(b, &h, data, f);
	if (e != ERR_NONE)
		brp_fini(b);
	return e;
}

static enum err
file_read(FILE *in, uint8_t **data, size_t *len, struct fault *f)
{
	long size = fseek(in, 0, SEEK_END) == 0 ? ftell(in) : -1;

	if (size < 0 || fseek(in, 0, SEEK_SET) != 0)
		return fault_set(f, ERR_STORAGE, "%s", strerror(errno));
	if ((size_t)size > BRP_MAX_BYTES)
		return fault_set(f, ERR_DATA, "over %zu bytes long",
		    BRP_MAX_BYTES);
	*data = mem_alloc((size_t)size + 1, 1);
	*len = fread(*data, 1, (size_t)size, in);
	if (*len != (size_t)size || ferror(in))
		return fault_set(f, ERR_STORAGE, "cannot read all of it");
	return ERR_NONE;
}

enum err
brp_read(struct brp *b, const char *path, struct fault *f)
{
	struct fault why = { 0 };
	FILE *in = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t len = 0;
	enum err e;

	*b = (struct brp){ 0 };
	if (in == NULL)
		return fault_set(f, ERR_STORAGE, "%s: %s", path,
		    strerror(errno));
	e = file_read(in, &data, &len, &why);
	fclose(in);
	if (e == ERR_NONE)
		e = brp_parse(b, data, len, &why);
	if (e == ERR_NONE) {
		b->file = data;
		return e;
	}
	free(data);
	return fault_set(f, e, "%s: %s", path, why.text);
}
