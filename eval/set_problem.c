/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A problem as the command line names it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "eval/set_make.h"

#define SYNTH "synth:"
#define COST "~cost"
#define COST_WEIGHT 0.3

/* "~cost" or "~cost=0.5" at the end; where it begins, or NULL. */
static const char *
cost_suffix(const char *spec)
{
	const char *at = strstr(spec, COST), *next;

	while (at != NULL && (next = strstr(at + 1, COST)) != NULL)
		at = next;
	if (at == NULL || (at[5] != '\0' && at[5] != '='))
		return NULL;
	return at;
}

static enum err
weight_parse(const char *suffix, double *weight, struct fault *f)
{
	char *end;

	*weight = COST_WEIGHT;
	if (suffix[5] == '\0')
		return ERR_NONE;
	*weight = strtod(suffix + 6, &end);
	if (end == suffix + 6 || *end != '\0' || !(fabs(*weight) <= 1e6))
		return fault_set(f, ERR_BAD_REQUEST,
		    "~cost takes a weight, not \"%s\"", suffix + 6);
	return ERR_NONE;
}

/* The logarithms of the mean costs of the cheapest arm and the dearest. */
static enum err
cost_range(const struct set *s, double *low, double *high, struct fault *f)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (int a = 0; a < s->arms; a++) {
		double c = log(set_mean_cost(s, a));

		*low = fmin(*low, c);
		*high = fmax(*high, c);
	}
	if (!isfinite(*low) || !isfinite(*high) || *low == *high)
		return fault_set(f, ERR_DATA,
		    "%s: ~cost needs arms of different known costs above 0",
		    s->name);
	return ERR_NONE;
}

static enum err
no_cost(const struct set *s, size_t i, struct fault *f)
{
	char where[SET_WHERE_SIZE];

	set_where(s, (int)(i / (size_t)s->arms), where);
	return fault_set(f, ERR_DATA,
	    "%s: the cost of %s is not known, or not above 0", where,
	    s->arm[i % (size_t)s->arms]);
}

static enum err
take_cost_off(struct set *s, double weight, const char *suffix, struct fault *f)
{
	size_t n = (size_t)s->rows * (size_t)s->arms;
	double low, high;
	enum err e = cost_range(s, &low, &high, f);
	struct buf name = { 0 };

	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; i < n; i++) {
		if (isnan(s->reward[i]))
			continue;
		if (!(s->cost[i] > 0))
			return no_cost(s, i, f);
		s->reward[i] -= weight * (log(s->cost[i]) - low) / (high - low);
	}
	buf_puts(&name, s->name);
	buf_puts(&name, suffix);
	buf_put(&name, "", 1);
	free(s->name);
	s->name = mem_strdup((const char *)name.data);
	buf_free(&name);
	return ERR_NONE;
}

/* Where the next file begins, behind a + after an ending of a set; or NULL. */
static char *
next_file(char *path)
{
	char *plus = path;

	while ((plus = strchr(plus + 1, '+')) != NULL) {
		*plus = '\0';
		if (set_readable(path) && plus[1] != '\0')
			return plus + 1;
		*plus = '+';
	}
	return NULL;
}

static enum err
read_files(struct set *s, char *path, struct fault *f)
{
	char *next = next_file(path);
	enum err e = set_read(s, path, f);
	struct set more;

	while (e == ERR_NONE && next != NULL) {
		path = next;
		next = next_file(path);
		if ((e = set_read(&more, path, f)) == ERR_NONE)
			e = set_join(s, &more, f);
	}
	return e;
}

static enum err
read_file(struct set *s, const char *spec, struct fault *f)
{
	const char *suffix = cost_suffix(spec);
	char *path = mem_strdup(spec);
	double weight = 0;
	enum err e = ERR_NONE;

	if (suffix != NULL) {
		path[suffix - spec] = '\0';
		e = weight_parse(suffix, &weight, f);
	}
	if (e == ERR_NONE)
		e = read_files(s, path, f);
	free(path);
	return e == ERR_NONE && suffix != NULL
	    ? take_cost_off(s, weight, suffix, f)
	    : e;
}

enum err
set_problem(struct set *s, const char *spec, uint64_t seed, struct fault *f)
{
	enum err e;

	*s = (struct set){ 0 };
	if (strncmp(spec, SYNTH, strlen(SYNTH)) == 0)
		e = set_synth(s, spec + strlen(SYNTH), seed, f);
	else
		e = read_file(s, spec, f);
	if (e != ERR_NONE)
		set_fini(s);
	return e;
}
