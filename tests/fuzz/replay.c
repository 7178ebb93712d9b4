/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.c: a main for a fuzz target without a fuzzer.
 *
 *	fuzz_frame [file or directory ...]
 *
 * feeds it every file, by default those of its own corpus; TAP output.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "tests/fuzz/fuzz.h"

static int inputs;

/* In memory of just its size, so that a sanitizer sees a read beyond it. */
static void
feed(const struct buf *b)
{
	uint8_t *exact = malloc(b->len > 0 ? b->len : 1);

	if (exact == NULL)
		abort();
	if (b->len > 0)
		memcpy(exact, b->data, b->len);
	LLVMFuzzerTestOneInput(exact, b->len);
	free(exact);
	inputs++;
}

static void
replay_file(const char *path)
{
	struct buf b = { 0 };
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		exit(1);
	}
	while ((n = fread(buf_reserve(&b, 4096), 1, 4096, f)) > 0)
		b.len += n;
	fclose(f);
	printf("# %s\n", path);
	fflush(stdout); /* known where the target stops the program */
	feed(&b);
	buf_free(&b);
}

static void
replay(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL) {
		replay_file(path);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.') {
			struct buf child = { 0 };

			buf_printf(&child, "%s/%s", path, entry->d_name);
			replay((const char *)child.data);
			buf_free(&child);
		}
	closedir(dir);
}

/* fuzz_frame has tests/fuzz/corpus/frame. */
static void
replay_corpus(const char *program)
{
	const char *name = strstr(program, "fuzz_"), *next;
	const char *top = getenv("top_srcdir");
	struct buf path = { 0 };

	while (name != NULL && (next = strstr(name + 1, "fuzz_")) != NULL)
		name = next;
	buf_printf(&path, "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".",
	    name != NULL ? name + strlen("fuzz_") : "");
	replay((const char *)path.data);
	buf_free(&path);
}

int
main(int argc, char **argv)
{
	printf("1..1\n");
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (argc < 2)
		replay_corpus(argv[0]);
	printf("%s 1 - %d inputs\n", inputs > 0 ? "ok" : "not ok", inputs);
	return inputs > 0 ? 0 : 1;
}
