/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines above the table. */
#include "client/top_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/ctl_format.h"

#define HEAD_SPARK 16

/* A number as `status` shows that of this key. */
static void
format_number(char *out, size_t size, const char *key, double num)
{
	uint8_t packed[9] = { 0xcb };
	struct cursor c = { packed, packed + sizeof packed };
	uint64_t bits;
	struct buf text = { 0 };

	memcpy(&bits, &num, sizeof bits);
	for (int i = 0; i < 8; i++)
		packed[8 - i] = (uint8_t)(bits >> 8 * i);
	if (isnan(num))
		buf_puts(&text, "-");
	else
		format_put(&text, key, (uint32_t)strlen(key), &c, 0);
	snprintf(out, size, "%.*s", (int)text.len, (const char *)text.data);
	buf_free(&text);
}

void
draw_title(struct drawing *d)
{
	struct top *t = d->top;
	char text[256], version[32], up[64], clock[16];
	time_t now = (time_t)d->wall;
	struct tm tm;
	int column;

	seen_text(&t->seen, "version", version, sizeof version);
	format_number(up, sizeof up, "uptime", seen_num(&t->seen, "uptime"));
	snprintf(text, sizeof text, "banditd %s", version);
	column =
	    view_put(d->view, d->row, 0, d->view->columns, VIEW_BOLD, text);
	snprintf(text, sizeof text, "  router %s (%zu of %zu)", t->router,
	    top_router(t) != NULL ? (size_t)(top_router(t) - t->seen.router) + 1
				  : 0,
	    t->seen.routers);
	column = view_put(d->view, d->row, column, d->view->columns - column,
	    VIEW_PLAIN, text);
	snprintf(text, sizeof text, "  up %s", up);
	column = view_put(d->view, d->row, column, d->view->columns - column,
	    VIEW_PLAIN, text);
	localtime_r(&now, &tm);
	strftime(clock, sizeof clock, "%H:%M:%S", &tm);
	if (column + 10 <= d->view->columns)
		view_put_right(d->view, d->row, d->view->columns - 8, 8,
		    VIEW_PLAIN, clock);
	d->row++;
}

/* clang-format off */
/* The numbers of the head: of the status by their key, or of the router. */
static double
decisions_rate(const struct top *t) { return t->decisions_rate; }
static double
rewards_rate(const struct top *t) { return t->rewards_rate; }
static double
errors_rate(const struct top *t) { return t->errors_rate; }
static double
pending(const struct top *t)
{ return top_router(t) != NULL ? top_router(t)->pending : NAN; }

static const struct {
	const char *label;
	double (*number)(const struct top *); /* NULL: of the status */
	const char *key;                      /* there, and of its format */
	const char *behind;
	bool spark;
} head[] = {
	{ "decisions", decisions_rate, "", "/s", true },
	{ "rewards", rewards_rate, "", "/s", false },
	{ "decide p50", NULL, "decide_p50", "", false },
	{ "decide p99", NULL, "decide_p99", "", false },
	{ "pending", pending, "", "", false },
	{ "lag", NULL, "lag", "", false },
	{ "commit p50", NULL, "commit_p50", "", false },
	{ "commit p99", NULL, "commit_p99", "", false },
	{ "clients", NULL, "clients", "", false },
	{ "refused", errors_rate, "", "/s", false },
	{ "state", NULL, "state_bytes", "", false },
	{ "disk free", NULL, "disk_free_bytes", "", false },
};
/* clang-format on */
#define HEADS (sizeof head / sizeof *head)

static void
head_value(const struct top *t, size_t i, char *out, size_t size)
{
	double v = head[i].number != NULL ? head[i].number(t)
					  : seen_num(&t->seen, head[i].key);

	if (!t->up)
		v = NAN;
	if (head[i].behind[0] != '\0' && !isnan(v))
		snprintf(out, size, "%.1f%s", v, head[i].behind);
	else
		format_number(out, size, head[i].key, v);
}

static int
head_width(const struct top *t, size_t i, char *value, size_t size)
{
	head_value(t, i, value, size);
	return (int)(strlen(head[i].label) + 1 + strlen(value)) +
	    (head[i].spark ? HEAD_SPARK + 1 : 0);
}

static void
draw_decisions(struct drawing *d, int column)
{
	const struct top *t = d->top;
	double most = 0;

	for (size_t i = 0; i < HEAD_SPARK; i++)
		most = fmax(most, top_at(t, t->decisions, i));
	for (size_t i = 0; i < HEAD_SPARK; i++)
		view_put_level(d->view, d->row,
		    column + HEAD_SPARK - 1 - (int)i, VIEW_SPARK,
		    most > 0 ? top_at(t, t->decisions, i) / most
			     : top_at(t, t->decisions, i));
}

/* As many as fit on a line. */
int
draw_head(struct drawing *d, int columns)
{
	char value[64];
	int column = 0, rows = 1;

	for (size_t i = 0; i < HEADS; i++) {
		int width = head_width(d->top, i, value, sizeof value);

		if (column > 0 && column + width > columns) {
			column = 0;
			rows++;
			d->row++;
		}
		if (d->view == NULL) {
			column += width + 3;
			continue;
		}
		column = view_put(d->view, d->row, column, columns, VIEW_DIM,
		    head[i].label);
		column = view_put(d->view, d->row, column + 1, columns,
		    VIEW_BOLD, value);
		if (head[i].spark) {
			draw_decisions(d, column + 1);
			column += HEAD_SPARK + 1;
		}
		column += 3;
	}
	d->row++;
	return rows;
}

int
draw_warnings(struct drawing *d)
{
	char text[TOP_WARNINGS][160], line[320], ago[32];
	size_t n = top_warnings(d->top, text);

	if (!d->top->up && d->view != NULL) {
		format_number(ago, sizeof ago, "uptime",
		    d->mono - d->top->since);
		snprintf(line, sizeof line, "no answer for %s: %s", ago,
		    d->top->why);
		view_put(d->view, d->row, 0, d->view->columns, VIEW_BAD, line);
	}
	for (size_t i = 0; i < n && d->view != NULL; i++)
		view_put(d->view, d->row + (int)i, 0, d->view->columns,
		    VIEW_WARNING, text[i]);
	n += !d->top->up;
	d->row += (int)n;
	return (int)n;
}
