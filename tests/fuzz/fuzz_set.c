/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_set: any bytes as a set of prompts; the first says the format.  What is
 * read without an error is a set as eval/set.h has it, and joins itself; an
 * error says something.
 */
#include <math.h>
#include <string.h>

#include "eval/brp.h"
#include "eval/set_make.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"

#define JOINED_MOST 100000 /* numbers, so that an input takes no second */

typedef enum err read_fn(struct set *, const char *, struct fault *);

static void
check_row(const struct set *s, int row)
{
	char where[SET_WHERE_SIZE];
	int scored = 0;

	for (int i = 0; i < s->dimension; i++)
		MUST(isfinite(set_x(s, row)[i]));
	for (int a = 0; a < s->arms; a++) {
		MUST(!isinf(set_reward(s, row, a)));
		MUST(!isinf(set_cost(s, row, a)));
		scored += !isnan(set_reward(s, row, a));
	}
	MUST(scored > 0 && s->group[row] >= 0);
	MUST(
	    s->task[row] == 0 || (0 < s->task[row] && s->task[row] < s->tasks));
	set_where(s, row, where);
	MUST(where[0] != '\0');
}

static void
check_set(const struct set *s)
{
	MUST(s->rows >= 1 && s->dimension >= 1 && s->arms >= 1);
	for (int row = 0; row < s->rows; row++)
		check_row(s, row);
	for (int a = 0; a < s->arms; a++) {
		MUST(name_valid(s->arm[a], strlen(s->arm[a])));
		for (int b = 0; b < a; b++)
			MUST(strcmp(s->arm[a], s->arm[b]) != 0);
	}
}

static void
join_itself(read_fn *read, struct set *s, const char *path)
{
	struct fault f = { 0 };
	int rows = s->rows;
	struct set more;

	if ((size_t)rows * (size_t)(s->arms + s->dimension) > JOINED_MOST)
		return;
	MUST(read(&more, path, &f) == ERR_NONE);
	if (set_join(s, &more, &f) == ERR_NONE) {
		MUST(s->rows == 2 * rows);
		check_set(s);
	} else {
		MUST(strstr(f.text, "too many groups") != NULL);
	}
}

static void
feed(read_fn *read, const uint8_t *data, size_t n)
{
	const char *path = feed_file(data, n);
	struct fault f = { 0 };
	struct set s;

	if (read(&s, path, &f) == ERR_NONE) {
		check_set(&s);
		join_itself(read, &s, path);
	} else {
		MUST(f.text[0] != '\0');
	}
	set_fini(&s);
}

/* The checksum is made good, or nothing behind it would be seen. */
static void
feed_brp(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n + 1);
	uint32_t crc;

	MUST(copy != NULL);
	memcpy(copy, data, n);
	if (n > 4) {
		crc = brp_crc(copy, n - 4);
		memcpy(copy + n - 4, &crc, sizeof crc);
	}
	feed(set_read_brp, copy, n);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	if (data[0] == 'b')
		feed_brp(data + 1, n - 1);
	else
		feed(data[0] == 'c' ? set_read_csv : set_read_maps, data + 1,
		    n - 1);
	return 0;
}
