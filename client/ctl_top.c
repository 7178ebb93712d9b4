/* SPDX-License-Identifier: GPL-3.0-or-later */
/* top: looks at a router again and again, on a terminal or as text. */
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/ctl.h"
#include "client/top.h"
#include "client/top_screen.h"
#include "client/top_view.h"

#define PATIENCE_MS 1000 /* for an answer: keys wait meanwhile */

struct options {
	bool batch, utf8;
	long frames; /* < 0: without end */
	double interval;
	const char *router; /* NULL: the first */
};

static const struct clock real;

static int
usage(const struct ctl *ctl, const char *why)
{
	return ctl_fail(ctl, "usage", why);
}

static bool
read_interval(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds >= 0.1 &&
	    *seconds <= 3600;
}

static bool
read_frames(const char *text, long *n)
{
	char *end;

	*n = strtol(text, &end, 10);
	return end != text && *end == '\0' && *n > 0 && *n < 1000000000;
}

static int
options(struct ctl *ctl, struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){ .frames = -1, .interval = 1 };
	optind = 0; /* main() had its own */
	opterr = 0;
	while ((c = getopt(argc + 1, argv - 1, "bi:n:")) != -1)
		if (c == 'b')
			o->batch = true;
		else if (c == 'i' && !read_interval(optarg, &o->interval))
			return usage(ctl, "-i takes seconds, from 0.1 to 3600");
		else if (c == 'n' && !read_frames(optarg, &o->frames))
			return usage(ctl, "-n takes a number of frames");
		else if (c == '?')
			return usage(ctl,
			    "top takes -b, -i seconds, -n frames and a router");
	argc -= optind - 1;
	argv += optind - 1;
	if (argc > 1)
		return usage(ctl, "top takes one router");
	o->router = argc > 0 ? argv[0] : NULL;
	o->batch |=
	    ctl->json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO);
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	o->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	return EX_OK;
}

/* False: nothing was answered, and the top says why. */
static bool
sample(struct top *t, struct ctl *ctl)
{
	struct seen s = { 0 };
	char why[256];

	if (seen_take(&s, ctl->b, t->router[0] != '\0' ? t->router : NULL) ==
	    0) {
		top_take(t, &s, clock_mono(&real));
		return true;
	}
	snprintf(why, sizeof why, "%.200s", banditd_message(ctl->b));
	top_lost(t, why, clock_mono(&real));
	seen_fini(&s);
	return false;
}

/* The first has to succeed, so that a wrong socket or router is told as with
 * other commands. */
static int
first(struct top *t, struct ctl *ctl)
{
	if (banditd_connect(ctl->b) != 0)
		return ctl_fail_connect(ctl);
	if (!sample(t, ctl))
		return ctl_fail_call(ctl);
	if (top_router(t) == NULL)
		return ctl_fail(ctl, "unknown_router",
		    "there is no such router; see \"banditctl routers\"");
	return EX_OK;
}

static int
columns_wanted(void)
{
	const char *text = getenv("COLUMNS");
	long n = text != NULL ? strtol(text, NULL, 10) : 0;
	struct winsize size = { 0 };

	if (n >= 20 && n <= 1000)
		return (int)n;
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_col >= 20 ? size.ws_col : 80;
}

static void
print_frame(struct top *t, const struct options *o, bool json)
{
	struct buf out = { 0 };
	struct view v;

	if (json) {
		top_json(t, clock_wall(&real), &out);
	} else {
		view_init(&v, columns_wanted(), top_height(t, columns_wanted()),
		    o->utf8);
		top_draw(t, &v, clock_wall(&real), clock_mono(&real), false);
		for (int row = 0; row < v.rows; row++) {
			view_text(&v, row, &out);
			buf_puts(&out, "\n");
		}
		view_fini(&v);
	}
	ctl_write(&out);
	buf_free(&out);
	fflush(stdout);
}

static void
wait_until(double mono)
{
	double left = mono - clock_mono(&real);
	struct timespec t = { (time_t)left,
		(long)(1e9 * (left - floor(left))) };

	if (left > 0)
		nanosleep(&t, NULL);
}

static int
run_batch(struct top *t, struct ctl *ctl, const struct options *o)
{
	double next = clock_mono(&real);

	for (long n = 0; n != o->frames && !ferror(stdout); n++) {
		if (n > 0) {
			wait_until(next += t->interval);
			sample(t, ctl);
		}
		if (n > 0 && !ctl->json)
			fputs("\n", stdout);
		print_frame(t, o, ctl->json);
	}
	return EX_OK;
}

/* A pause, or its end; the answer is on the last line. */
static void
set_arm(struct top *t, struct ctl *ctl)
{
	const struct top_arm *a = top_selected(t);
	bool enable;

	if (a == NULL)
		return;
	enable = !a->now.enabled;
	banditd_begin(ctl->b, "arm.set");
	banditd_put_str(ctl->b, "arm", a->now.name);
	banditd_put_str(ctl->b, "router", t->router);
	banditd_put_bool(ctl->b, "enabled", enable);
	if (banditd_call(ctl->b) == 0)
		snprintf(t->message, sizeof t->message, "%s is %s", t->selected,
		    enable ? "enabled" : "paused");
	else
		snprintf(t->message, sizeof t->message, "%s: %.200s",
		    banditd_code(ctl->b), banditd_message(ctl->b));
	sample(t, ctl);
}

static void
show(struct top *t, const struct options *o)
{
	struct view v;
	int columns, rows;

	screen_size(&columns, &rows);
	view_init(&v, columns, rows, o->utf8);
	top_draw(t, &v, clock_wall(&real), clock_mono(&real), true);
	screen_show(&v);
	view_fini(&v);
}

/* Another router has its own history. */
static void
start_anew(struct top *t, struct ctl *ctl)
{
	struct top other;

	top_init(&other, t->router, t->interval);
	other.sort = t->sort;
	other.reverse = t->reverse;
	top_fini(t);
	*t = other;
	sample(t, ctl);
	if (t->arms > 0)
		strcpy(t->selected, t->arm[0].now.name);
}

/* Keys until then; false: it is to end. */
static bool
keys_until(struct top *t, struct ctl *ctl, const struct options *o,
    double *next)
{
	for (;;) {
		int key;

		show(t, o);
		key = screen_key(*next - clock_mono(&real));
		if (key == SCREEN_GONE)
			return false;
		if (key == SCREEN_RESIZE) /* terminals move what they show */
			screen_redraw();
		if (key == SCREEN_NONE && clock_mono(&real) >= *next)
			return true;
		switch (key < 0 ? TOP_NOTHING : top_key(t, key)) {
		case TOP_QUIT:
			return false;
		case TOP_SAMPLE:
			start_anew(t, ctl);
			*next = clock_mono(&real) + t->interval;
			break;
		case TOP_SET_ARM:
			set_arm(t, ctl);
			break;
		case TOP_REPAINT:
			screen_redraw();
			break;
		case TOP_NOTHING:
		case TOP_REDRAW:
			break;
		}
		if (*next > clock_mono(&real) + t->interval)
			*next = clock_mono(&real) + t->interval;
	}
}

static int
run_screen(struct top *t, struct ctl *ctl, const struct options *o)
{
	double next = clock_mono(&real) + t->interval;

	if (!screen_open(ctl_colour()))
		return ctl_fail(ctl, "usage",
		    "the terminal is not known: set TERM, or use top -b");
	if (t->arms > 0)
		strcpy(t->selected, t->arm[0].now.name);
	for (long n = 1; n != o->frames; n++) {
		if (!keys_until(t, ctl, o, &next))
			break;
		sample(t, ctl);
		next = clock_mono(&real) + t->interval;
	}
	screen_close();
	return EX_OK;
}

int
ctl_top(struct ctl *ctl, int argc, char **argv)
{
	struct options o;
	struct top *t;
	int status = options(ctl, &o, argc, argv);

	if (status != EX_OK)
		return status;
	t = malloc(sizeof *t);
	if (t == NULL)
		return ctl_fail(ctl, "no_memory", "out of memory");
	top_init(t, o.router, o.interval);
	if (!ctl->timed)
		banditd_set_timeout(ctl->b, PATIENCE_MS);
	status = first(t, ctl);
	if (status == EX_OK)
		status =
		    o.batch ? run_batch(t, ctl, &o) : run_screen(t, ctl, &o);
	top_fini(t);
	free(t);
	return status;
}
