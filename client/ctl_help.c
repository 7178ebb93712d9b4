/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"
#include "client/ctl_index.h"
#include "client/ctl_table.h"

#define LINE_MOST 79

/* clang-format off */
const struct ctl_option ctl_options[] = {
	{ "-b", "", "A vector in a file or on standard input is raw float32." },
	{ "-j", "", "Print one JSON document." },
	{ "-s", " socket", "The daemon's socket, in place of BANDITD_SOCKET or the default." },
	{ "-t", " seconds", "How long to wait for the answer, 60 at first; 0: for ever." },
	{ "-V", "", "Print the version." },
	{ 0 }
};
/* clang-format on */

/* Appends a word to a paragraph, on a new line where it would be too long. */
static void
put_word(struct buf *out, size_t *column, size_t indent, const char *word)
{
	if (*column + 1 + strlen(word) > LINE_MOST) {
		buf_printf(out, "\n%*s", (int)indent, "");
		*column = indent;
	} else if (*column > 0) {
		buf_puts(out, " ");
		++*column;
	}
	buf_puts(out, word);
	*column += strlen(word);
}

static void
capitals(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)toupper((unsigned char)*text);
}

/* Required ones by their name alone, as they are mostly given by order; so is
 * the first of those that exclude each other. */
static void
usage_param(struct banditd_value p, bool *other, char *out)
{
	char name[INDEX_TEXT], type[INDEX_TEXT];
	bool required = false, either = false;

	index_text(p, "name", name);
	index_text(p, "type", type);
	banditd_bool(banditd_field(p, "required"), &required);
	banditd_bool(banditd_field(p, "either"), &either);
	if (either && *other) {
		capitals(type);
		snprintf(out, 2 * INDEX_TEXT, "| %.120s=%.120s", name, type);
	} else if (required || either) {
		*other = either;
		capitals(name);
		snprintf(out, 2 * INDEX_TEXT, "%s", name);
	} else if (strcmp(type, "settings") == 0) {
		snprintf(out, 2 * INDEX_TEXT, "[key=value ...]");
	} else {
		capitals(type);
		snprintf(out, 2 * INDEX_TEXT, "[%.120s=%.120s]", name, type);
	}
}

static void
put_usage(const struct index_entry *e, struct buf *out)
{
	char word[2 * INDEX_TEXT];
	size_t column = 0, indent = strlen("usage: ") + 4;
	struct banditd_value p;
	bool other = false; /* than one that was there before */

	put_word(out, &column, indent, "usage: banditctl");
	put_word(out, &column, indent, e->words);
	if (e->args != NULL && e->args[0] != '\0')
		put_word(out, &column, indent, e->args);
	for (size_t i = 0; (p = index_param(e, i)).data != NULL; i++) {
		usage_param(p, &other, word);
		put_word(out, &column, indent, word);
	}
	if (index_can_watch(e))
		put_word(out, &column, indent, "[--watch[=SECONDS]]");
	buf_puts(out, "\n");
}

static size_t
param_count(const struct index_entry *e)
{
	size_t n = 0;

	while (index_param(e, n).data != NULL)
		n++;
	return n;
}

/* Appends to a cell, the first of a row indented. */
static void
cell(const struct table *t, size_t row, size_t column, const char *text)
{
	struct buf *b = &table_cell(t, row, column)->text;

	buf_puts(b, column == 0 && b->len == 0 ? "  " : "");
	buf_puts(b, text);
}

static void
put_params(const struct index_entry *e, struct buf *out)
{
	char text[INDEX_TEXT];
	struct table t;

	table_init(&t, param_count(e), 3);
	for (size_t i = 0; i < t.rows; i++) {
		struct banditd_value p = index_param(e, i);

		index_text(p, "name", text);
		cell(&t, i, 0, text);
		index_text(p, "type", text);
		cell(&t, i, 1, text);
		index_text(p, "help", text);
		cell(&t, i, 2, text);
	}
	buf_puts(out, t.rows > 0 ? "\n" : "");
	table_put(&t, false, out);
	table_fini(&t);
}

static void
put_entry(const struct index_entry *e, struct buf *out)
{
	char role[INDEX_TEXT];

	put_usage(e, out);
	buf_printf(out, "\n%s\n", e->help);
	put_params(e, out);
	index_text(e->method, "role", role);
	if (role[0] != '\0')
		buf_printf(out, "\nRole: %s.\n", role);
}

/* Whether the entry's words begin with the prefix, a whole word or more. */
static bool
begins(const struct index_entry *e, const char *prefix)
{
	size_t n = strlen(prefix);

	return n == 0 ||
	    (strncmp(e->words, prefix, n) == 0 && e->words[n] == ' ');
}

/* How many there were. */
static size_t
put_list(const struct index *x, const char *prefix, struct buf *out)
{
	struct table t;
	size_t row = 0;

	table_init(&t, x->n, 2);
	for (size_t i = 0; i < x->n; i++)
		if (begins(&x->entry[i], prefix)) {
			cell(&t, row, 0, x->entry[i].words);
			cell(&t, row++, 1, x->entry[i].help);
		}
	t.rows = row;
	table_put(&t, false, out);
	table_fini(&t);
	return row;
}

static void
put_options(struct buf *out)
{
	struct table t;
	size_t n = 0;

	while (ctl_options[n].name != NULL)
		n++;
	table_init(&t, n, 2);
	for (size_t i = 0; i < n; i++) {
		cell(&t, i, 0, ctl_options[i].name);
		cell(&t, i, 0, ctl_options[i].arg);
		cell(&t, i, 1, ctl_options[i].help);
	}
	table_put(&t, false, out);
	table_fini(&t);
}

static void
put_overview(const struct index *x, struct buf *out)
{
	buf_puts(out,
	    "usage: banditctl [-bjV] [-s socket] [-t seconds] command "
	    "[argument ...]\n\nCommands:\n");
	put_list(x, "", out);
	buf_puts(out, "\nOptions:\n");
	put_options(out);
	buf_puts(out,
	    "\n\"banditctl help command\" shows its arguments; "
	    "banditctl(1) says more.\n");
}

static int
put_help(struct ctl *ctl, const struct index *x, int argc, char **argv,
    struct buf *out)
{
	const struct index_entry *e = index_find(x, argc, argv, NULL);
	struct cursor c = { x->methods.data, x->methods.data + x->methods.len };

	if (ctl->json) {
		json_put(out, &c);
		buf_puts(out, "\n");
	} else if (argc == 0) {
		put_overview(x, out);
	} else if (e != NULL) {
		put_entry(e, out);
	} else if (put_list(x, argv[0], out) == 0) {
		return ctl_fail(ctl, "usage",
		    "there is no such command; try \"banditctl help\"");
	}
	return EX_OK;
}

int
ctl_help(struct ctl *ctl, int argc, char **argv)
{
	struct buf out = { 0 };
	struct index x;
	int status;

	if (argc > 0 && strcmp(argv[0], "--words") == 0)
		return ctl_complete(ctl, argc - 1, argv + 1);
	index_init(&x, ctl);
	status = put_help(ctl, &x, argc, argv, &out);
	ctl_write(&out);
	buf_free(&out);
	index_fini(&x);
	return status;
}
