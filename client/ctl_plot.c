/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: pictures of a router, from the daemon's log or an exported file. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"
#include "client/ctl.h"
#include "client/ctl_progress.h"
#include "client/ctl_reader.h"
#include "client/log_plot.h"

#define PAGE (4 << 20) /* bytes of records to ask for at a time */

struct options {
	const struct log_plot *kind;
	const char *router; /* NULL: that of the first record */
	const char *file;   /* with records; NULL: the daemon has them */
	const char *out;    /* NULL: standard output */
	enum theme theme;
};

static int
fail(const struct ctl *ctl, enum err e, const char *text)
{
	int status =
	    ctl_fail(ctl, e == ERR_DATA ? "bad_data" : err_word(e), text);

	return e == ERR_DATA || e == ERR_USAGE || e == ERR_UNAVAILABLE ||
		e == ERR_STORAGE
	    ? err_exit(e)
	    : status;
}

static const struct log_plot *
kind_find(const char *name)
{
	for (const struct log_plot *k = log_plots; k->name != NULL; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static int
usage(const struct ctl *ctl)
{
	return ctl_fail(ctl, "usage",
	    "plot takes curve, share, arms, calibration or pareto, then a "
	    "router, and -f file, -o file.svg or .png, --dark");
}

static int
options(struct ctl *ctl, struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "dark", no_argument, NULL, 'd' }, { 0 }
	};
	int c;

	*o = (struct options){ 0 };
	optind = 0; /* main() had its own */
	opterr = 0;
	while ((c = getopt_long(argc + 1, argv - 1, "f:o:", longs, NULL)) != -1)
		if (c == 'd')
			o->theme = THEME_DARK;
		else if (c == 'f')
			o->file = optarg;
		else if (c == 'o')
			o->out = optarg;
		else
			return usage(ctl);
	argc -= optind - 1;
	argv += optind - 1;
	o->kind = argc > 0 ? kind_find(argv[0]) : NULL;
	if (o->kind == NULL || argc > 2)
		return usage(ctl);
	o->router = argc > 1 ? argv[1] : NULL;
	return EX_OK;
}

static int
read_file(struct ctl *ctl, const char *path, struct rounds *rounds)
{
	struct reader r;
	struct fault f = { 0 };
	enum err e = reader_open(&r, path, &f);

	if (e != ERR_NONE)
		return fail(ctl, e, f.text);
	while ((e = reader_next(&r, &f)) == ERR_NONE && r.map.len > 0) {
		const struct cursor record = { r.map.data,
			r.map.data + r.map.len };

		e = rounds_take(rounds, record, &f);
		if (e != ERR_NONE) {
			char why[256];

			snprintf(why, sizeof why, "%.200s", f.text);
			fault_set(&f, e, "%s, number %llu: %s", path,
			    (unsigned long long)r.line, why);
			break;
		}
	}
	reader_close(&r);
	return e == ERR_NONE ? EX_OK : fail(ctl, e, f.text);
}

/* The records of an answer; false: they are none. */
static bool
take_events(struct rounds *rounds, struct banditd_value events)
{
	struct cursor c = { events.data, events.data + events.len };
	struct value array;
	struct fault f;

	if (events.data == NULL || !cursor_next(&c, &array) ||
	    array.type != VALUE_ARRAY)
		return false;
	for (uint32_t i = 0; i < array.u.count; i++) {
		struct cursor record = c;

		if (!cursor_skip(&c))
			return false;
		record.end = c.p;
		if (rounds_take(rounds, record, &f) != ERR_NONE)
			return false;
	}
	return true;
}

/* From there on; *next is behind it, and *last the end of the log. */
static int
read_page(struct ctl *ctl, const char *router, struct rounds *rounds,
    int64_t *next, int64_t *last)
{
	int64_t from = *next;
	struct banditd_value page;

	banditd_begin(ctl->b, "export");
	banditd_put_int(ctl->b, "from", from);
	banditd_put_int(ctl->b, "limit", PAGE);
	banditd_put_str(ctl->b, "router", router);
	if (banditd_call(ctl->b) != 0)
		return ctl_fail_call(ctl);
	page = banditd_result(ctl->b);
	if (!banditd_int(banditd_field(page, "next"), next) ||
	    !banditd_int(banditd_field(page, "last"), last) ||
	    (*next <= from && from <= *last) ||
	    !take_events(rounds, banditd_field(page, "events")))
		return ctl_fail(ctl, "bad_answer",
		    "what the daemon answered is no part of a log");
	return EX_OK;
}

/* Up to the end as it was at first; it may move on for ever. */
static int
read_daemon(struct ctl *ctl, const char *router, struct rounds *rounds)
{
	int64_t next = 1, last = 0, end = -1;
	int status;

	if (banditd_connect(ctl->b) != 0)
		return ctl_fail_connect(ctl);
	do {
		status = read_page(ctl, router, rounds, &next, &last);
		end = end < 0 ? last : end;
		progress_show("plot", (uint64_t)next, (uint64_t)end + 1);
	} while (status == EX_OK && next <= end);
	progress_clear();
	return status;
}

static void
put_series(const struct figure *f, const struct series *s, struct buf *out)
{
	buf_puts(out, "{\"name\": ");
	if (s->kind == SERIES_RULE)
		buf_puts(out, "null");
	else
		json_put_str(out, f->key[s->key], strlen(f->key[s->key]));
	buf_puts(out, ", \"points\": [");
	for (size_t i = 0; i < s->n; i++) {
		const double v[] = { s->point[i].x, s->point[i].y,
			s->point[i].lo, s->point[i].hi };

		for (size_t k = 0; k < 4; k++) {
			buf_puts(out, k > 0 ? ", " : i > 0 ? ", [" : "[");
			buf_put_num(out, v[k]);
		}
		buf_puts(out, "]");
	}
	buf_puts(out, "]}");
}

/* The numbers, for who draws them otherwise. */
static void
put_json(const struct figure *f, struct buf *out)
{
	buf_puts(out, "{\"panels\": [");
	for (size_t i = 0; i < f->n; i++) {
		const struct panel *p = &f->panel[i];

		buf_printf(out,
		    "%s{\"x\": \"%s\", \"y\": \"%s\", \"series\": [",
		    i > 0 ? ", " : "", p->xlabel, p->ylabel);
		for (size_t k = 0; k < p->n; k++) {
			buf_puts(out, k > 0 ? ", " : "");
			put_series(f, &p->series[k], out);
		}
		buf_puts(out, "]}");
	}
	buf_puts(out, "]}\n");
}

static int
show(struct ctl *ctl, const struct options *o, const struct figure *figure)
{
	struct screen screen;
	struct buf out = { 0 };
	struct fault f = { 0 };
	enum err e = ERR_NONE;

	if (o->out != NULL)
		e = figure_draw(figure, o->out, o->theme, &f);
	if (ctl->json) {
		put_json(figure, &out);
	} else if (o->out == NULL) {
		screen_ask(&screen);
		figure_text(figure, &screen, &out);
	}
	if (e == ERR_NONE)
		ctl_write(&out);
	buf_free(&out);
	return e == ERR_NONE ? EX_OK : fail(ctl, e, f.text);
}

int
ctl_plot(struct ctl *ctl, int argc, char **argv)
{
	struct figure figure = { 0 };
	struct rounds rounds = { 0 };
	struct fault f = { 0 };
	struct options o;
	int status = options(ctl, &o, argc, argv);
	enum err e;

	if (status != EX_OK)
		return status;
	if (o.router != NULL)
		snprintf(rounds.router, sizeof rounds.router, "%s", o.router);
	status = o.file != NULL ? read_file(ctl, o.file, &rounds)
				: read_daemon(ctl, o.router, &rounds);
	if (status == EX_OK) {
		e = o.kind->make(&figure, &rounds, &f);
		status = e == ERR_NONE ? show(ctl, &o, &figure)
				       : fail(ctl, e, f.text);
	}
	figure_fini(&figure);
	rounds_fini(&rounds);
	return status;
}
