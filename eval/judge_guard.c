/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A judge with a guard: the two halves of a log, and the question. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/mem.h"
#include "eval/judge.h"

/* The rounds of a view that are held out, or not, as arrays of their own. */
struct part {
	struct ope_log view;
	int *arm;
	double *propensity, *reward, *target, *model, *term;
};

static void
part_fini(struct part *p)
{
	free(p->arm);
	free(p->propensity);
	free(p->reward);
	free(p->target);
	free(p->model);
	free(p->term);
}

static void
part_add(struct part *p, const struct ope_log *l, long round)
{
	size_t arms = (size_t)l->arms, to = (size_t)p->view.n++,
	       from = (size_t)round;

	p->arm[to] = l->arm[from];
	p->propensity[to] = l->propensity[from];
	p->reward[to] = l->reward[from];
	memcpy(p->target + to * arms, l->target + from * arms,
	    arms * sizeof *p->target);
	if (l->model != NULL)
		memcpy(p->model + to * arms, l->model + from * arms,
		    arms * sizeof *p->model);
}

static void
part_take(const struct judge *j, bool held, struct part *p)
{
	struct ope_log l = judge_view(j);
	size_t n = (size_t)l.n, cells = n * (size_t)l.arms;

	*p = (struct part){ .arm = mem_alloc(n, sizeof *p->arm),
		.propensity = mem_alloc(n, sizeof *p->propensity),
		.reward = mem_alloc(n, sizeof *p->reward),
		.target = mem_alloc(cells, sizeof *p->target),
		.model =
		    l.model != NULL ? mem_alloc(cells, sizeof *p->model) : NULL,
		.term = mem_alloc(n, sizeof *p->term) };
	for (long i = 0; i < l.n; i++)
		if (thresholdout_held(j->guard->state.seed, j->from + i) ==
		    held)
			part_add(p, &l, i);
	p->view.arms = l.arms;
	p->view.arm = p->arm;
	p->view.propensity = p->propensity;
	p->view.reward = p->reward;
	p->view.target = p->target;
	p->view.model = p->model;
	p->view.clip = l.clip;
}

static enum err
half_of(const struct judge *j, const struct ope_estimator *e, bool held,
    struct half *out, struct fault *f)
{
	struct ope_estimate reward;
	struct part p;

	part_take(j, held, &p);
	out->n = p.view.n;
	if (out->n >= 2)
		out->e = judge_gain(e, &p.view, p.term, &reward);
	part_fini(&p);
	if (out->n < 2 || !isfinite(out->e.value) || !isfinite(out->e.se))
		return fault_set(f, ERR_DATA,
		    "%s: half of the log is too little for %s", j->rounds->name,
		    e->name);
	return ERR_NONE;
}

/*
 * The same question has the same hash: the same rounds, policy, estimator and
 * settings of it.  Of a policy its probabilities count, not how it is spelt.
 */
static uint64_t
question(const struct judge *j, const struct ope_estimator *e)
{
	struct ope_log l = judge_view(j);
	size_t len = (size_t)l.n * (size_t)l.arms * sizeof *l.target;
	uint32_t crc = crc32c(0, e->name, strlen(e->name));

	crc = crc32c(crc, &j->from, sizeof j->from);
	crc = crc32c(crc, &j->to, sizeof j->to);
	crc = crc32c(crc, &j->clip, sizeof j->clip);
	return (uint64_t)crc << 32 | crc32c(0, l.target, len);
}

enum err
judge_ask(struct judge *j, const struct ope_estimator *e, struct verdict *v,
    struct fault *f)
{
	struct half open, held;
	struct answer a;
	enum err err = half_of(j, e, false, &open, f);

	if (err == ERR_NONE)
		err = half_of(j, e, true, &held, f);
	if (err == ERR_NONE)
		err = holdout_ask(j->guard, question(j, e), open, held, &a, f);
	if (err != ERR_NONE)
		return err;
	v->gain = a.value;
	v->within = a.within;
	v->held = a.held;
	v->reward = j->logged.value + a.value;
	return ERR_NONE;
}
