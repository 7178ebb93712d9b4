/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For a shell: what may be typed after the words that are there.  All that a
 * completion knows is printed here, so that there is no second list.
 */
#include "client/ctl.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/utf8.h"
#include "client/ctl_args.h"
#include "client/ctl_index.h"
#include "client/log_plot.h"

#define WORDS_MOST 64

/* What was typed behind the command. */
struct typed {
	struct ctl *ctl;
	int argc;
	char **argv;
};

static void
candidate(const char *word, const char *help)
{
	printf("%s\t%s\n", word, help);
}

/* The value that was given for a key; NULL where there is none. */
static const char *
typed_value(const struct typed *t, const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; i < t->argc; i++)
		if ((size_t)args_key(t->argv[i]) == n &&
		    strncmp(t->argv[i], key, n) == 0)
			return t->argv[i] + n + 1;
	return NULL;
}

static size_t
typed_positions(const struct typed *t)
{
	size_t n = 0;

	for (int i = 0; i < t->argc; i++)
		n += args_key(t->argv[i]) == 0;
	return n;
}

/* The names that a method lists: `arms` and `routers` answer an array of maps
 * under their own name. */
static void
put_names(const struct typed *t, const char *prefix, const char *method,
    const char *field)
{
	struct banditd_value list;
	char name[INDEX_TEXT], word[2 * INDEX_TEXT];

	banditd_begin(t->ctl->b, method);
	if (strcmp(field, "arm") == 0)
		banditd_put_str(t->ctl->b, "router", typed_value(t, "router"));
	if (banditd_call(t->ctl->b) != 0)
		return;
	list = banditd_field(banditd_result(t->ctl->b), method);
	for (size_t i = 0; i < banditd_length(list); i++) {
		index_text(banditd_item(list, i), field, name);
		snprintf(word, sizeof word, "%s%s", prefix, name);
		candidate(word, field);
	}
}

/* The values that a parameter may have, each behind the prefix. */
static void
put_values(const struct typed *t, const char *prefix, const char *name,
    const char *type)
{
	static const char *const arms[] = { "arm", "loser", "prefer_arm",
		"prior_from", "winner" };
	char word[INDEX_TEXT];

	for (size_t i = 0; i < sizeof arms / sizeof *arms; i++)
		if (strcmp(name, arms[i]) == 0)
			put_names(t, prefix, "arms", "arm");
	if (strcmp(name, "router") == 0)
		put_names(t, prefix, "routers", "router");
	for (int yes = 0; yes < 2 && strcmp(type, "boolean") == 0; yes++) {
		snprintf(word, sizeof word, "%.200s%s", prefix,
		    yes ? "true" : "false");
		candidate(word, type);
	}
}

struct wanted {
	char name[INDEX_TEXT], type[INDEX_TEXT], help[INDEX_TEXT];
};

static void
put_key(const struct typed *t, const struct wanted *w)
{
	char word[INDEX_TEXT + 1];

	snprintf(word, sizeof word, "%.250s=", w->name);
	candidate(word, w->help);
	put_values(t, word, w->name, w->type);
}

/* What may be typed behind commands of our own. */
static void
put_own(const struct typed *t, const char *words)
{
	bool plot = strcmp(words, "plot") == 0;

	for (const struct log_plot *k = log_plots;
	     plot && t->argc == 0 && k->name != NULL; k++)
		candidate(k->name, k->help);
	if ((plot && t->argc == 1) || strcmp(words, "top") == 0)
		put_names(t, "", "routers", "router");
}

/* The keys that are not given yet, and the values of the first of them that
 * the next word would fill. */
static void
put_arguments(const struct typed *t, const struct index_entry *e)
{
	struct wanted wanted[WORDS_MOST];
	bool watched = index_can_watch(e);
	size_t skip = typed_positions(t), n = 0;

	for (size_t i = 0; n < WORDS_MOST; i++) {
		struct banditd_value p = index_param(e, i);
		struct wanted *w = &wanted[n];

		if (p.data == NULL)
			break;
		index_text(p, "name", w->name);
		index_text(p, "type", w->type);
		index_text(p, "help", w->help);
		if (typed_value(t, w->name) != NULL)
			continue;
		if (skip > 0)
			skip--;
		else
			n++;
	}
	/* From here on the daemon is asked, which ends the index. */
	for (size_t i = 0; i < n; i++)
		put_key(t, &wanted[i]);
	if (n > 0)
		put_values(t, "", wanted[0].name, wanted[0].type);
	if (watched)
		candidate("--watch", "Again and again.");
}

/* The next word of the commands that begin with those typed. */
static void
put_commands(const struct index *x, int argc, char **argv)
{
	char prefix[INDEX_TEXT] = "", last[INDEX_TEXT] = "";

	if (argc > 1)
		return;
	if (argc == 1)
		snprintf(prefix, sizeof prefix, "%.250s ", argv[0]);
	for (size_t i = 0; i < x->n; i++) {
		const char *words = x->entry[i].words + strlen(prefix);
		char word[INDEX_TEXT];

		if (strncmp(x->entry[i].words, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(word, sizeof word, "%.*s", (int)strcspn(words, " "),
		    words);
		if (strcmp(word, last) != 0)
			candidate(word, x->entry[i].help);
		strcpy(last, word);
	}
}

int
ctl_complete(struct ctl *ctl, int argc, char **argv)
{
	const struct index_entry *e;
	struct typed t = { .ctl = ctl };
	struct index x;
	int used = 0;

	index_init(&x, ctl);
	e = index_find(&x, argc, argv, &used);
	t.argc = argc - used;
	t.argv = argv + used;
	if (e == NULL || strcmp(e->words, "help") == 0)
		put_commands(&x, argc - used, argv + used);
	else if (e->args != NULL)
		put_own(&t, e->words);
	else
		put_arguments(&t, e);
	if (argc == 0)
		for (size_t i = 0; ctl_options[i].name != NULL; i++)
			candidate(ctl_options[i].name, ctl_options[i].help);
	index_fini(&x);
	return EX_OK;
}
