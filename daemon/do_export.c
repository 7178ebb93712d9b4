/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export: parts of the log, read by a thread so that nobody waits for it. */
#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/pack.h"
#include "daemon/export.h"
#include "daemon/handlers.h"
#include "persist/export.h"

#define LIMIT (256 << 10) /* bytes, where none is given, */
#define LIMIT_MOST (16 << 20)

struct export_job {
	struct service *service;
	struct op *op;
	struct callings *callings;
	struct exporting part;
	pthread_t thread;
};

bool
export_busy(const struct service *s)
{
	for (int i = 0; i < EXPORTS_MOST; i++)
		if (s->export[i] != NULL)
			return true;
	return false;
}

static void
job_free(struct export_job *job)
{
	callings_free(job->callings);
	buf_free(&job->part.maps);
	free(job);
}

void
export_join(struct service *s)
{
	for (int i = 0; i < EXPORTS_MOST; i++) {
		if (s->export[i] == NULL)
			continue;
		pthread_join(s->export[i] -> thread, NULL);
		job_free(s->export[i]);
		s->export[i] = NULL;
	}
}

static void *
run(void *arg)
{
	struct export_job *job = arg;
	struct op *op = job->op;

	op->err = export_some(&job->part, &op->fault);
	writer_post(job->service->writer, op);
	return NULL;
}

static void
pack_part(const struct exporting *x, struct buf *out)
{
	pack_map(out, 3);
	pack_str(out, "events");
	pack_array(out, x->events);
	buf_put(out, x->maps.data, x->maps.len);
	pack_str(out, "next");
	pack_uint(out, x->next);
	pack_str(out, "last");
	pack_uint(out, x->to);
}

static void
answer_part(void *arg, struct op *op)
{
	struct service *s = arg;
	struct export_job *job;
	struct buf *out;
	int i = 0;

	while (s->export[i] == NULL || s->export[i] -> op != op)
		i++;
	job = s->export[i];
	s->export[i] = NULL;
	pthread_join(job->thread, NULL);
	if (op->err == ERR_DATA) {
		log_error("export: %s", op->fault.text);
		op->err = ERR_INTERNAL; /* what is damaged the sentence says */
	}
	out = service_answer(s, op);
	if (out != NULL) {
		pack_part(&job->part, out);
		rpc_answer_done(&s->rpc, op->client);
	}
	job_free(job);
}

/* A whole number from 1 to most, or what is meant where it is left out. */
static enum err
whole(struct request *rq, const char *name, double most, double otherwise,
    double *out)
{
	const struct arg *arg = rpc_arg(rq, name);

	*out = arg->given ? arg->num : otherwise;
	if (*out >= 1 && *out <= most && floor(*out) == *out)
		return ERR_NONE;
	return fault_set(&rq->fault, ERR_OUT_OF_RANGE,
	    "%s takes a whole number from 1 to %.0f", name, most);
}

/* Also one that the configuration does not have any more. */
static enum err
only_router(struct request *rq, uint32_t *id)
{
	struct service *s = rq->owner;
	const struct arg *arg = rpc_arg(rq, "router");
	struct router *r;

	*id = 0;
	if (!arg->given)
		return ERR_NONE;
	r = bandit_find(&s->bandit, arg->str, arg->len);
	if (r == NULL)
		return service_router(rq, &r);
	*id = r->id;
	return ERR_NONE;
}

static enum err
free_place(struct request *rq, struct export_job ***place)
{
	struct service *s = rq->owner;

	for (int i = 0; i < EXPORTS_MOST; i++)
		if (s->export[i] == NULL) {
			*place = &s->export[i];
			return ERR_NONE;
		}
	return fault_set(&rq->fault, ERR_OVERLOADED,
	    "%d exports are being answered; try again later", EXPORTS_MOST);
}

/* With durability memory what is learnt may not be on disk yet. */
static uint64_t
end_of_log(struct service *s)
{
	struct writer_stats w;

	writer_stats(s->writer, &w);
	return w.head.seq < s->bandit.seq ? w.head.seq : s->bandit.seq;
}

enum err
do_export(struct request *rq)
{
	struct service *s = rq->owner;
	struct export_job **place = NULL, *job;
	double from, limit;
	uint32_t router;
	struct op *op;
	enum err e;

	if ((e = whole(rq, "from", 0x1p53, 1, &from)) != ERR_NONE ||
	    (e = whole(rq, "limit", LIMIT_MOST, LIMIT, &limit)) != ERR_NONE ||
	    (e = only_router(rq, &router)) != ERR_NONE ||
	    (e = free_place(rq, &place)) != ERR_NONE ||
	    (e = service_ask(s, rq, OP_JOB, 0, answer_part, &op)) != ERR_NONE)
		return e;
	job = mem_zalloc(1, sizeof *job);
	job->service = s;
	job->op = op;
	job->callings = callings_of(&s->bandit);
	job->part = (struct exporting){ .store = &s->store,
		.router = router,
		.next = (uint64_t)from,
		.to = end_of_log(s),
		.limit = (size_t)limit };
	job->part.callings = job->callings;
	if (pthread_create(&job->thread, NULL, run, job) == 0) {
		*place = job;
		return ERR_NONE;
	}
	job_free(job);
	writer_recycle(s->writer, op);
	rq->later = false;
	return fault_set(&rq->fault, ERR_INTERNAL, "no thread for it");
}
