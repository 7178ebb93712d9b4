/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "client/top_columns.h"
#include "client/top_view.h"

static void
put_text(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, "\"%s\": ", key);
	json_put_str(out, text, strlen(text));
	buf_puts(out, ", ");
}

static void
put_number(struct buf *out, const char *key, double v)
{
	buf_printf(out, "\"%s\": ", key);
	if (isfinite(v))
		buf_put_num(out, v);
	else
		buf_puts(out, "null");
	buf_puts(out, ", ");
}

/* In place of the comma that is too much. */
static void
close_with(struct buf *out, const char *text)
{
	if (out->len >= 2 && memcmp(out->data + out->len - 2, ", ", 2) == 0)
		out->len -= 2;
	buf_puts(out, text);
}

static void
put_arm(struct buf *out, const struct top_arm *a)
{
	buf_puts(out, "{");
	put_text(out, "arm", a->now.name);
	buf_printf(out, "\"enabled\": %s, ", a->now.enabled ? "true" : "false");
	for (const struct top_column *c = top_columns; c->title != NULL; c++)
		if (c->key != NULL && c->cell == TOP_NUMBER)
			put_number(out, c->key,
			    strchr(c->title, '%') != NULL ? c->number(a) / 100
							  : c->number(a));
	close_with(out, "}, ");
}

void
top_json(const struct top *t, double wall, struct buf *out)
{
	static const char *const keys[] = { "decide_p50", "decide_p99",
		"commit_p50", "commit_p99", "lag", "lag_time", "clients",
		"state_bytes", "disk_free_bytes" };
	char text[TOP_WARNINGS][160];
	size_t n = top_warnings(t, text);

	buf_puts(out, "{");
	put_number(out, "time", wall);
	put_text(out, "router", t->router);
	buf_printf(out, "\"up\": %s, ", t->up ? "true" : "false");
	if (!t->up)
		put_text(out, "why", t->why);
	put_number(out, "decisions_rate", t->decisions_rate);
	put_number(out, "rewards_rate", t->rewards_rate);
	put_number(out, "requests_rate", t->requests_rate);
	put_number(out, "errors_rate", t->errors_rate);
	for (size_t i = 0; i < sizeof keys / sizeof *keys && t->up; i++)
		put_number(out, keys[i], seen_num(&t->seen, keys[i]));
	buf_puts(out, "\"warnings\": [");
	for (size_t i = 0; i < n; i++) {
		json_put_str(out, text[i], strlen(text[i]));
		buf_puts(out, ", ");
	}
	close_with(out, "], \"arms\": [");
	for (size_t i = 0; i < t->arms; i++)
		put_arm(out, &t->arm[i]);
	close_with(out, "]}\n");
}
