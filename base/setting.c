/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/name.h"
#include "base/setting.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"

/* clang-format off */
#define AT(type, base, s) ((type *)(void *)((char *)(base) + (s)->offset))
#define AT_CONST(type, base, s) \
	((const type *)(const void *)((const char *)(base) + (s)->offset))
/* clang-format on */

static bool
parse_num(const char *text, double *num)
{
	char *end;

	*num = strtod(text, &end);
	return end != text && *end == '\0' && !isnan(*num);
}

static bool
in_range(const struct setting *s, double num)
{
	return num >= s->min && num <= s->max;
}

static bool
parse_bool(const struct setting *s, void *base, const char *text)
{
	bool yes = strcmp(text, "true") == 0, no = strcmp(text, "false") == 0;

	if (yes || no)
		*AT(bool, base, s) = yes;
	return yes || no;
}

/* Not through a double, which would round a large seed to another one. */
static bool
parse_int(const struct setting *s, void *base, const char *text)
{
	char *end;
	long num = 0;

	errno = 0;
	if (s->word == NULL || strcmp(text, s->word) != 0) {
		num = strtol(text, &end, 10);
		if (end == text || *end != '\0' || errno == ERANGE ||
		    !in_range(s, (double)num))
			return false;
	}
	*AT(long, base, s) = num;
	return true;
}

static bool
parse_number(const struct setting *s, void *base, const char *text)
{
	double num = NAN;

	if (s->word == NULL || strcmp(text, s->word) != 0)
		if (!parse_num(text, &num) || !in_range(s, num))
			return false;
	*AT(double, base, s) = num;
	return true;
}

const char *
setting_word(const struct setting *s, int i)
{
	size_t stride = s->stride > 0 ? s->stride : sizeof *s->words;
	const char *const *word =
	    (const char *const *)(const void *)((const char *)s->words +
		(size_t)i * stride);

	return *word;
}

static bool
parse_word(const struct setting *s, void *base, const char *text)
{
	for (int i = 0; setting_word(s, i) != NULL; i++)
		if (strcmp(text, setting_word(s, i)) == 0) {
			*AT(int, base, s) = i;
			return true;
		}
	return false;
}

static bool
parse_str(const struct setting *s, void *base, const char *text)
{
	if (strlen(text) >= s->size)
		return false;
	strcpy(AT(char, base, s), text);
	return true;
}

/* "{low, high}", the braces optional. */
static bool
parse_pair(const struct setting *s, void *base, const char *text)
{
	char *end;
	double low, high;

	low = strtod(text += strspn(text, " {"), &end);
	if (end == text || *(end += strspn(end, " ")) != ',')
		return false;
	high = strtod(text = end + 1, &end);
	if (end == text || *(end += strspn(end, " }")) != '\0')
		return false;
	if (!(low < high) || !in_range(s, low) || !in_range(s, high))
		return false;
	AT(double, base, s)[0] = low;
	AT(double, base, s)[1] = high;
	return true;
}

static const struct unit {
	char letter;
	double seconds;
} units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 },
	{ 's', 1 } };
#define UNITS (sizeof units / sizeof *units)

/* A count has no unit, and a time has one. */
static bool
parse_span(const struct setting *s, void *base, const char *text)
{
	char *end;
	double num = strtod(text, &end), sign = 1;

	if (s->word != NULL && strcmp(text, s->word) == 0) {
		*AT(double, base, s) = NAN;
		return true;
	}
	if (end == text)
		return false;
	for (size_t i = 0; i < UNITS && sign > 0; i++)
		if (*end == units[i].letter && end[1] == '\0') {
			num *= units[i].seconds;
			sign = -1;
			end++;
		}
	if (*end != '\0' || !in_range(s, num))
		return false;
	if (s->type == SETTING_TIME && sign > 0)
		return false;
	*AT(double, base, s) = s->type == SETTING_TIME ? num : sign * num;
	return true;
}

/* In the largest unit that it is a whole number of. */
static void
format_span(double span, struct buf *out)
{
	size_t i = 0;

	if (span > 0) {
		buf_put_num(out, span);
		return;
	}
	while (i + 1 < UNITS && fmod(-span, units[i].seconds) != 0)
		i++;
	buf_put_num(out, -span / units[i].seconds);
	buf_printf(out, "%c", units[i].letter);
}

/* The largest first; the last is taken without its unit too. */
static const struct size {
	const char *unit;
	double bytes;
} sizes[] = { { "TB", 1e12 }, { "GB", 1e9 }, { "MB", 1e6 }, { "kB", 1e3 },
	{ "B", 1 } };
#define SIZES (sizeof sizes / sizeof *sizes)

static bool
parse_bytes(const struct setting *s, void *base, const char *text)
{
	char *end;
	double num = strtod(text, &end);
	size_t i = 0;

	if (s->word != NULL && strcmp(text, s->word) == 0) {
		*AT(double, base, s) = NAN;
		return true;
	}
	while (i < SIZES && strcmp(end, sizes[i].unit) != 0)
		i++;
	if (end == text || (i == SIZES && *end != '\0'))
		return false;
	num *= i < SIZES ? sizes[i].bytes : 1;
	if (!in_range(s, num) || num != floor(num))
		return false;
	*AT(double, base, s) = num;
	return true;
}

/* In the largest unit that it is a whole number of. */
static void
format_bytes(double num, struct buf *out)
{
	size_t i = 0;

	while (i + 1 < SIZES && fmod(num, sizes[i].bytes) != 0)
		i++;
	buf_put_num(out, num / sizes[i].bytes);
	if (i + 1 < SIZES)
		buf_puts(out, sizes[i].unit);
}

static void
say_takes(const struct setting *s, struct fault *f)
{
	static const char *const kinds[] = { "true or false", "a whole number",
		"a number", "one of", "text", "two numbers {low, high}",
		"a count or, with a unit of s, m, h, d or w, a time",
		"a time with a unit of s, m, h, d or w,",
		"a size in bytes, or with a unit of kB, MB, GB or TB," };

	fault_add(f, "%s", kinds[s->type]);
	for (int i = 0; s->type == SETTING_WORD && setting_word(s, i) != NULL;
	     i++)
		fault_add(f, "%s %s", i > 0 ? "," : "", setting_word(s, i));
	if (s->type == SETTING_STR)
		fault_add(f, " of up to %zu characters", s->size - 1);
	if (s->type == SETTING_INT || s->type == SETTING_NUM ||
	    s->type >= SETTING_PAIR)
		fault_add(f, " from %.16g to %.16g", s->min, s->max);
	if (s->word != NULL)
		fault_add(f, ", or %s", s->word);
}

enum err
setting_parse(const struct setting *s, void *base, const char *text,
    struct fault *f)
{
	static bool (*const parsers[])(const struct setting *, void *,
	    const char *) = { parse_bool, parse_int, parse_number, parse_word,
		parse_str, parse_pair, parse_span, parse_span, parse_bytes };

	if (parsers[s->type](s, base, text))
		return ERR_NONE;
	if (f != NULL) {
		fault_set(f, ERR_CONFIG, "%s = \"%.100s\": it takes ", s->name,
		    text);
		say_takes(s, f);
	}
	return ERR_CONFIG;
}

void
setting_format(const struct setting *s, const void *base, struct buf *out)
{
	double num;

	switch (s->type) {
	case SETTING_BOOL:
		buf_puts(out, *AT_CONST(bool, base, s) ? "true" : "false");
		return;
	case SETTING_INT:
		if (s->word != NULL && *AT_CONST(long, base, s) == 0)
			buf_puts(out, s->word);
		else
			buf_printf(out, "%ld", *AT_CONST(long, base, s));
		return;
	case SETTING_NUM:
		num = *AT_CONST(double, base, s);
		if (isnan(num))
			buf_puts(out, s->word);
		else
			buf_put_num(out, num);
		return;
	case SETTING_SPAN:
		num = *AT_CONST(double, base, s);
		if (isnan(num))
			buf_puts(out, s->word);
		else
			format_span(num, out);
		return;
	case SETTING_TIME:
		num = *AT_CONST(double, base, s);
		if (isnan(num))
			buf_puts(out, s->word);
		else
			format_span(-num, out);
		return;
	case SETTING_BYTES:
		num = *AT_CONST(double, base, s);
		if (isnan(num))
			buf_puts(out, s->word);
		else
			format_bytes(num, out);
		return;
	case SETTING_WORD:
		buf_puts(out, setting_word(s, *AT_CONST(int, base, s)));
		return;
	case SETTING_STR:
		buf_puts(out, AT_CONST(char, base, s));
		return;
	case SETTING_PAIR:
		buf_puts(out, "{");
		buf_put_num(out, AT_CONST(double, base, s)[0]);
		buf_puts(out, ", ");
		buf_put_num(out, AT_CONST(double, base, s)[1]);
		buf_puts(out, "}");
		return;
	}
}

static void
pack_text(const struct setting *s, const void *base, struct buf *out)
{
	struct buf text = { 0 };

	setting_format(s, base, &text);
	pack_strn(out, (const char *)text.data, text.len);
	buf_free(&text);
}

void
setting_pack(const struct setting *s, const void *base, struct buf *out)
{
	switch (s->type) {
	case SETTING_BOOL:
		pack_bool(out, *AT_CONST(bool, base, s));
		return;
	case SETTING_INT:
		if (s->word == NULL || *AT_CONST(long, base, s) != 0)
			pack_int(out, *AT_CONST(long, base, s));
		else
			pack_text(s, base, out);
		return;
	case SETTING_NUM:
		if (!isnan(*AT_CONST(double, base, s)))
			pack_num(out, *AT_CONST(double, base, s));
		else
			pack_text(s, base, out);
		return;
	case SETTING_WORD:
	case SETTING_STR:
	case SETTING_SPAN:
	case SETTING_TIME:
	case SETTING_BYTES:
		pack_text(s, base, out);
		return;
	case SETTING_PAIR:
		pack_array(out, 2);
		pack_num(out, AT_CONST(double, base, s)[0]);
		pack_num(out, AT_CONST(double, base, s)[1]);
		return;
	}
}

static size_t
stored_size(const struct setting *s)
{
	static const size_t stored[] = { sizeof(bool), sizeof(long),
		sizeof(double), sizeof(int), 0, 2 * sizeof(double),
		sizeof(double), sizeof(double), sizeof(double) };

	return s->type == SETTING_STR ? s->size : stored[s->type];
}

bool
setting_equal(const struct setting *s, const void *a, const void *b)
{
	if (s->type == SETTING_STR)
		return strcmp(AT_CONST(char, a, s), AT_CONST(char, b, s)) == 0;
	return memcmp(AT_CONST(char, a, s), AT_CONST(char, b, s),
		   stored_size(s)) == 0;
}

void
setting_copy(const struct setting *s, void *to, const void *from)
{
	memcpy(AT(char, to, s), AT_CONST(char, from, s), stored_size(s));
}

const struct setting *
setting_find(const struct setting *rows, const char *name, size_t len)
{
	for (; rows->name != NULL; rows++)
		if (word_is(rows->name, name, len))
			return rows;
	return NULL;
}

static void
put(const struct setting *s, void *base, const char *text)
{
	enum err e = setting_parse(s, base, text, NULL);

	assert(e == ERR_NONE);
	(void)e;
}

void
settings_default(const struct setting *rows, void *base)
{
	for (; rows->name != NULL; rows++)
		put(rows, base, rows->def);
}

void
settings_before(const struct setting *rows, void *base)
{
	for (; rows->name != NULL; rows++)
		put(rows, base, rows->was != NULL ? rows->was : rows->def);
}

bool
setting_as_before(const struct setting *s, const void *base)
{
	struct buf text = { 0 };
	bool same;

	if (s->was == NULL)
		return false;
	setting_format(s, base, &text);
	same = text.len == strlen(s->was) &&
	    memcmp(text.data, s->was, text.len) == 0;
	buf_free(&text);
	return same;
}
