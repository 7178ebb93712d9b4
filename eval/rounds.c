/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logged rounds from a file of maps.
 *
 * Of the daemon's export a round is a record of the kind "reward" with a
 * decision, whose arm is the first of its slate; arms have their names from the
 * records of the kind "arm.add".  A map without a kind is a round as another
 * program writes it.
 */
#include "eval/rounds.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/event.h"
#include "base/mem.h"
#include "client/ctl_reader.h"
#include "eval/log_arms.h"
#include "eval/map.h"
#include "features/context.h"

#define NUMBERS_MOST ((size_t)1 << 30) /* of all contexts */
#define TIME_MOST 1e11                 /* seconds, the year 5138 */

/* Records that are left out whatever is in them. */
static const char *const left_kinds[LEFT_KINDS] = { [LEFT_CLICK] = "click",
	[LEFT_PREFER] = "prefer",
	[LEFT_EXPIRED] = "expire" };

struct reading {
	struct rounds *out;
	struct reader reader;
	struct fault *fault;
	struct cursor map;  /* the record */
	const char *router; /* NULL: the only one */
	char only[NAME_SIZE];
	struct log_arms arms;
	long cap;
	uint64_t (*eligible)[ARMS_MAX / 64]; /* [cap], a bit an arm */
};

static enum err
wrong(const struct reading *r, const char *what)
{
	return fault_set(r->fault, ERR_DATA, "%.200s:%" PRIu64 ": %s",
	    r->reader.name, r->reader.line, what);
}

static enum err
know(struct reading *r)
{
	char name[NAME_SIZE];
	uint32_t uid;
	int arm;

	if (!map_name(r->map, "name", name))
		return wrong(r, "arm.add without a name");
	if (!map_uint(r->map, "arm", &uid))
		return ERR_NONE;
	if ((arm = log_arms_name(&r->arms, name)) < 0)
		return wrong(r, "more than 256 arms");
	log_arms_remember(&r->arms, uid, arm);
	return ERR_NONE;
}

/* Room for one round more; the first fixes the dimension. */
static enum err
grow(struct reading *r, int dimension)
{
	struct rounds *out = r->out;
	size_t numbers;

	if (out->n == 0)
		out->dimension = dimension;
	if (dimension != out->dimension)
		return fault_set(r->fault, ERR_DATA,
		    "%.200s:%" PRIu64 ": x has %d numbers, others have %d",
		    r->reader.name, r->reader.line, dimension, out->dimension);
	if (out->n < r->cap)
		return ERR_NONE;
	r->cap = r->cap > 0 ? 2 * r->cap : 1024;
	numbers = (size_t)r->cap * (size_t)out->dimension;
	if (numbers > NUMBERS_MOST)
		return wrong(r, "the log is too long");
	out->x = mem_realloc(out->x, numbers, sizeof *out->x);
	out->round =
	    mem_realloc(out->round, (size_t)r->cap, sizeof *out->round);
	r->eligible =
	    mem_realloc(r->eligible, (size_t)r->cap, sizeof *r->eligible);
	return ERR_NONE;
}

static enum err
take_context(struct reading *r)
{
	struct cursor at = cursor_find(r->map, "x");
	long n = at.p != NULL ? vector_length(&at) : -1, bad;
	struct fault f = { 0 };
	enum err e;
	float *x;

	if (n < 1 || n > CONTEXT_MAX_DIMENSION)
		return wrong(r, "x is no vector");
	if ((e = grow(r, (int)n)) != ERR_NONE)
		return e;
	x = r->out->x + (size_t)r->out->n * (size_t)n;
	if (!vector_read(&at, x, &bad))
		return wrong(r, "x is no vector of numbers");
	if (context_check(x, (int)n, true, NULL, &f) != ERR_NONE)
		return wrong(r, f.text);
	return ERR_NONE;
}

/* Numbers that a round may have, beside those it must. */
static enum err
take_numbers(struct reading *r, struct round *round)
{
	round->cost = round->time = NAN;
	round->line = (long)r->reader.line;
	if (!map_num(r->map, "reward", &round->reward) ||
	    !isfinite(round->reward))
		return wrong(r, "reward is no number");
	if (cursor_find(r->map, "cost").p != NULL &&
	    (!map_num(r->map, "cost", &round->cost) || isinf(round->cost)))
		return wrong(r, "cost is no number");
	if (cursor_find(r->map, "time").p != NULL &&
	    (!map_num(r->map, "time", &round->time) ||
		fabs(round->time) > TIME_MOST))
		return wrong(r, "time is no number of seconds");
	return ERR_NONE;
}

static void
allow(struct reading *r, int arm)
{
	r->eligible[r->out->n][arm / 64] |= (uint64_t)1 << arm % 64;
}

static void
allow_all(struct reading *r)
{
	memset(r->eligible[r->out->n], 0xff, sizeof *r->eligible);
}

static enum err
check_propensity(const struct reading *r, double p)
{
	return isnan(p) || (p > 0 && p <= 1)
	    ? ERR_NONE
	    : wrong(r, "propensity is not above 0 and up to 1");
}

/* The first of the decision's slate, and how long that is; 0: none. */
static long
first_shown(struct cursor decision, struct cursor *first)
{
	*first = cursor_find(decision, "slate");
	return array_enter(first);
}

static enum err
take_eligible(struct reading *r, struct cursor decision)
{
	struct cursor at = cursor_find(decision, "eligible");
	long n = array_enter(&at);

	memset(r->eligible[r->out->n], 0, sizeof *r->eligible);
	for (; n > 0; n--) {
		double uid;
		int arm;

		if (!map_take_number(&at, &uid) ||
		    !(uid >= 1 && uid <= UINT32_MAX))
			return wrong(r, "eligible is no array of arms");
		if ((arm = log_arms_uid(&r->arms, (uint32_t)uid)) < 0)
			return wrong(r, "more than 256 arms");
		allow(r, arm);
	}
	return ERR_NONE;
}

/* A record of a reward for the first arm that its decision showed. */
static enum err
take_shown(struct reading *r, struct cursor decision, struct cursor first)
{
	struct round round = { 0 };
	char name[NAME_SIZE];
	uint32_t uid;
	enum err e;

	if (!map_uint(first, "arm", &uid) ||
	    !map_num(first, "propensity", &round.propensity))
		return wrong(r, "its slate has no arm, or no propensity");
	if ((e = check_propensity(r, round.propensity)) != ERR_NONE ||
	    (e = take_context(r)) != ERR_NONE ||
	    (e = take_numbers(r, &round)) != ERR_NONE)
		return e;
	round.arm = map_name(first, "arm_name", name)
	    ? log_arms_named(&r->arms, uid, name)
	    : log_arms_uid(&r->arms, uid);
	if (round.arm < 0)
		return wrong(r, "more than 256 arms");
	if ((e = take_eligible(r, decision)) != ERR_NONE)
		return e;
	allow(r, round.arm);
	r->out->round[r->out->n++] = round;
	return ERR_NONE;
}

static enum err
take_reward(struct reading *r)
{
	struct cursor decision = cursor_find(r->map, "decision"), first;
	uint32_t arm, shown;
	long length;

	if (decision.p == NULL) {
		r->out->left[LEFT_OBSERVED]++;
		return ERR_NONE;
	}
	length = first_shown(decision, &first);
	if (length < 1)
		return wrong(r, "its decision has no slate");
	if (length > 1)
		r->out->slates++;
	if (map_uint(r->map, "arm", &arm) && map_uint(first, "arm", &shown) &&
	    arm != shown) {
		r->out->left[LEFT_FURTHER]++;
		return ERR_NONE;
	}
	return take_shown(r, decision, first);
}

/* Whether the record is of the router that is wanted. */
static enum err
of_router(struct reading *r, bool *it_is)
{
	char name[NAME_SIZE] = "";

	*it_is = true;
	if (!map_name(r->map, "router_name", name))
		*it_is = r->router == NULL;
	else if (r->router != NULL)
		*it_is = strcmp(name, r->router) == 0;
	else if (r->only[0] == '\0')
		memcpy(r->only, name, sizeof name);
	else if (strcmp(r->only, name) != 0)
		return fault_set(r->fault, ERR_DATA,
		    "%.200s:%" PRIu64 ": the log has routers \"%s\" and "
		    "\"%s\"; say which with --router",
		    r->reader.name, r->reader.line, r->only, name);
	return ERR_NONE;
}

/* As another program writes it: eligible has names, and is all arms where it
 * is left out. */
static enum err
take_plain(struct reading *r)
{
	struct round round = { .propensity = NAN };
	struct cursor at = cursor_find(r->map, "eligible");
	char name[NAME_SIZE];
	long n = array_enter(&at);
	int arm;
	enum err e;

	if (!map_name(r->map, "arm", name))
		return wrong(r, "arm is no name");
	if ((round.arm = log_arms_name(&r->arms, name)) < 0)
		return wrong(r, "more than 256 arms");
	if (cursor_find(r->map, "propensity").p != NULL &&
	    !map_num(r->map, "propensity", &round.propensity))
		return wrong(r, "propensity is no number");
	if ((e = check_propensity(r, round.propensity)) != ERR_NONE ||
	    (e = take_context(r)) != ERR_NONE ||
	    (e = take_numbers(r, &round)) != ERR_NONE)
		return e;
	memset(r->eligible[r->out->n], 0, sizeof *r->eligible);
	if (n < 0)
		allow_all(r);
	for (; n > 0; n--) {
		if (!map_take_name(&at, name) ||
		    (arm = log_arms_name(&r->arms, name)) < 0)
			return wrong(r, "eligible is no array of names");
		allow(r, arm);
	}
	allow(r, round.arm);
	r->out->round[r->out->n++] = round;
	return ERR_NONE;
}

static enum err
take_map(struct reading *r)
{
	struct cursor kind = cursor_find(r->map, "kind");
	const char *word;
	uint32_t len;
	bool mine;
	enum err e;

	if (kind.p == NULL)
		return take_plain(r);
	if (!cursor_str(&kind, &word, &len))
		return wrong(r, "kind is no word");
	if ((e = of_router(r, &mine)) != ERR_NONE || !mine)
		return e;
	if (word_is("arm.add", word, len))
		return know(r);
	if (word_is("reward", word, len))
		return take_reward(r);
	for (int i = 0; i < LEFT_KINDS; i++)
		r->out->left[i] +=
		    left_kinds[i] != NULL && word_is(left_kinds[i], word, len);
	return ERR_NONE;
}

static void
spread_eligible(struct reading *r)
{
	struct rounds *out = r->out;
	size_t arms = (size_t)out->arms;

	out->eligible = mem_alloc((size_t)out->n * arms, 1);
	for (long i = 0; i < out->n; i++) {
		bool *row = out->eligible + (size_t)i * arms;

		out->round[i].eligible = row;
		for (size_t a = 0; a < arms; a++)
			row[a] = r->eligible[i][a / 64] >> a % 64 & 1;
	}
}

static enum err
read_all(struct reading *r)
{
	enum err e;

	while ((e = reader_next(&r->reader, r->fault)) == ERR_NONE &&
	    r->reader.map.len > 0) {
		const struct buf *map = &r->reader.map;

		r->map = (struct cursor){ map->data, map->data + map->len };
		if ((e = take_map(r)) != ERR_NONE)
			return e;
	}
	if (e == ERR_NONE && r->out->n == 0)
		e = fault_set(r->fault, ERR_DATA,
		    "%.200s: no rewarded decision%s%s", r->reader.name,
		    r->router != NULL ? " of router " : "",
		    r->router != NULL ? r->router : "");
	return e;
}

enum err
rounds_read(struct rounds *out, const char *path, const char *router,
    struct fault *f)
{
	struct reading r = { .out = out,
		.fault = f,
		.router = router,
		.arms = { .out = out } };
	enum err e = reader_open(&r.reader, path, f);

	*out = (struct rounds){ .name = mem_strdup(path) };
	if (e == ERR_NONE)
		e = read_all(&r);
	else
		e = f->code = ERR_STORAGE;
	if (e == ERR_NONE)
		spread_eligible(&r);
	else
		rounds_fini(out);
	reader_close(&r.reader);
	free(r.arms.known);
	free(r.eligible);
	return e;
}

void
rounds_fini(struct rounds *r)
{
	free(r->name);
	free(r->arm);
	free(r->x);
	free(r->round);
	free(r->eligible);
	*r = (struct rounds){ 0 };
}
