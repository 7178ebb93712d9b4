/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/top_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/ctl_format.h"
#include "client/top_columns.h"

#define COLUMNS_MOST 32
#define NAME_MOST 40
#define SPARK_MOST 60
#define HEAD_SPARK 16

/* One drawing. */
struct drawing {
	struct top *top;
	struct view *view;
	double wall, mono;
	int row; /* the next that is free */
};

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

static void
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

/* As many as fit on a line; the rows it takes.  view NULL: only that. */
static int
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

static int
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

struct layout {
	size_t n;
	size_t column[COLUMNS_MOST];
	int width[COLUMNS_MOST];
};

static int
name_width(const struct top *t)
{
	int width = top_columns[0].width;

	for (size_t i = 0; i < t->arms; i++) {
		int len = (int)strlen(t->arm[i].now.name);

		width = len > width ? len : width;
	}
	return width < NAME_MOST ? width : NAME_MOST;
}

/* Leaves out the columns of the largest weight until the rest fits. */
static int
choose_columns(struct layout *l, int columns)
{
	int least =
	    columns < 2 * top_columns[0].width ? 8 : top_columns[0].width;
	int most = 0, left;

	for (const struct top_column *c = top_columns; c->title != NULL; c++)
		most = c->weight > most ? c->weight : most;
	for (int weight = most; weight >= 0; weight--) {
		l->n = 0;
		left = columns + 1;
		for (size_t i = 0; top_columns[i].title != NULL; i++)
			if (top_columns[i].weight <= weight) {
				l->column[l->n] = i;
				l->width[l->n] =
				    i > 0 ? top_columns[i].width : least;
				left -= l->width[l->n++] + 1;
			}
		if (left >= 0)
			return left;
	}
	l->width[0] = columns; /* not even the names */
	return 0;
}

/* The rest of the line is for names, then for the small diagrams alike. */
static void
lay_out(struct layout *l, const struct top *t, int columns)
{
	int left = choose_columns(l, columns);
	int more = name_width(t) - l->width[0], sparks = 0;

	more = more < left ? more : left;
	l->width[0] += more > 0 ? more : 0;
	left -= more > 0 ? more : 0;
	for (size_t i = 0; i < l->n; i++)
		sparks += top_columns[l->column[i]].cell == TOP_SPARK;
	for (size_t i = 0; i < l->n && sparks > 0; i++) {
		if (top_columns[l->column[i]].cell != TOP_SPARK)
			continue;
		more = SPARK_MOST - l->width[i];
		more = more < left / sparks ? more : left / sparks;
		l->width[i] += more;
		left -= more;
		sparks--;
	}
}

static void
draw_heading(struct drawing *d, const struct layout *l)
{
	int column = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct top_column *c = &top_columns[l->column[i]];
		enum view_attr attr =
		    l->column[i] == d->top->sort ? VIEW_SORTED : VIEW_BAR;

		if (c->cell == TOP_NUMBER)
			view_put_right(d->view, d->row, column, l->width[i],
			    attr, c->title);
		else
			view_put(d->view, d->row, column, l->width[i], attr,
			    c->title);
		column += l->width[i] + 1;
	}
	view_shade(d->view, d->row, 0, d->view->columns, VIEW_BAR);
	d->row++;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
format_cell(char *out, size_t size, const struct top_column *c,
    const struct top_arm *a)
{
	double v = c->number(a);

	if (isnan(v))
		snprintf(out, size, "-");
	else
		snprintf(out, size, c->format, v);
}
#pragma GCC diagnostic pop

static void
draw_cell(struct drawing *d, const struct top_column *c,
    const struct top_arm *a, int column, int width, enum view_attr attr)
{
	char text[64];

	if (c->cell == TOP_SPARK) {
		for (int i = 0; i < width; i++)
			view_put_level(d->view, d->row, column + width - 1 - i,
			    attr == VIEW_PLAIN ? VIEW_SPARK : attr,
			    c->level(d->top, a, (size_t)i));
	} else if (c->cell == TOP_NAME) {
		view_put_name(d->view, d->row, column, width, attr,
		    a->now.name);
	} else {
		format_cell(text, sizeof text, c, a);
		view_put_right(d->view, d->row, column, width, attr, text);
	}
}

static void
draw_arm(struct drawing *d, const struct layout *l, const struct top_arm *a)
{
	bool selected = a == top_selected(d->top);
	enum view_attr attr = selected ? VIEW_SELECTED
	    : !a->now.enabled          ? VIEW_DIM
				       : VIEW_PLAIN;
	int column = 0;

	for (size_t i = 0; i < l->n; i++) {
		draw_cell(d, &top_columns[l->column[i]], a, column, l->width[i],
		    attr);
		column += l->width[i] + 1;
	}
	if (!a->now.enabled && l->n > 2)
		view_put(d->view, d->row, l->width[0] + 1 + l->width[1] + 1,
		    l->width[2], attr, "paused");
	if (selected)
		view_shade(d->view, d->row, 0, d->view->columns, attr);
	d->row++;
}

/* As many arms as there is room for down to the row. */
static void
draw_arms(struct drawing *d, int end)
{
	struct top *t = d->top;
	struct layout l;

	lay_out(&l, t, d->view->columns);
	draw_heading(d, &l);
	t->shown = end > d->row ? (size_t)(end - d->row) : 0;
	if (t->first + t->shown > t->arms)
		t->first = t->arms > t->shown ? t->arms - t->shown : 0;
	top_sort(t);
	for (size_t i = t->first; i < t->arms && d->row < end; i++)
		draw_arm(d, &l, &t->arm[i]);
	if (t->arms == 0 && d->row < end)
		view_put(d->view, d->row, 0, d->view->columns, VIEW_DIM,
		    !t->up                      ? ""
			: top_router(t) == NULL ? "there is no such router"
						: "the router has no arms");
}

static void
draw_help(struct drawing *d, int end)
{
	for (const struct top_key *k = top_keys; k->name != NULL; k++) {
		if (d->row >= end)
			return;
		view_put(d->view, d->row, 2, 8, VIEW_BOLD, k->name);
		view_put(d->view, d->row++, 12, d->view->columns - 12,
		    VIEW_PLAIN, k->help);
	}
	if (d->row + 1 < end)
		view_put(d->view, ++d->row, 2, d->view->columns - 2, VIEW_DIM,
		    "Shares and rewards \"now\" are those of the last minute "
		    "at one look a second.");
}

static void
draw_keys(struct drawing *d, int row)
{
	static const char *const words[] = { "q quit", "h help", "s sort",
		"p pause", "r router", "+- time" };
	const struct top *t = d->top;
	char text[320], place[64];
	int column = 0, columns = d->view->columns;

	snprintf(place, sizeof place, "%zu-%zu of %zu arms, %g s",
	    t->arms > 0 ? t->first + 1 : 0,
	    t->first + t->shown < t->arms ? t->first + t->shown : t->arms,
	    t->arms, t->interval);
	if (t->mode == TOP_ASK && top_selected(t) != NULL) {
		snprintf(text, sizeof text, "%s %s? y: yes, any other key: no",
		    top_selected(t)->now.enabled ? "Pause" : "Enable",
		    t->selected);
		view_put(d->view, row, 0, columns, VIEW_BAD, text);
		return;
	}
	if (t->message[0] != '\0') {
		view_put(d->view, row, 0, columns, VIEW_WARNING, t->message);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (column + (int)strlen(words[i]) > columns)
			break;
		column = 2 +
		    view_put(d->view, row, column, columns, VIEW_BAR, words[i]);
	}
	if (column + (int)strlen(place) <= columns)
		view_put_right(d->view, row, 0, columns, VIEW_BAR, place);
	view_shade(d->view, row, 0, columns, VIEW_BAR);
}

/* On a screen too low for all, the table is what matters. */
static bool
is_low(const struct view *v)
{
	return v->rows < 12;
}

void
top_draw(struct top *t, struct view *v, double wall, double mono, bool keys)
{
	struct drawing d = { t, v, wall, mono, 0 };
	int end = keys && v->rows > 1 ? v->rows - 1 : v->rows;

	draw_title(&d);
	if (!is_low(v) || !keys)
		draw_head(&d, v->columns);
	draw_warnings(&d);
	if (!is_low(v) || !keys)
		d.row++;
	if (t->mode == TOP_HELP)
		draw_help(&d, end);
	else
		draw_arms(&d, end);
	if (end < v->rows) {
		for (int i = 0; i < v->columns; i++) /* what grew too long */
			v->cell[end * v->columns + i] = (struct view_cell){ 0 };
		draw_keys(&d, end);
	}
}

int
top_height(const struct top *t, int columns)
{
	struct drawing d = { .top = (struct top *)(uintptr_t)t };

	/* The title, a blank line, the heading, and a line at least. */
	return draw_head(&d, columns) + draw_warnings(&d) + 3 +
	    (int)(t->arms > 0 ? t->arms : 1);
}
