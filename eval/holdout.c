/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/holdout.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/mem.h"

/* More than a budget allows for; a file that is longer is something else. */
enum { LINE_SIZE = 256, ANSWERS_MAX = 1000000 };

static uint32_t
rounds_crc(const struct rounds *r, long n)
{
	uint32_t crc = 0;

	for (long i = 0; i < n; i++) {
		const struct round *o = &r->round[i];

		crc = crc32c(crc, r->arm[o->arm], strlen(r->arm[o->arm]));
		crc = crc32c(crc, &o->reward, sizeof o->reward);
		if (!isnan(o->propensity))
			crc = crc32c(crc, &o->propensity, sizeof o->propensity);
	}
	return crc;
}

static enum err
storage(const struct holdout *g, struct fault *f)
{
	return fault_set(f, ERR_STORAGE, "%s: %s", g->path, strerror(errno));
}

static enum err
flush(const struct holdout *g, struct fault *f)
{
	if (fflush(g->file) != 0 || fsync(fileno(g->file)) != 0)
		return storage(g, f);
	return ERR_NONE;
}

static enum err
head_write(struct holdout *g, const struct rounds *r, long budget,
    uint64_t seed, struct fault *f)
{
	if (seed == 0 && getrandom(&seed, sizeof seed, 0) != sizeof seed)
		return storage(g, f);
	g->state.seed = seed;
	g->state.budget = budget > 0 ? budget : HOLDOUT_BUDGET;
	fprintf(g->file,
	    "banditd-guard 1\nseed %" PRIu64 " budget %ld\n"
	    "log %ld %08" PRIx32 "\n",
	    seed, g->state.budget, r->n, rounds_crc(r, r->n));
	return flush(g, f);
}

/* One line without its end.  False: the end of the file, and the line is empty,
 * or it is cut off. */
static bool
line_read(struct holdout *g, char line[LINE_SIZE])
{
	size_t len;

	line[0] = '\0';
	if (fgets(line, LINE_SIZE, g->file) == NULL)
		return false;
	len = strlen(line);
	if (len == 0 || line[len - 1] != '\n')
		return false;
	line[len - 1] = '\0';
	return true;
}

static enum err
damaged(const struct holdout *g, long line, struct fault *f)
{
	return fault_set(f, ERR_DATA,
	    "%s:%ld: this is no line of a guard's file; if it was cut off "
	    "there, remove that line",
	    g->path, line);
}

static enum err
head_read(struct holdout *g, const struct rounds *r, struct fault *f)
{
	char line[LINE_SIZE], rest;
	uint32_t crc;
	long n;

	if (!line_read(g, line) || strcmp(line, "banditd-guard 1") != 0)
		return damaged(g, 1, f);
	if (!line_read(g, line) ||
	    sscanf(line, "seed %" SCNu64 " budget %ld%c", &g->state.seed,
		&g->state.budget, &rest) != 2 ||
	    g->state.budget < 1)
		return damaged(g, 2, f);
	if (!line_read(g, line) ||
	    sscanf(line, "log %ld %" SCNx32 "%c", &n, &crc, &rest) != 2 ||
	    n < 0)
		return damaged(g, 3, f);
	if (n > r->n || rounds_crc(r, n) != crc)
		return fault_set(f, ERR_DATA,
		    "%s guards another log than %s, or a router of it; name "
		    "a new file",
		    g->path, r->name);
	return ERR_NONE;
}

static void
answer_keep(struct holdout *g, uint64_t question, const struct answer *a)
{
	g->answer =
	    mem_realloc(g->answer, (size_t)g->answers + 1, sizeof *g->answer);
	g->answer[g->answers++] = (struct holdout_answer){ question, *a };
}

static enum err
answers_read(struct holdout *g, struct fault *f)
{
	char line[LINE_SIZE], half[5], rest;
	uint64_t question;
	struct answer a;

	while (line_read(g, line)) {
		if (sscanf(line, "answer %" SCNx64 " %4s %lf %lf%c", &question,
			half, &a.value, &a.within, &rest) != 4 ||
		    !isfinite(a.value) || !isfinite(a.within) ||
		    g->answers >= ANSWERS_MAX)
			return damaged(g, 4 + g->answers, f);
		a.held = strcmp(half, "held") == 0;
		if (!a.held && strcmp(half, "open") != 0)
			return damaged(g, 4 + g->answers, f);
		answer_keep(g, question, &a);
		g->state.spent += a.held;
		g->state.asked++;
	}
	if (ferror(g->file))
		return storage(g, f);
	return line[0] == '\0' ? ERR_NONE : damaged(g, 4 + g->answers, f);
}

/* a+: reads from the start, and appends whatever else was appended. */
static enum err
start(struct holdout *g, const struct rounds *r, long budget, uint64_t seed,
    struct fault *f)
{
	enum err e;
	int first;

	g->file = fopen(g->path, "a+e");
	if (g->file == NULL || flock(fileno(g->file), LOCK_EX) != 0)
		return storage(g, f);
	first = fgetc(g->file);
	if (first == EOF)
		return head_write(g, r, budget, seed, f);
	ungetc(first, g->file);
	e = head_read(g, r, f);
	if (e == ERR_NONE)
		e = answers_read(g, f);
	if (e == ERR_NONE && budget > 0 && budget != g->state.budget)
		e = fault_set(f, ERR_USAGE, "%s has a budget of %ld already",
		    g->path, g->state.budget);
	return e;
}

enum err
holdout_open(struct holdout *g, const char *path, const struct rounds *r,
    long budget, uint64_t seed, struct fault *f)
{
	enum err e;

	*g = (struct holdout){ .path = mem_strdup(path) };
	e = start(g, r, budget, seed, f);
	if (e != ERR_NONE)
		holdout_close(g);
	return e;
}

void
holdout_close(struct holdout *g)
{
	if (g->file != NULL)
		fclose(g->file);
	free(g->path);
	free(g->answer);
	*g = (struct holdout){ 0 };
}

const struct answer *
holdout_find(const struct holdout *g, uint64_t question)
{
	for (long i = 0; i < g->answers; i++)
		if (g->answer[i].question == question)
			return &g->answer[i].answer;
	return NULL;
}

enum err
holdout_ask(struct holdout *g, uint64_t question, struct half open,
    struct half held, struct answer *out, struct fault *f)
{
	const struct answer *known = holdout_find(g, question);

	if (known != NULL) {
		*out = *known;
		return ERR_NONE;
	}
	if (!thresholdout_ask(&g->state, open, held, out))
		return fault_set(f, ERR_DENIED,
		    "%s: the budget of %ld is spent: what this log can still "
		    "say of a policy it has said; ask a newer log, with a "
		    "guard of its own",
		    g->path, g->state.budget);
	fseek(g->file, 0, SEEK_END);
	fprintf(g->file, "answer %016" PRIx64 " %s %.17g %.17g\n", question,
	    out->held ? "held" : "open", out->value, out->within);
	answer_keep(g, question, out);
	return flush(g, f);
}
