/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_reader.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/json_pack.h"

#define CHUNK 65536

static enum err
bad(const struct reader *r, struct fault *f, const char *why)
{
	return fault_set(f, ERR_DATA, "%.200s:%" PRIu64 ": %s", r->name,
	    r->line, why);
}

static bool
begins_map(int byte)
{
	return (byte >= 0x80 && byte <= 0x8f) || byte == 0xde || byte == 0xdf;
}

enum err
reader_open(struct reader *r, const char *path, struct fault *f)
{
	bool input = strcmp(path, "-") == 0;
	struct stat st;
	int first;

	*r = (struct reader){ .name = input ? "standard input" : path };
	r->file = input ? stdin : fopen(path, "rb");
	if (r->file == NULL)
		return fault_set(f, ERR_DATA, "%.200s: %s", path,
		    strerror(errno));
	if (fstat(fileno(r->file), &st) == 0 && S_ISREG(st.st_mode))
		r->size = (uint64_t)st.st_size;
	first = getc(r->file);
	if (first != EOF)
		ungetc(first, r->file);
	r->packed = begins_map(first);
	return ERR_NONE;
}

void
reader_close(struct reader *r)
{
	if (r->file != NULL && r->file != stdin)
		fclose(r->file);
	buf_free(&r->map);
	buf_free(&r->in);
	free(r->text);
}

/* JSON has no limit to its depth that the daemon would know. */
static enum err
check_depth(const struct reader *r, struct fault *f)
{
	size_t used;

	switch (frame_scan(r->map.data, r->map.len, READER_MOST, &used)) {
	case FRAME_WHOLE:
		return ERR_NONE;
	case FRAME_TOO_LONG:
		return bad(r, f, "it is too long");
	default:
		return bad(r, f, "it is nested too deep");
	}
}

static enum err
take_line(struct reader *r, size_t len, struct fault *f)
{
	json_error_t why;
	json_t *json = json_loadb(r->text, len, JSON_REJECT_DUPLICATES, &why);

	if (json == NULL)
		return fault_set(f, ERR_DATA,
		    "%.200s:%" PRIu64 ": it is not JSON: %s", r->name, r->line,
		    why.text);
	if (json_is_object(json))
		pack_json(&r->map, json);
	json_decref(json);
	return r->map.len > 0 ? check_depth(r, f)
			      : bad(r, f, "it is not a JSON object");
}

/* Empty lines are none. */
static enum err
next_line(struct reader *r, struct fault *f)
{
	ssize_t n;

	do {
		n = getline(&r->text, &r->text_cap, r->file);
		if (n < 0)
			return ERR_NONE;
		r->line++;
		r->read += (uint64_t)n;
	} while (strspn(r->text, " \t\r\n") == (size_t)n);
	return take_line(r, (size_t)n, f);
}

/* More bytes; false at the end. */
static bool
read_more(struct reader *r)
{
	size_t n = fread(buf_reserve(&r->in, CHUNK), 1, CHUNK, r->file);

	r->in.len += n;
	return n > 0;
}

static enum err
next_packed(struct reader *r, struct fault *f)
{
	enum frame_state state = FRAME_PARTIAL;
	size_t len = 0;

	if (r->in.len == 0 && !read_more(r))
		return ERR_NONE;
	r->line++;
	while ((state = frame_scan_more(&r->scan, r->in.data, r->in.len,
		    READER_MOST, &len)) == FRAME_PARTIAL)
		if (!read_more(r))
			return bad(r, f, "the file ends within it");
	if (state != FRAME_WHOLE || !begins_map(r->in.data[0]))
		return bad(r, f, "it is not a map of MessagePack");
	buf_put(&r->map, r->in.data, len);
	buf_consume(&r->in, len);
	r->read += len;
	return ERR_NONE;
}

enum err
reader_next(struct reader *r, struct fault *f)
{
	enum err e;

	r->map.len = 0;
	e = r->packed ? next_packed(r, f) : next_line(r, f);
	if (e == ERR_NONE && ferror(r->file))
		return bad(r, f, "it cannot be read");
	return e;
}
