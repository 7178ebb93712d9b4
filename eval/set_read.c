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
#define FORMATS (sizeof formats / sizeof *formats)

static bool
ends(const char *path, const char *ending)
{
	size_t n = strlen(path), k = strlen(ending);

	return n > k && strcmp(path + n - k, ending) == 0;
}

enum err
set_read(struct set *s, const char *path, struct fault *f)
{
	enum err e;

	*s = (struct set){ 0 };
	for (size_t i = 0; i < FORMATS; i++)
		if (ends(path, formats[i].ending)) {
			e = formats[i].read(s, path, f);
			if (e != ERR_NONE)
				set_fini(s);
			return e;
		}
	if (strcmp(path, "-") == 0)
		return set_read_maps(s, path, f);
	fault_set(f, ERR_DATA, "%.200s: its name does not end in", path);
	for (size_t i = 0; i < FORMATS; i++)
		fault_add(f, "%s %s", i > 0 ? "," : "", formats[i].ending);
	return ERR_DATA;
}
