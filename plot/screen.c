/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "plot/figure.h"

/* A number of the environment, as a shell sets COLUMNS; else 0. */
static int
size_in(const char *name)
{
	const char *text = getenv(name);
	long n = text == NULL ? 0 : strtol(text, NULL, 10);

	return n >= 20 && n <= 1000 ? (int)n : 0;
}

void
screen_ask(struct screen *s)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	bool tty = isatty(STDOUT_FILENO);
	struct winsize size = { 0 };

	setlocale(LC_CTYPE, "");
	s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	s->colour = tty && (no == NULL || *no == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
	if (tty)
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	s->columns = size_in("COLUMNS");
	if (s->columns == 0)
		s->columns = size.ws_col >= 20 ? size.ws_col : 80;
	s->rows = size_in("LINES");
	if (s->rows == 0)
		s->rows = size.ws_row >= 12 ? size.ws_row : 24;
}
