/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_format.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

typedef void put_fn(struct buf *, double num, double now);

static void
put_fixed(struct buf *out, double num, double now)
{
	(void)now;
	buf_printf(out, "%.4f", num);
}

static void
put_share(struct buf *out, double num, double now)
{
	(void)now;
	buf_printf(out, "%.1f %%", 100 * num);
}

static void
put_bytes(struct buf *out, double num, double now)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	int u = 0;

	(void)now;
	for (; num >= 1024 && u < 4; u++)
		num /= 1024;
	buf_printf(out, "%.*f %s", u > 0, num, units[u]);
}

/* clang-format off */
static const struct {
	double seconds;
	const char *name;
} spans[] = {
	{ 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" },
};
/* clang-format on */

/* The two largest units that are not zero: "3 d 4 h". */
static void
put_span(struct buf *out, double num, double now)
{
	int shown = 0;

	(void)now;
	if (num < 1) {
		buf_printf(out, "%.3g ms", 1e3 * num);
		return;
	}
	for (size_t i = 0; i < 4 && shown < 2; i++) {
		double n = floor(num / spans[i].seconds);

		if (n < 1 && shown == 0)
			continue;
		shown++;
		if (n >= 1)
			buf_printf(out, "%s%.0f %s", shown > 1 ? " " : "", n,
			    spans[i].name);
		num -= n * spans[i].seconds;
	}
}

/* A time: "3 min ago", "in 2 h". */
static void
put_ago(struct buf *out, double num, double now)
{
	double past = fabs(now - num);
	bool future = num > now;
	size_t i = 0;

	if (past < 1) {
		buf_puts(out, "now");
		return;
	}
	while (past < spans[i].seconds)
		i++;
	buf_printf(out, "%s%.0f %s%s", future ? "in " : "",
	    floor(past / spans[i].seconds), spans[i].name,
	    future ? "" : " ago");
}

/* Any other number: not more digits than are of use to a person. */
static void
put_plain(struct buf *out, double num, double now)
{
	(void)now;
	if (num == floor(num) && fabs(num) < 1e15)
		buf_printf(out, "%.0f", num);
	else
		buf_printf(out, "%.6g", num);
}

/* clang-format off */
static const struct {
	const char *key; /* a pattern of fnmatch(3) */
	put_fn *put;
	const char *nil;
} formats[] = {
	{ "mean", put_fixed, "-" },
	{ "sigma", put_fixed, "-" },
	{ "score", put_fixed, "-" },
	{ "probability", put_fixed, "-" },
	{ "propensity", put_fixed, "-" },
	{ "reward_mean", put_fixed, "-" },
	{ "reward_sd", put_fixed, "-" },
	{ "share", put_share, "-" },
	{ "bytes_*", put_bytes, "-" },
	{ "*_bytes", put_bytes, "-" },
	{ "uptime", put_span, "-" },
	{ "*_ttl", put_span, "-" },
	{ "*_timeout", put_span, "never" },
	{ "recovery_time", put_span, "-" },
	{ "commit_errors", put_plain, "-" },
	{ "commit_*", put_span, "-" },
	{ "decide_*", put_span, "-" },
	{ "lag_time", put_span, "-" },
	{ "time", put_ago, "never" },
	{ "last_*", put_ago, "never" },
	{ "*", put_plain, "-" },
};
/* clang-format on */

static size_t
format_of(const char *key, uint32_t len)
{
	char name[64];
	size_t i = 0;

	snprintf(name, sizeof name, "%.*s", (int)len, key);
	while (fnmatch(formats[i].key, name, 0) != 0)
		i++;
	return i;
}

static void
put_str(struct buf *out, const struct value *v)
{
	size_t start = out->len;

	buf_put(out, v->u.bytes.data, v->u.bytes.len);
	if (v->u.bytes.len == 0)
		buf_puts(out, "-");
	else
		utf8_clean((char *)out->data + start, out->len - start);
}

static bool
all_scalars(struct cursor c, uint32_t n)
{
	struct value v;

	for (; n > 0; n--)
		if (!cursor_next(&c, &v) || v.type == VALUE_ARRAY ||
		    v.type == VALUE_MAP)
			return false;
	return true;
}

/* Scalars with commas between them; anything deeper as JSON. */
static void
put_array(struct buf *out, struct cursor *c, const uint8_t *start, uint32_t n,
    const char *key, uint32_t len, double now)
{
	if (!all_scalars(*c, n)) {
		c->p = start;
		json_put(out, c);
		return;
	}
	if (n == 0)
		buf_puts(out, "-");
	for (uint32_t i = 0; i < n; i++) {
		buf_puts(out, i > 0 ? ", " : "");
		format_put(out, key, len, c, now);
	}
}

static bool
put_number(struct buf *out, size_t format, const struct value *v, double now)
{
	double num;

	value_num(v, &num);
	if (!isfinite(num))
		buf_puts(out, num > 0 ? "inf" : "-inf");
	else if (v->type == VALUE_INT && formats[format].put == put_plain)
		buf_printf(out, "%" PRId64, v->u.integer);
	else
		formats[format].put(out, num, now);
	return true;
}

bool
format_put(struct buf *out, const char *key, uint32_t len, struct cursor *c,
    double now)
{
	const uint8_t *start = c->p;
	size_t format = format_of(key, len);
	struct value v;

	if (!cursor_next(c, &v))
		return false;
	switch (v.type) {
	case VALUE_NIL:
		buf_puts(out, formats[format].nil);
		return false;
	case VALUE_BOOL:
		buf_puts(out, v.u.boolean ? "yes" : "no");
		return false;
	case VALUE_INT:
	case VALUE_NUM:
		return put_number(out, format, &v, now);
	case VALUE_STR:
		put_str(out, &v);
		return false;
	case VALUE_BIN:
	case VALUE_EXT:
		buf_printf(out, "%" PRIu32 " bytes", v.u.bytes.len);
		return false;
	case VALUE_ARRAY:
		put_array(out, c, start, v.u.count, key, len, now);
		return false;
	case VALUE_MAP:
		c->p = start;
		json_put(out, c);
		return false;
	}
	return false;
}

void
format_put_key(struct buf *out, const char *key, uint32_t len)
{
	buf_put(out, key, len);
	if (len > 0)
		utf8_clean((char *)out->data + out->len - len, len);
}

size_t
format_width(const char *s, size_t len)
{
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width += (s[i] & 0xc0) != 0x80;
	return width;
}
