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
 * A reward is that with noise, cut to 0..1.  SplitMix64 and Box-Muller, so
 * that the same numbers are easy to make elsewhere; the noise of all rewards is
 * drawn after all prompts.
 */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/set_make.h"

#define WIDTH 0.6               /* of the smooth world's arms */
#define STEP 0.01               /* between the arms, so that one is the best */
#define NUMBERS_MOST 50000000.0 /* of all contexts or rewards */

struct world {
	double rows, d, arms, tau, hi, lo, noise;
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
};
#define WORDS (sizeof words / sizeof *words)

static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static double
uniform(uint64_t *state)
{
	return ldexp((double)(next(state) >> 11), -53);
}

static double
gauss(uint64_t *state)
{
	double u = uniform(state), v = uniform(state);

	return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

static void
to_unit(double *x, int d)
{
	double square = 0;

	for (int i = 0; i < d; i++)
		square += x[i] * x[i];
	for (int i = 0; i < d; i++)
		x[i] /= sqrt(square);
}

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
	if (e == ERR_NONE && w->rows * fmax(w->d, w->arms) > NUMBERS_MOST)
		e = fault_set(f, ERR_BAD_REQUEST,
		    "synth: rows times d, or arms, is over %g", NUMBERS_MOST);
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

static void
make_row(struct set *s, const struct world *w, enum kind kind, int row,
    const double *centres, double *x, uint64_t *random)
{
	int d = s->dimension, home = (int)(w->arms * uniform(random));
	double side = 1;

	if (kind == ANTIPODAL)
		side = uniform(random) < 0.5 ? -1 : 1;
	for (int i = 0; i < d; i++)
		x[i] = side * centres[home * d + i] +
		    w->tau * gauss(random) / sqrt(d);
	to_unit(x, d);
	for (int i = 0; i < d; i++)
		s->x[(size_t)row * (size_t)d + (size_t)i] = (float)x[i];
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
	int d = s->dimension;
	double *centres =
	    mem_alloc((size_t)s->arms * (size_t)d, sizeof *centres);
	double *x = mem_alloc((size_t)d, sizeof *x);
	uint64_t random = seed;

	for (int i = 0; i < s->arms * d; i++)
		centres[i] = gauss(&random);
	for (int a = 0; a < s->arms; a++)
		to_unit(centres + a * d, d);
	for (int row = 0; row < s->rows; row++)
		make_row(s, w, kind, row, centres, x, &random);
	for (size_t i = 0; i < (size_t)s->rows * (size_t)s->arms; i++) {
		double reward = s->expected[i] + w->noise * gauss(&random);

		s->reward[i] = fmin(fmax(reward, 0), 1);
		s->cost[i] = NAN;
	}
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
	set_make(s, name, (int)w.rows, (int)w.d, (int)w.arms);
	s->expected =
	    mem_alloc((size_t)s->rows * (size_t)s->arms, sizeof *s->expected);
	for (int a = 0; a < s->arms; a++)
		snprintf(s->arm[a], sizeof s->arm[a], "arm%d", a);
	make(s, &w, kind, seed);
	return ERR_NONE;
}
