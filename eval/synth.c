/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Synthetic worlds of experts: prompts around centres on the sphere, and an
 * arm for each that is good at them.
 *
 * cluster:   mean reward lo + 0.01 a, and hi - lo more for the arm of the
 *            prompt's centre;
 * antipodal: the same, but half of the prompts are turned to the other side,
 *            so that no linear model can tell;
 * smooth:    hi - lo times exp(-|x - c_a|^2 / (2 0.6^2)) more.
 * A reward is that with noise, cut to 0..1; the noise of all rewards is
 * drawn after all prompts.
 *
 * With text, a router sees in place of the prompt a text about it (words.h),
 * hashed as that of a router with input = "text"; the rewards are the same.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/noise.h"
#include "eval/set_make.h"
#include "eval/words.h"
#include "features/text.h"

#define WIDTH 0.6               /* of the smooth world's arms */
#define STEP 0.01               /* between the arms, so that one is the best */
#define NUMBERS_MOST 50000000.0 /* of all contexts or rewards */

struct world {
	double rows, d, arms, tau, hi, lo, noise, text, words;
};

enum kind { CLUSTER, ANTIPODAL, SMOOTH };
static const char *const kinds[] = { "cluster", "antipodal", "smooth" };

static const struct {
	const char *name;
	size_t offset;
	double def, min, max;
} words[] = {
	{ "rows", offsetof(struct world, rows), 5000, 1, 1e7 },
	{ "d", offsetof(struct world, d), 32, 1, 65536 },
	{ "arms", offsetof(struct world, arms), 5, 1, 256 },
	{ "tau", offsetof(struct world, tau), 0.7, 0, 100 },
	{ "hi", offsetof(struct world, hi), 0.85, 0, 1 },
	{ "lo", offsetof(struct world, lo), 0.45, 0, 1 },
	{ "noise", offsetof(struct world, noise), 0.1, 0, 10 },
	{ "text", offsetof(struct world, text), 0, 0, 65536 },
	{ "words", offsetof(struct world, words), 100, 1, 1000 },
};
#define WORDS (sizeof words / sizeof *words)

static enum err
word_parse(struct world *w, const char *word, struct fault *f)
{
	const char *equals = strchr(word, '=');

	for (size_t i = 0; equals != NULL && i < WORDS; i++) {
		double *to = (double *)((char *)w + words[i].offset);
		size_t n = strlen(words[i].name);
		char *end;

		if ((size_t)(equals - word) != n ||
		    strncmp(word, words[i].name, n) != 0)
			continue;
		*to = strtod(equals + 1, &end);
		if (end == equals + 1 || *end != '\0' ||
		    !(words[i].min <= *to && *to <= words[i].max))
			return fault_set(f, ERR_BAD_REQUEST,
			    "synth: %s is a number from %g to %g, not \"%s\"",
			    words[i].name, words[i].min, words[i].max,
			    equals + 1);
		return ERR_NONE;
	}
	fault_set(f, ERR_BAD_REQUEST, "synth: no \"%s\"; there is", word);
	for (size_t i = 0; i < WORDS; i++)
		fault_add(f, "%s %s=", i > 0 ? "," : "", words[i].name);
	return ERR_BAD_REQUEST;
}

static enum err
kind_parse(const char *name, enum kind *kind, struct fault *f)
{
	for (int i = 0; i < 3; i++)
		if (name != NULL && strcmp(name, kinds[i]) == 0) {
			*kind = (enum kind)i;
			return ERR_NONE;
		}
	return fault_set(f, ERR_BAD_REQUEST,
	    "no synthetic world \"%s\"; there is cluster, antipodal and "
	    "smooth",
	    name != NULL ? name : "");
}

static enum err
parse(struct world *w, enum kind *kind, char *text, struct fault *f)
{
	char *rest = NULL;
	enum err e = kind_parse(strtok_r(text, ",", &rest), kind, f);

	for (size_t i = 0; i < WORDS; i++)
		memcpy((char *)w + words[i].offset, &words[i].def,
		    sizeof(double));
	for (char *word;
	     e == ERR_NONE && (word = strtok_r(NULL, ",", &rest)) != NULL;)
		e = word_parse(w, word, f);
	w->rows = floor(w->rows);
	w->d = floor(w->d);
	w->arms = floor(w->arms);
	w->text = floor(w->text);
	w->words = floor(w->words);
	if (e == ERR_NONE &&
	    w->rows * fmax(fmax(w->d, w->text), w->arms) > NUMBERS_MOST)
		e = fault_set(f, ERR_BAD_REQUEST,
		    "synth: rows times d, text or arms is over %g",
		    NUMBERS_MOST);
	if (e == ERR_NONE && w->text > 0 && WORDS_OTHER * w->d > NUMBERS_MOST)
		e = fault_set(f, ERR_BAD_REQUEST,
		    "synth: with text d is at most %g",
		    NUMBERS_MOST / WORDS_OTHER);
	return e;
}

static double
worth(const struct world *w, enum kind kind, const double *x,
    const double *centre, bool at_home)
{
	double square = 0;

	if (kind != SMOOTH)
		return at_home;
	for (int i = 0; i < (int)w->d; i++)
		square += (x[i] - centre[i]) * (x[i] - centre[i]);
	return exp(-square / (2 * WIDTH * WIDTH));
}

/* Who says what a prompt is. */
struct teller {
	struct words *words; /* NULL: its numbers */
	struct buf said;
	struct text text;
};

static void
tell(struct set *s, const struct world *w, int row, const double *x,
    struct teller *t)
{
	float *out = s->x + (size_t)row * (size_t)s->dimension;

	if (t->words == NULL) {
		for (int i = 0; i < s->dimension; i++)
			out[i] = (float)x[i];
		return;
	}
	words_about(t->words, x, (int)w->words, &t->said);
	text_vector(&t->text, (char *)t->said.data, t->said.len, out,
	    s->dimension, NULL); /* it is ASCII */
}

static void
make_row(struct set *s, const struct world *w, enum kind kind, int row,
    const double *centres, double *x, uint64_t *random)
{
	int d = (int)w->d, home = (int)(w->arms * noise_uniform(random));
	double side = 1;

	if (kind == ANTIPODAL)
		side = noise_uniform(random) < 0.5 ? -1 : 1;
	for (int i = 0; i < d; i++)
		x[i] = side * centres[home * d + i] +
		    w->tau * noise_gauss(random) / sqrt(d);
	noise_to_unit(x, d);
	s->task[row] = home;
	for (int a = 0; a < s->arms; a++)
		s->expected[(size_t)row * (size_t)s->arms + (size_t)a] = w->lo +
		    STEP * a +
		    (w->hi - w->lo) *
			worth(w, kind, x, centres + a * d, a == home);
}

static void
make(struct set *s, const struct world *w, enum kind kind, uint64_t seed)
{
	int d = (int)w->d;
	struct teller t = { 0 };
	double *centres =
	    mem_alloc((size_t)s->arms * (size_t)d, sizeof *centres);
	double *x = mem_alloc((size_t)d, sizeof *x);
	uint64_t random = seed;

	for (int i = 0; i < s->arms * d; i++)
		centres[i] = noise_gauss(&random);
	for (int a = 0; a < s->arms; a++)
		noise_to_unit(centres + a * d, d);
	if (w->text > 0) /* with random numbers of its own */
		t.words = words_new(d, ~seed);
	for (int row = 0; row < s->rows; row++) {
		make_row(s, w, kind, row, centres, x, &random);
		tell(s, w, row, x, &t);
	}
	for (size_t i = 0; i < (size_t)s->rows * (size_t)s->arms; i++) {
		double reward =
		    s->expected[i] + w->noise * noise_gauss(&random);

		s->reward[i] = fmin(fmax(reward, 0), 1);
		s->cost[i] = NAN;
	}
	words_free(t.words);
	buf_free(&t.said);
	text_fini(&t.text);
	free(centres);
	free(x);
}

/* The kind, and what is not as usual. */
static void
name_make(char *name, size_t size, const struct world *w, enum kind kind)
{
	int n = snprintf(name, size, "synth %s", kinds[kind]);

	for (size_t i = 0; i < WORDS && (size_t)n < size; i++) {
		double value;

		memcpy(&value, (const char *)w + words[i].offset, sizeof value);
		if (value != words[i].def)
			n += snprintf(name + n, size - (size_t)n, " %s=%.9g",
			    words[i].name, value);
	}
}

enum err
set_synth(struct set *s, const char *text, uint64_t seed, struct fault *f)
{
	char *copy = mem_strdup(text);
	struct world w;
	enum kind kind = CLUSTER;
	enum err e = parse(&w, &kind, copy, f);
	char name[256];

	free(copy);
	if (e != ERR_NONE)
		return e;
	name_make(name, sizeof name, &w, kind);
	set_make(s, name, (int)w.rows, (int)(w.text > 0 ? w.text : w.d),
	    (int)w.arms);
	s->expected =
	    mem_alloc((size_t)s->rows * (size_t)s->arms, sizeof *s->expected);
	for (int a = 0; a < s->arms; a++)
		snprintf(s->arm[a], sizeof s->arm[a], "arm%d", a);
	make(s, &w, kind, seed);
	return ERR_NONE;
}
