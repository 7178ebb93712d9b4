/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All runs of a replay, on all cores.
 *
 * Workers are processes that take runs off a counter and leave results in
 * memory that all share; what a run comes to depends on its number alone.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "eval/replay.h"

#define BAR 40 /* columns */
#define LOOK_NS 50000000

/* At the start of the shared memory. */
struct board {
	atomic_int next, done, failed;
	struct fault fault; /* of the first that failed */
};

struct workshop {
	const struct replay *replay;
	struct tally *tally;
	struct set *set; /* [problems] */
	struct board *board;
	int runs;
};

static size_t
run_count(const struct replay *r)
{
	return (size_t)r->problems * (size_t)r->policies * (size_t)r->runs;
}

const struct run_result *
tally_run(const struct tally *t, int problem, int policy, int run)
{
	const struct replay *r = t->replay;

	return &t->run[(problem * r->policies + policy) * r->runs + run];
}

/* Rewards of steps are kept where there are policies to compare. */
static size_t
result_size(const struct replay *r, const struct problem_facts *p)
{
	size_t rewards = r->policies > 1 ? (size_t)r->steps : 0;

	return rewards * sizeof(float) +
	    (size_t)r->marks * (size_t)p->arms * sizeof(uint32_t);
}

static void
place_results(struct tally *t, uint8_t *at)
{
	const struct replay *r = t->replay;
	struct run_result *run = t->run;

	for (int i = 0; i < r->problems; i++)
		for (int k = 0; k < r->policies * r->runs; k++, run++) {
			run->pull = (uint32_t *)at;
			if (r->policies > 1)
				run->reward = (float *)(run->pull +
				    (size_t)r->marks *
					(size_t)t->problem[i].arms);
			at += result_size(r, &t->problem[i]);
		}
}

/* What is shared holds the board, the results and what they point to; it is
 * at the same place in every process. */
static enum err
share(struct workshop *w, struct fault *f)
{
	struct tally *t = w->tally;
	const struct replay *r = w->replay;
	size_t head = (sizeof(struct board) + 63) & ~(size_t)63;
	size_t runs = run_count(r);
	size_t size = head + runs * sizeof *t->run;

	for (int i = 0; i < r->problems; i++)
		size +=
		    runs / (size_t)r->problems * result_size(r, &t->problem[i]);
	t->shared = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->shared == MAP_FAILED) {
		t->shared = NULL;
		return fault_set(f, ERR_STORAGE,
		    "no memory for the results of %zu runs: %s", runs,
		    strerror(errno));
	}
	t->shared_size = size;
	w->board = t->shared;
	t->run = (struct run_result *)((uint8_t *)t->shared + head);
	place_results(t, (uint8_t *)(t->run + runs));
	return ERR_NONE;
}

static enum err
play(struct workshop *w, int i, struct fault *f)
{
	const struct replay *r = w->replay;
	int problem = i / (r->policies * r->runs);
	int policy = i / r->runs % r->policies;
	uint64_t seed = r->seed + (uint64_t)(i % r->runs);
	struct set own = { 0 }, *s = &w->set[problem];
	enum err e = ERR_NONE;

	if (replay_synthetic(r->problem[problem])) {
		e = set_problem(&own, r->problem[problem], seed, f);
		s = &own;
	}
	if (e == ERR_NONE)
		e = replay_play(r, s, set_best_arm(s), r->policy[policy], seed,
		    &w->tally->run[i], f);
	w->tally->run[i].done = e == ERR_NONE;
	set_fini(&own);
	return e;
}

static void
work(struct workshop *w)
{
	struct board *b = w->board;
	int n = (int)run_count(w->replay), i;

	while (b->failed == 0 && (i = b->next++) < n) {
		struct fault f = { 0 };

		if (play(w, i, &f) != ERR_NONE && b->failed++ == 0)
			b->fault = f;
		b->done++;
	}
}

static void
bar(const struct workshop *w)
{
	int n = (int)run_count(w->replay), done = w->board->done;
	int full = (int)((long)BAR * done / n);

	if (!w->replay->progress)
		return;
	fprintf(stderr, "\r[%.*s%*s] %d of %d runs", full,
	    "########################################", BAR - full, "", done,
	    n);
	if (done == n)
		fprintf(stderr, "\r%*s\r", BAR + 40, "");
	fflush(stderr);
}

/* Until all of them have ended; whether all ended well. */
static bool
wait_for(const struct workshop *w, int workers)
{
	const struct timespec look = { 0, LOOK_NS };
	bool good = true;
	int status;

	while (workers > 0) {
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid > 0) {
			workers--;
			good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
		} else if (pid < 0 && errno != EINTR) {
			return false;
		} else {
			nanosleep(&look, NULL);
		}
		bar(w);
	}
	return good;
}

static int
start(struct workshop *w)
{
	int n = (int)run_count(w->replay), workers = 0;

	fflush(NULL);
	while (workers < w->replay->jobs && workers < n) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			work(w);
			_exit(0);
		}
		workers++;
	}
	return workers;
}

static enum err
run_all(struct workshop *w, struct fault *f)
{
	int workers = w->replay->jobs > 1 ? start(w) : 0;
	bool good = true;

	if (workers == 0)
		work(w);
	else
		good = wait_for(w, workers);
	if (w->board->failed > 0) {
		*f = w->board->fault;
		return f->code;
	}
	return good ? ERR_NONE
		    : fault_set(f, ERR_INTERNAL, "a process of it died");
}

enum err
replay_run(const struct replay *r, struct tally *t, struct fault *f)
{
	struct workshop w = { .replay = r, .tally = t };
	enum err e;

	*t = (struct tally){ .replay = r };
	t->problem = mem_zalloc((size_t)r->problems, sizeof *t->problem);
	w.set = mem_zalloc((size_t)r->problems, sizeof *w.set);
	if ((e = replay_sets(r, w.set, t->problem, f)) == ERR_NONE &&
	    (e = share(&w, f)) == ERR_NONE)
		e = run_all(&w, f);
	for (int i = 0; i < r->problems; i++)
		set_fini(&w.set[i]);
	free(w.set);
	if (e != ERR_NONE)
		tally_fini(t);
	return e;
}

void
tally_fini(struct tally *t)
{
	for (int i = 0; t->problem != NULL && i < t->replay->problems; i++)
		free(t->problem[i].arm);
	free(t->problem);
	if (t->shared != NULL)
		munmap(t->shared, t->shared_size);
	*t = (struct tally){ 0 };
}
