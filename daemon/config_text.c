/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/config_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Where the walk over the text is, and what is open there. */
struct walk {
	char *start, *p;
	int line;
	int depth, open_line; /* braces, and the line of the outermost */
};

/* Blanks n bytes, all but the ends of lines. */
static void
blank(struct walk *w, size_t n)
{
	for (; n > 0; n--, w->p++)
		if (*w->p == '\n')
			w->line++;
		else
			*w->p = ' ';
}

static bool
line_comment(struct walk *w)
{
	blank(w, strcspn(w->p, "\n"));
	return true;
}

static bool
block_comment(struct walk *w)
{
	const char *end = strstr(w->p + 2, "*/");

	if (end != NULL)
		blank(w, (size_t)(end + 2 - w->p));
	return end != NULL;
}

static bool
quoted(struct walk *w)
{
	int line = w->line;
	char *p = w->p + 1;

	for (; *p != '\0' && *p != *w->p; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		line += *p == '\n';
	}
	if (*p == '\0')
		return false;
	w->p = p + 1;
	w->line = line;
	return true;
}

/* Within a word, as in a path, two slashes are no comment. */
static bool
at_word_start(const struct walk *w)
{
	return w->p == w->start || strchr(" \t\r\n={}(),\"'", w->p[-1]);
}

static void
plain(struct walk *w)
{
	char c = *w->p++;

	if (c == '\n')
		w->line++;
	if (c == '{' && w->depth++ == 0)
		w->open_line = w->line;
	if (c == '}' && w->depth > 0)
		w->depth--;
}

/* One comment, quoted string or other character; false: it never ends. */
static bool
step(struct walk *w)
{
	if (*w->p == '"' || *w->p == '\'')
		return quoted(w);
	if (*w->p == '#' || (strncmp(w->p, "//", 2) == 0 && at_word_start(w)))
		return line_comment(w);
	if (strncmp(w->p, "/*", 2) == 0)
		return block_comment(w);
	plain(w);
	return true;
}

static enum err
never_ends(const char *path, int line, const char *what, struct fault *f)
{
	return fault_set(f, ERR_CONFIG,
	    "%s:%d: the %s that begins here never ends", path, line, what);
}

static enum err
check(char *text, const char *path, struct fault *f)
{
	struct walk w = { .start = text, .p = text, .line = 1 };

	while (*w.p != '\0')
		if (!step(&w))
			return never_ends(path, w.line,
			    *w.p == '/' ? "comment" : "quoted text", f);
	if (w.depth > 0)
		return never_ends(path, w.open_line, "section", f);
	return ERR_NONE;
}

static enum err
read_whole(struct buf *out, const char *path, struct fault *f)
{
	enum err e = ERR_NONE;
	FILE *file = fopen(path, "re");
	size_t n;

	if (file == NULL)
		return fault_set(f, ERR_CONFIG, "%s: %s", path,
		    strerror(errno));
	while (out->len <= CONFIG_TEXT_MAX &&
	    (n = fread(buf_reserve(out, 65536), 1, 65536, file)) > 0)
		out->len += n;
	if (ferror(file))
		e = fault_set(f, ERR_CONFIG, "%s: %s", path, strerror(errno));
	fclose(file);
	return e;
}

enum err
config_text_read(struct buf *out, const char *path, struct fault *f)
{
	enum err e = read_whole(out, path, f);

	if (e != ERR_NONE)
		return e;
	if (out->len > CONFIG_TEXT_MAX)
		return fault_set(f, ERR_CONFIG, "%s: longer than %d bytes",
		    path, CONFIG_TEXT_MAX);
	if (memchr(out->data, '\0', out->len) != NULL)
		return fault_set(f, ERR_CONFIG,
		    "%s: it holds a NUL byte and is not text", path);
	buf_put(out, "", 1);
	return check((char *)out->data, path, f);
}
