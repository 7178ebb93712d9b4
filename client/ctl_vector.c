/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_vector.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define TEXT_MAX ((size_t)32 * VECTOR_MAX) /* bytes of JSON */

static enum err
bad(struct fault *f, const char *source, const char *why)
{
	return fault_set(f, ERR_DATA, "%.200s: %s", source, why);
}

static enum err
read_all(FILE *file, const char *source, struct buf *out, struct fault *f)
{
	size_t n;

	while (out->len <= TEXT_MAX &&
	    (n = fread(buf_reserve(out, 65536), 1, 65536, file)) > 0)
		out->len += n;
	if (ferror(file))
		return bad(f, source, strerror(errno));
	if (out->len > TEXT_MAX)
		return bad(f, source, "too large for a context");
	return ERR_NONE;
}

static enum err
read_source(const char *source, struct buf *out, struct fault *f)
{
	const char *path = source[0] == '@' ? source + 1 : source;
	FILE *file;
	enum err e;

	if (strcmp(source, "-") == 0)
		return read_all(stdin, "standard input", out, f);
	file = fopen(path, "rb");
	if (file == NULL)
		return bad(f, path, strerror(errno));
	e = read_all(file, path, out, f);
	fclose(file);
	return e;
}

static enum err
from_raw(const struct buf *b, const char *source, float **x, size_t *n,
    struct fault *f)
{
	if (b->len == 0 || b->len % sizeof **x != 0 ||
	    b->len > VECTOR_MAX * sizeof **x)
		return bad(f, source,
		    "not a whole number, 1 to 65536, of float32");
	*n = b->len / sizeof **x;
	*x = mem_alloc(*n, sizeof **x);
	memcpy(*x, b->data, b->len);
	return ERR_NONE;
}

static enum err
from_array(const json_t *array, const char *source, float **x, size_t *n,
    struct fault *f)
{
	*n = json_array_size(array);
	if (*n == 0 || *n > VECTOR_MAX)
		return bad(f, source, "not a JSON array of 1 to 65536 numbers");
	*x = mem_alloc(*n, sizeof **x);
	for (size_t i = 0; i < *n; i++) {
		const json_t *number = json_array_get(array, i);

		if (!json_is_number(number)) {
			free(*x);
			*x = NULL;
			return fault_set(f, ERR_DATA,
			    "%.200s: element %zu is not a number", source, i);
		}
		(*x)[i] = (float)json_number_value(number);
	}
	return ERR_NONE;
}

static enum err
from_json(const char *text, size_t len, const char *source, float **x,
    size_t *n, struct fault *f)
{
	json_error_t error;
	json_t *array = json_loadb(text, len, JSON_DECODE_INT_AS_REAL, &error);
	enum err e;

	if (array == NULL)
		return fault_set(f, ERR_DATA, "%.200s: not a JSON array: %s",
		    source, error.text);
	e = from_array(array, source, x, n, f);
	json_decref(array);
	return e;
}

enum err
vector_get(const char *source, bool raw, float **x, size_t *n, struct fault *f)
{
	struct buf b = { 0 };
	enum err e;

	*x = NULL;
	if (source[0] == '[')
		return from_json(source, strlen(source), "the vector", x, n, f);
	e = read_source(source, &b, f);
	if (e == ERR_NONE && raw)
		e = from_raw(&b, source, x, n, f);
	else if (e == ERR_NONE)
		e = from_json((const char *)b.data, b.len, source, x, n, f);
	buf_free(&b);
	return e;
}

enum err
prompt_get(const char *source, struct buf *out, struct fault *f)
{
	if (source[0] == '@' || strcmp(source, "-") == 0)
		return read_source(source, out, f);
	buf_puts(out, source);
	return ERR_NONE;
}
