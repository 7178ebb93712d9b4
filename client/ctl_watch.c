/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --watch: the same question again and again, until it is interrupted. */
#include "client/ctl_watch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/ctl_args.h"

#define WORD "--watch"
#define EVERY_S 2.0
#define PATIENCE_S 1.0 /* for an answer, at least */

/* Such escape sequences as every terminal since the VT100 has. */
#define HOME "\033[H"
#define REST_OF_LINE "\033[K"
#define REST_OF_SCREEN "\033[J"
#define CUT_LINES "\033[?7l"
#define WRAP_LINES "\033[?7h"

static bool
read_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds >= 0.1 &&
	    *seconds <= 86400;
}

bool
watch_wanted(int *argc, char **argv, double *seconds)
{
	for (int i = 0; i < *argc; i++) {
		if (strncmp(argv[i], WORD, strlen(WORD)) != 0)
			continue;
		*seconds = EVERY_S;
		if (argv[i][strlen(WORD)] != '\0' &&
		    (argv[i][strlen(WORD)] != '=' ||
			!read_seconds(argv[i] + strlen(WORD) + 1, seconds)))
			*seconds = NAN;
		--*argc;
		memmove(&argv[i], &argv[i + 1],
		    (size_t)(*argc - i) * sizeof *argv);
		return true;
	}
	return false;
}

static int
rows_of_terminal(void)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return size.ws_row > 1 ? size.ws_row : 24;
}

/* The text over what was there, as much as there is room for. */
static void
put_in_place(const struct buf *text)
{
	const char *line = (const char *)text->data;
	const char *end = line + text->len;
	int rows = rows_of_terminal();

	fputs(HOME CUT_LINES, stdout);
	while (line < end && rows-- > 1) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((next != NULL ? next : end) - line);

		fwrite(line, 1, n, stdout);
		fputs(REST_OF_LINE "\r\n", stdout);
		line += n + 1;
	}
	fputs(WRAP_LINES REST_OF_SCREEN, stdout);
	fflush(stdout);
}

static void
put_title(const struct watch *w, struct buf *out)
{
	char text[32];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(text, sizeof text, "%H:%M:%S", &tm);
	buf_printf(out, "%s every %g s, %s\n\n", w->method->name, w->seconds,
	    text);
}

/* An answer, or why there is none, in place of the last or below it. */
static void
put_frame(struct ctl *ctl, const struct watch *w, bool answered, long n)
{
	bool in_place = isatty(STDOUT_FILENO) && !ctl->json;
	struct buf out = { 0 };

	if (in_place)
		put_title(w, &out);
	if (answered)
		ctl_put_answer(ctl, banditd_result(ctl->b), &out);
	else if (in_place)
		buf_printf(&out, "%s\n", banditd_message(ctl->b));
	else
		ctl_fail_call(ctl);
	if (in_place) {
		put_in_place(&out);
	} else {
		if (n > 0 && answered && !ctl->json)
			fputs("\n", stdout);
		ctl_write(&out);
		fflush(stdout);
	}
	buf_free(&out);
}

static bool
ask(struct ctl *ctl, const struct watch *w)
{
	struct fault f;

	banditd_begin(ctl->b, w->method->name);
	return args_put(w->args, w->method, ctl->raw, ctl->b, &f) == ERR_NONE &&
	    banditd_call(ctl->b) == 0;
}

static void
wait_for(double seconds)
{
	struct timespec t = { (time_t)seconds,
		(long)(1e9 * (seconds - floor(seconds))) };

	nanosleep(&t, NULL);
}

int
ctl_watch(struct ctl *ctl, const struct watch *w)
{
	if (!ctl->timed)
		banditd_set_timeout(ctl->b,
		    (int)(1000 * fmax(w->seconds, PATIENCE_S)));
	if (banditd_connect(ctl->b) != 0)
		return ctl_fail_connect(ctl);
	if (!ask(ctl, w))
		return ctl_fail_call(ctl);
	if (isatty(STDOUT_FILENO) && !ctl->json)
		fputs(HOME REST_OF_SCREEN, stdout);
	put_frame(ctl, w, true, 0);
	for (long n = 1; !ferror(stdout); n++) {
		wait_for(w->seconds);
		put_frame(ctl, w, ask(ctl, w), n);
	}
	return EX_IOERR;
}
