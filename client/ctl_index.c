/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "client/ctl_args.h"
#include "client/ctl_words.h"

#define ASK_MS 500

void
index_text(struct banditd_value row, const char *key, char *out)
{
	if (!banditd_str(banditd_field(row, key), out, INDEX_TEXT))
		out[0] = '\0';
	utf8_clean(out, strlen(out));
}

static void
set_words(struct index_entry *e, const char *name)
{
	struct buf words = { 0 };

	words_put(&words, name, strlen(name));
	snprintf(e->words, sizeof e->words, "%.*s", (int)words.len,
	    (const char *)words.data);
	buf_free(&words);
}

static void
add_method(struct index *x, struct banditd_value row)
{
	struct index_entry *e = &x->entry[x->n++];
	char name[INDEX_TEXT];

	*e = (struct index_entry){ .method = row };
	index_text(row, "name", name);
	index_text(row, "help", e->help);
	set_words(e, name);
}

static struct banditd_value
method_row(const struct index *x, const char *name)
{
	struct banditd_value rows = banditd_field(x->methods, "methods");
	char text[INDEX_TEXT];

	for (size_t i = 0; i < banditd_length(rows); i++) {
		index_text(banditd_item(rows, i), "name", text);
		if (strcmp(text, name) == 0)
			return banditd_item(rows, i);
	}
	return (struct banditd_value){ 0 };
}

static void
add_alias(struct index *x, const struct alias *a)
{
	struct index_entry *e = &x->entry[x->n];

	*e = (struct index_entry){ .method = method_row(x, a->method),
		.preset = a->preset };
	if (e->method.data == NULL)
		return;
	snprintf(e->help, sizeof e->help, "%s", a->help);
	set_words(e, a->name);
	x->n++;
}

/* In place of the method of its name, where there is one. */
static void
add_own(struct index *x, const struct ctl_command *c)
{
	struct index_entry *e = x->entry;

	while (e < x->entry + x->n && strcmp(e->words, c->name) != 0)
		e++;
	x->n += e == x->entry + x->n;
	*e = (struct index_entry){ .args = c->args };
	snprintf(e->help, sizeof e->help, "%s", c->help);
	set_words(e, c->name);
}

static void
ask(struct index *x, struct ctl *ctl)
{
	banditd_set_timeout(ctl->b, ASK_MS);
	banditd_begin(ctl->b, "methods");
	banditd_call(ctl->b);
	x->methods = banditd_result(ctl->b);
	if (banditd_length(banditd_field(x->methods, "methods")) > 0)
		return;
	methods_pack(&x->own);
	x->methods = (struct banditd_value){ x->own.data, x->own.len };
}

static int
by_words(const void *a, const void *b)
{
	return strcmp(((const struct index_entry *)a)->words,
	    ((const struct index_entry *)b)->words);
}

static size_t
others(void)
{
	size_t n = 0;

	for (const struct alias *a = aliases; a->name != NULL; a++)
		n++;
	for (const struct ctl_command *c = ctl_commands; c->name != NULL; c++)
		n++;
	return n;
}

void
index_init(struct index *x, struct ctl *ctl)
{
	struct banditd_value rows;

	*x = (struct index){ 0 };
	ask(x, ctl);
	rows = banditd_field(x->methods, "methods");
	x->entry = mem_alloc(banditd_length(rows) + others(), sizeof *x->entry);
	for (size_t i = 0; i < banditd_length(rows); i++)
		add_method(x, banditd_item(rows, i));
	for (const struct alias *a = aliases; a->name != NULL; a++)
		add_alias(x, a);
	for (const struct ctl_command *c = ctl_commands; c->name != NULL; c++)
		add_own(x, c);
	qsort(x->entry, x->n, sizeof *x->entry, by_words);
}

void
index_fini(struct index *x)
{
	free(x->entry);
	buf_free(&x->own);
}

/* Whether words are the first n of argv, typed in any of their forms. */
static bool
same_words(const char *words, int n, char **argv)
{
	struct buf typed = { 0 };
	bool same;

	for (int i = 0; i < n; i++) {
		buf_puts(&typed, i > 0 ? " " : "");
		words_put(&typed, argv[i], strlen(argv[i]));
	}
	same = strlen(words) == typed.len &&
	    memcmp(words, typed.data, typed.len) == 0;
	buf_free(&typed);
	return same;
}

const struct index_entry *
index_find(const struct index *x, int argc, char **argv, int *used)
{
	for (int n = argc; n > 0; n = used != NULL ? n - 1 : 0)
		for (size_t i = 0; i < x->n; i++)
			if (same_words(x->entry[i].words, n, argv)) {
				if (used != NULL)
					*used = n;
				return &x->entry[i];
			}
	return NULL;
}

static bool
is_preset(const struct index_entry *e, struct banditd_value param)
{
	char name[INDEX_TEXT];
	size_t n = e->preset != NULL ? (size_t)args_key(e->preset) : 0;

	index_text(param, "name", name);
	return n > 0 && strlen(name) == n && memcmp(name, e->preset, n) == 0;
}

struct banditd_value
index_param(const struct index_entry *e, size_t i)
{
	struct banditd_value params = banditd_field(e->method, "params"), p;

	for (size_t at = 0;; at++) {
		p = banditd_item(params, at);
		if (is_preset(e, p))
			continue;
		if (i-- == 0 || p.data == NULL)
			return p;
	}
}

bool
index_can_watch(const struct index_entry *e)
{
	char role[INDEX_TEXT];

	index_text(e->method, "role", role);
	return strcmp(role, "read") == 0;
}
