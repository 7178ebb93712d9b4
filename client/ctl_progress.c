/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_progress.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "client/banditd.h"

#define EVERY_MS 200

void
progress_show(const char *what, uint64_t done, uint64_t all)
{
	static struct timespec shown;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!isatty(STDERR_FILENO) || all == 0 ||
	    (now.tv_sec - shown.tv_sec) * 1000 +
		    (now.tv_nsec - shown.tv_nsec) / 1000000 <
		EVERY_MS)
		return;
	shown = now;
	fprintf(stderr, "\r%s: %3.0f %%", what,
	    floor(100 * (double)done / (double)all));
}

void
progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

struct progress {
	struct banditd *b;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

/* The value of "rebuild_progress" in an answer to status; NaN: none. */
static double
share(struct banditd_value v)
{
	struct cursor c = { v.data, v.data + v.len };
	struct value map, key, num;
	double share;

	if (!cursor_next(&c, &map) || map.type != VALUE_MAP)
		return NAN;
	for (uint32_t i = 0; i < map.u.count; i++) {
		if (!cursor_next(&c, &key))
			return NAN;
		if (!value_is(&key, "rebuild_progress"))
			cursor_skip(&c);
		else
			return cursor_next(&c, &num) && value_num(&num, &share)
			    ? share
			    : NAN;
	}
	return NAN;
}

static void
show(struct progress *p)
{
	double done;

	banditd_begin(p->b, "status");
	if (banditd_connect(p->b) != 0 || banditd_call(p->b) != 0)
		return;
	done = share(banditd_result(p->b));
	if (!isnan(done))
		fprintf(stderr, "\rrebuild: %3.0f %% of the log",
		    floor(100 * done));
}

/* Until EVERY_MS have passed; false: it is to stop. */
static bool
go_on(struct progress *p)
{
	struct timespec until;
	int rc = 0;
	bool stop;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += EVERY_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&p->lock);
	while (!p->stop && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&p->wake, &p->lock, &until);
	stop = p->stop;
	pthread_mutex_unlock(&p->lock);
	return !stop;
}

static void *
run(void *arg)
{
	while (go_on(arg))
		show(arg);
	return NULL;
}

struct progress *
progress_start(const char *path)
{
	struct progress *p;

	if (!isatty(STDERR_FILENO))
		return NULL;
	p = mem_zalloc(1, sizeof *p);
	p->b = banditd_new(path);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->wake, NULL);
	if (p->b != NULL && pthread_create(&p->thread, NULL, run, p) == 0)
		return p;
	banditd_free(p->b);
	free(p);
	return NULL;
}

void
progress_stop(struct progress *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	fprintf(stderr, "\r\033[K");
	banditd_free(p->b);
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
