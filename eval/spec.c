/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/spec.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLANKS " \t\n"

static enum err
add(struct player_spec *s, char *word, struct fault *f)
{
	char *equals = strchr(word, '=');

	if (equals == NULL || equals == word)
		return fault_set(f, ERR_BAD_REQUEST,
		    "policy \"%s\": \"%s\" is no setting=value", s->name, word);
	if (s->n == SPEC_MOST)
		return fault_set(f, ERR_BAD_REQUEST,
		    "policy \"%s\" has over %d settings", s->name, SPEC_MOST);
	*equals = '\0';
	for (int i = 0; i < s->n; i++)
		if (strcmp(s->key[i], word) == 0)
			return fault_set(f, ERR_BAD_REQUEST,
			    "policy \"%s\" has \"%s\" twice", s->name, word);
	s->key[s->n] = word;
	s->value[s->n++] = equals + 1;
	return ERR_NONE;
}

enum err
spec_parse(struct player_spec *s, const char *text, struct fault *f)
{
	enum err e = ERR_NONE;
	char *rest, *word;

	*s = (struct player_spec){ .text = mem_strdup(text) };
	s->name = strtok_r(s->text, BLANKS, &rest);
	if (s->name == NULL)
		return fault_set(f, ERR_BAD_REQUEST, "a policy has no name");
	while (e == ERR_NONE && (word = strtok_r(NULL, BLANKS, &rest)) != NULL)
		e = add(s, word, f);
	return e;
}

void
spec_fini(struct player_spec *s)
{
	free(s->text);
	*s = (struct player_spec){ 0 };
}

static const struct spec_number *
find(const struct spec_number *row, const char *name)
{
	while (row->name != NULL && strcmp(row->name, name) != 0)
		row++;
	return row->name != NULL ? row : NULL;
}

static enum err
unknown(const struct player_spec *s, const char *key,
    const struct spec_number *row, struct fault *f)
{
	fault_set(f, ERR_BAD_REQUEST, "policy \"%s\" has no setting \"%s\"",
	    s->name, key);
	for (const char *sep = "; it has "; row->name != NULL; row++) {
		fault_add(f, "%s%s", sep, row->name);
		sep = ", ";
	}
	return ERR_BAD_REQUEST;
}

enum err
spec_numbers(const struct player_spec *s, const struct spec_number *rows,
    struct fault *f)
{
	for (int i = 0; i < s->n; i++) {
		const struct spec_number *row = find(rows, s->key[i]);
		double value;
		char *end;

		if (row == NULL)
			return unknown(s, s->key[i], rows, f);
		value = strtod(s->value[i], &end);
		if (end == s->value[i] || *end != '\0' ||
		    !(row->min <= value && value <= row->max))
			return fault_set(f, ERR_BAD_REQUEST,
			    "policy \"%s\": %s = \"%s\" is no number from %g "
			    "to %g",
			    s->name, row->name, s->value[i], row->min,
			    row->max);
		*row->to = value;
	}
	return ERR_NONE;
}
