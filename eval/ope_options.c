/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/ope_options.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/setting.h"

const char ope_usage[] =
    "usage: bandit-eval ope [-j] -p policy [-p policy]... [--router name]\n"
    "           [--since time] [--until time] [--estimator name]...\n"
    "           [--clip weight] [--seed n] [--guard file [--budget n]] log\n";

#define FIELD(f) offsetof(struct ope_options, f)
static const struct setting numbers[] = {
	{ .name = "clip",
	    .type = SETTING_NUM,
	    .offset = FIELD(clip),
	    .min = 1e-6,
	    .max = 1e12,
	    .unit = "" },
	{ .name = "seed",
	    .type = SETTING_INT,
	    .offset = FIELD(seed),
	    .min = 0,
	    .max = 1e15,
	    .unit = "" },
	{ .name = "budget",
	    .type = SETTING_INT,
	    .offset = FIELD(budget),
	    .min = 1,
	    .max = 1e6,
	    .unit = "" },
	{ 0 },
};

struct row {
	const char *name;
	int letter; /* 0: it has none */
	size_t offset;
	enum err (*take)(struct ope_options *, const struct row *,
	    const char *arg, struct fault *);
};

static enum err
take_word(struct ope_options *o, const struct row *r, const char *arg,
    struct fault *f)
{
	(void)f;
	*(const char **)((char *)o + r->offset) = arg;
	return ERR_NONE;
}

static enum err
take_number(struct ope_options *o, const struct row *r, const char *arg,
    struct fault *f)
{
	const struct setting *s =
	    setting_find(numbers, r->name, strlen(r->name));

	if (setting_parse(s, o, arg, f) == ERR_NONE)
		return ERR_NONE;
	return f->code = ERR_USAGE;
}

static enum err
take_json(struct ope_options *o, const struct row *r, const char *arg,
    struct fault *f)
{
	(void)r, (void)arg, (void)f;
	o->json = true;
	return ERR_NONE;
}

static enum err
take_policy(struct ope_options *o, const struct row *r, const char *arg,
    struct fault *f)
{
	(void)r, (void)f;
	o->spec = mem_realloc(o->spec, (size_t)o->specs + 1, sizeof(*o->spec));
	o->spec[o->specs++] = arg;
	return ERR_NONE;
}

static enum err
no_estimator(const char *name, struct fault *f)
{
	const struct ope_estimator *e = ope_estimators;

	fault_set(f, ERR_USAGE, "no estimator \"%s\"; there are all", name);
	for (; e->name != NULL; e++)
		fault_add(f, ", %s", e->name);
	return ERR_USAGE;
}

static enum err
take_estimator(struct ope_options *o, const struct row *r, const char *arg,
    struct fault *f)
{
	const struct ope_estimator *e = ope_estimators;
	bool all = strcmp(arg, "all") == 0;

	(void)r;
	if (!all && ope_estimator_find(arg) == NULL)
		return no_estimator(arg, f);
	for (; e->name != NULL; e++)
		if (all || strcmp(arg, e->name) == 0) {
			o->estimator = mem_realloc(o->estimator,
			    (size_t)o->estimators + 1, sizeof(*o->estimator));
			o->estimator[o->estimators++] = e;
		}
	return ERR_NONE;
}

static const struct row rows[] = {
	{ "policy", 'p', 0, take_policy },
	{ "json", 'j', 0, take_json },
	{ "estimator", 0, 0, take_estimator },
	{ "router", 0, FIELD(router), take_word },
	{ "guard", 0, FIELD(guard), take_word },
	{ "since", 0, FIELD(since), take_word },
	{ "until", 0, FIELD(until), take_word },
	{ "clip", 0, 0, take_number },
	{ "seed", 0, 0, take_number },
	{ "budget", 0, 0, take_number },
};
#define ROWS (sizeof rows / sizeof *rows)

/* What getopt says of the row. */
static int
row_code(size_t i)
{
	return rows[i].letter != 0 ? rows[i].letter : 256 + (int)i;
}

static enum err
option_take(struct ope_options *o, int code, struct fault *f)
{
	for (size_t i = 0; i < ROWS; i++)
		if (code == row_code(i))
			return rows[i].take(o, &rows[i], optarg, f);
	return fault_set(f, ERR_USAGE, "%s", ope_usage);
}

static enum err
options_take(struct ope_options *o, int argc, char **argv, struct fault *f)
{
	struct option longs[ROWS + 1] = { 0 };
	enum err e = ERR_NONE;
	int code;

	for (size_t i = 0; i < ROWS; i++)
		longs[i] = (struct option){ rows[i].name,
			rows[i].take == take_json ? no_argument
						  : required_argument,
			NULL, row_code(i) };
	optind = 0; /* anew: main() has looked at options, too */
	opterr = 0;
	while (e == ERR_NONE &&
	    (code = getopt_long(argc, argv, "jp:", longs, NULL)) != -1)
		e = option_take(o, code, f);
	return e;
}

enum err
ope_options_read(struct ope_options *o, int argc, char **argv, struct fault *f)
{
	enum err e;

	*o = (struct ope_options){ .clip = 10, .seed = 1 };
	e = options_take(o, argc, argv, f);
	if (e != ERR_NONE)
		return e;
	if (optind != argc - 1 || o->specs == 0 ||
	    (o->budget > 0 && o->guard == NULL))
		return fault_set(f, ERR_USAGE, "%s", ope_usage);
	o->log = argv[optind];
	return o->estimators > 0 ? ERR_NONE : take_estimator(o, NULL, "dr", f);
}

void
ope_options_fini(struct ope_options *o)
{
	free(o->spec);
	free(o->estimator);
	*o = (struct ope_options){ 0 };
}

/* A date in UTC, or NaN. */
static double
date_parse(const char *text)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M",
		"%Y-%m-%dT%H:%M:%S" };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, forms[i], &tm);

		if (end != NULL && (*end == '\0' || strcmp(end, "Z") == 0))
			return (double)timegm(&tm);
	}
	return NAN;
}

/* A date; @seconds since the epoch; or how long before the log's end. */
static enum err
time_parse(const char *option, const char *text, double end, double *out,
    struct fault *f)
{
	struct setting ago = { .name = option,
		.type = SETTING_TIME,
		.max = 1e12,
		.unit = "" };
	char *rest;

	*out = date_parse(text);
	if (!isnan(*out))
		return ERR_NONE;
	if (text[0] == '@') {
		*out = strtod(text + 1, &rest);
		if (rest != text + 1 && *rest == '\0' && isfinite(*out))
			return ERR_NONE;
	} else if (setting_parse(&ago, out, text, NULL) == ERR_NONE) {
		*out = end - *out;
		return ERR_NONE;
	}
	return fault_set(f, ERR_USAGE,
	    "%s %s: it takes a time before the log's end (12h, 7d), a date "
	    "(2026-03-31, 2026-03-31T12:00, UTC) or @seconds",
	    option, text);
}

/* The first round that is not before a time; all have one. */
static long
round_at(const struct rounds *r, double t)
{
	long i = 0;

	while (i < r->n && r->round[i].time < t)
		i++;
	return i;
}

static enum err
times_check(const struct rounds *r, struct fault *f)
{
	for (long i = 0; i < r->n; i++)
		if (isnan(r->round[i].time))
			return fault_set(f, ERR_DATA,
			    "%s:%ld: there is no time, which --since and "
			    "--until need",
			    r->name, r->round[i].line);
	return ERR_NONE;
}

enum err
ope_options_window(const struct ope_options *o, const struct rounds *r,
    long *from, long *to, struct fault *f)
{
	double end = r->n > 0 ? r->round[r->n - 1].time : 0, t;
	enum err e = ERR_NONE;

	*from = 0;
	*to = r->n;
	if (o->since != NULL || o->until != NULL)
		e = times_check(r, f);
	if (e == ERR_NONE && o->since != NULL) {
		e = time_parse("--since", o->since, end, &t, f);
		*from = e == ERR_NONE ? round_at(r, t) : 0;
	}
	if (e == ERR_NONE && o->until != NULL) {
		e = time_parse("--until", o->until, end, &t, f);
		*to = e == ERR_NONE ? round_at(r, t) : 0;
	}
	return e;
}
