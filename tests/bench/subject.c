/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/subject.h"

#include <err.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "features/rng.h"
#include "tests/bench/bench.h"

#define SEED 1

static void
fold(struct subject *s, struct event *ev)
{
	struct fault f;

	ev->seq = s->r->seq + 1;
	ev->time = 1e9 + (double)ev->seq;
	ev->router = s->r->id;
	if (router_fold(s->r, ev, &f) != ERR_NONE)
		errx(EX_SOFTWARE, "%s", f.text);
}

static struct router *
birth(const struct subject *s)
{
	struct event ev = { .kind = EVENT_ROUTER, .seq = 1, .router = 1 };

	strcpy(ev.name, "subject");
	settings_default(router_settings, &ev.settings);
	ev.settings.dimension = s->d;
	ev.settings.rff_dimension = s->D;
	ev.settings.bandwidth = 1;
	return router_new(&ev, NULL);
}

static void
add_arms(struct subject *s)
{
	struct event ev = { .kind = EVENT_ARM_ADD, .cost = NAN };

	for (int i = 0; i < s->K; i++) {
		snprintf(ev.name, sizeof ev.name, "a%d", i);
		fold(s, &ev);
	}
}

/* The contexts, and through the router their features. */
static void
fill(struct subject *s)
{
	gsl_rng *r = mem_got(gsl_rng_alloc(rng_splitmix64));
	struct fault f;

	rng_set(r, SEED, RNG_DECISION, 0);
	for (size_t i = 0; i < SUBJECT_CONTEXTS; i++) {
		float *x = s->x + i * (size_t)s->d;

		for (int j = 0; j < s->d; j++)
			x[j] = (float)gsl_ran_gaussian_ziggurat(r, 1);
		if (router_context(s->r, x, s->d, &f) != ERR_NONE)
			errx(EX_SOFTWARE, "%s", f.text);
		map_fill(s->r->map, s->r->x, s->phi + i * (size_t)s->D);
	}
	gsl_rng_free(r);
}

struct subject *
subject_new(int d, int D, int K)
{
	struct subject *s = mem_zalloc(1, sizeof *s);

	*s = (struct subject){ .d = d, .D = D, .K = K, .random = SEED };
	s->x = mem_alloc(SUBJECT_CONTEXTS * (size_t)d, sizeof *s->x);
	s->phi = mem_aligned(SUBJECT_CONTEXTS * (size_t)D, sizeof *s->phi);
	s->why = mem_zalloc((size_t)K, sizeof *s->why);
	s->r = birth(s);
	add_arms(s);
	fill(s);
	return s;
}

void
subject_free(struct subject *s)
{
	router_free(s->r);
	free(s->x);
	free(s->phi);
	free(s->why);
	free(s);
}

static const float *
next_context(struct subject *s)
{
	s->at = (s->at + 1) % SUBJECT_CONTEXTS;
	return s->x + (size_t)s->at * (size_t)s->d;
}

const double *
subject_phi(struct subject *s)
{
	s->at = (s->at + 1) % SUBJECT_CONTEXTS;
	return s->phi + (size_t)s->at * (size_t)s->D;
}

int
subject_arm(struct subject *s)
{
	s->arm = (s->arm + 1) % s->K;
	return s->arm;
}

void
subject_fold(void *subject)
{
	struct subject *s = subject;
	struct event ev = { .kind = EVENT_REWARD, .cost = NAN };

	ev.arm = s->r->arm[subject_arm(s)]->uid;
	ev.reward = bench_uniform(&s->random);
	ev.decision.x = next_context(s);
	ev.decision.d = s->d;
	fold(s, &ev);
}

void
subject_teach(struct subject *s, int n)
{
	for (int i = 0; i < n; i++)
		subject_fold(s);
}

void
subject_decide(void *subject)
{
	struct subject *s = subject;
	struct wish w = { .why = s->why, .max_cost = NAN, .all = true, .k = 1 };
	struct fault f;

	if (router_context(s->r, next_context(s), s->d, &f) != ERR_NONE ||
	    router_eligible(s->r, &w) != s->K)
		errx(EX_SOFTWARE, "a context of our own was refused");
	router_consider(s->r, &w, ++s->decisions);
}
