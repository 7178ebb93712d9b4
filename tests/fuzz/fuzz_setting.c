/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_setting: the first byte chooses a setting, the rest is its value.  What
 * is accepted is in range and reads back the same; what is refused changes
 * nothing and is said in a clean sentence.
 */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "base/cursor.h"
#include "base/setting.h"
#include "base/utf8.h"

struct all {
	bool yes;
	long count;
	double ratio, width, range[2], life;
	int colour;
	char path[8];
};

static const char *const colours[] = { "red", "green", "blue", NULL };

#define FIELD(f) .offset = offsetof(struct all, f)

/* clang-format off */
static const struct setting rows[] = {
	{ "yes", SETTING_BOOL, 0, FIELD(yes), .def = "true" },
	{ "count", SETTING_INT, 0, FIELD(count), .def = "10",
	  .min = -100, .max = 1e15, .word = "never" },
	{ "ratio", SETTING_NUM, 0, FIELD(ratio), .def = "0.5",
	  .min = -1e9, .max = 1e9 },
	{ "width", SETTING_NUM, 0, FIELD(width), .def = "auto",
	  .min = 1e-6, .max = INFINITY, .word = "auto" },
	{ "range", SETTING_PAIR, 0, FIELD(range), .def = "{0, 1}",
	  .min = -1e9, .max = 1e9 },
	{ "colour", SETTING_WORD, 0, FIELD(colour), .def = "green",
	  .words = colours },
	{ "path", SETTING_STR, 0, FIELD(path), .size = 8, .def = "" },
	{ "life", SETTING_SPAN, 0, FIELD(life), .def = "never",
	  .min = 1, .max = 1e9, .word = "never" },
	{ 0 }
};
/* clang-format on */
#define ROWS (sizeof rows / sizeof rows[0] - 1)

static void
accepted(const struct setting *s, struct all *a)
{
	struct buf text = { 0 }, packed = { 0 };
	struct all again;
	size_t len;

	settings_default(rows, &again);
	setting_format(s, a, &text);
	buf_put(&text, "", 1);
	MUST(setting_parse(s, &again, (char *)text.data, NULL) == ERR_NONE);
	MUST(setting_equal(s, a, &again));
	setting_pack(s, a, &packed);
	MUST(frame_scan(packed.data, packed.len, 64, &len) == FRAME_WHOLE);
	MUST(len == packed.len);
	MUST(a->count >= -100 && a->count <= 1000000000000000);
	MUST(fabs(a->ratio) <= 1e9);
	MUST(isnan(a->width) || a->width >= 1e-6);
	MUST(isnan(a->life) || (fabs(a->life) >= 1 && fabs(a->life) <= 1e9));
	MUST(a->range[0] < a->range[1]);
	MUST(strlen(a->path) < sizeof a->path);
	buf_free(&text);
	buf_free(&packed);
}

static void
refused(struct all *a, const struct fault *f)
{
	struct all defaults;
	size_t n = strlen(f->text), len;

	settings_default(rows, &defaults);
	for (const struct setting *s = rows; s->name != NULL; s++)
		MUST(setting_equal(s, a, &defaults));
	MUST(n > 0 && n < sizeof f->text);
	for (size_t i = 0; i < n; i += len) {
		len = utf8_char(f->text + i, n - i);
		MUST(len > 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf text = { 0 };
	struct fault f;
	struct all a;
	const struct setting *s;

	if (n < 1)
		return 0;
	s = &rows[data[0] % ROWS];
	settings_default(rows, &a);
	buf_put(&text, data + 1, n - 1);
	buf_put(&text, "", 1);
	if (setting_parse(s, &a, (char *)text.data, &f) == ERR_NONE)
		accepted(s, &a);
	else
		refused(&a, &f);
	buf_free(&text);
	return 0;
}
