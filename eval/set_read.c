/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which format a file of prompts has. */
#include <string.h>

#include "eval/set_make.h"

static const struct {
	const char *ending;
	enum err (*read)(struct set *, const char *path, struct fault *);
} formats[] = {
	{ ".brp", set_read_brp },
	{ ".csv", set_read_csv },
	{ ".json", set_read_maps },
	{ ".jsonl", set_read_maps },
	{ ".ndjson", set_read_maps },
	{ ".msgpack", set_read_maps },
};
#define FORMATS ((int)(sizeof formats / sizeof *formats))

static bool
ends(const char *path, const char *ending)
{
	size_t n = strlen(path), k = strlen(ending);

	return n > k && strcmp(path + n - k, ending) == 0;
}

/* -1: none that is known. */
static int
format_of(const char *path)
{
	for (int i = 0; i < FORMATS; i++)
		if (ends(path, formats[i].ending))
			return i;
	return -1;
}

bool
set_readable(const char *path)
{
	return format_of(path) >= 0;
}

enum err
set_read(struct set *s, const char *path, struct fault *f)
{
	int format = format_of(path);
	enum err e;

	*s = (struct set){ 0 };
	if (format >= 0 || strcmp(path, "-") == 0) {
		e = format >= 0 ? formats[format].read(s, path, f)
				: set_read_maps(s, path, f);
		if (e != ERR_NONE)
			set_fini(s);
		return e;
	}
	fault_set(f, ERR_DATA, "%.200s: its name does not end in", path);
	for (int i = 0; i < FORMATS; i++)
		fault_add(f, "%s %s", i > 0 ? "," : "", formats[i].ending);
	return ERR_DATA;
}
