/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping, methods, state_hash, checkpoint, backup, compact, reload. */
#include <config.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/pack.h"
#include "daemon/handlers.h"
#include "daemon/service.h"
#include "persist/backup.h"

enum err
do_ping(struct request *rq)
{
	struct service *s = rq->owner;

	pack_map(rq->out, 3);
	pack_str(rq->out, "version");
	pack_str(rq->out, PACKAGE_VERSION);
	pack_str(rq->out, "protocol");
	pack_int(rq->out, 1);
	pack_str(rq->out, "uptime");
	pack_num(rq->out, clock_mono(&s->clock) - s->started);
	return ERR_NONE;
}

enum err
do_methods(struct request *rq)
{
	methods_pack(rq->out);
	return ERR_NONE;
}

enum err
do_state_hash(struct request *rq)
{
	struct service *s = rq->owner;
	struct router *r = NULL;
	char hash[STATE_HASH_SIZE];
	enum err e;

	if (rpc_arg(rq, "router")->given &&
	    (e = service_router(rq, &r)) != ERR_NONE)
		return e;
	bandit_hash(&s->bandit, r, hash);
	pack_map(rq->out, 2);
	pack_str(rq->out, "hash");
	pack_str(rq->out, hash);
	pack_str(rq->out, "seq");
	pack_uint(rq->out, r != NULL ? r->seq : s->bandit.seq);
	return ERR_NONE;
}

enum err
do_checkpoint(struct request *rq)
{
	struct op *op;
	enum err e = service_ask(rq->owner, rq, OP_JOB, 0, answer_seq, &op);

	if (e == ERR_NONE)
		snapshot_await(rq->owner, op);
	return e;
}

/* A backup under way: a thread of its own, so that nobody waits for it. */
struct backup_job {
	struct service *service;
	struct op *op;
	char *path;
};

static void *
backup_run(void *arg)
{
	struct backup_job *job = arg;
	struct op *op = job->op;

	op->err =
	    backup_make(&job->service->store, job->path, &op->seq, &op->fault);
	writer_post(job->service->writer, op);
	free(job->path);
	free(job);
	return NULL;
}

/* When it was made is known after a restart too. */
static void
note_backup(struct service *s, uint64_t seq)
{
	uint8_t bytes[NOTE_BACKUP_SIZE];

	s->store.backup = (struct backup_note){ clock_wall(&s->clock), seq };
	memcpy(bytes, &s->store.backup.time, 8);
	memcpy(bytes + 8, &s->store.backup.seq, 8);
	service_note(s, NOTE_BACKUP, bytes, sizeof bytes);
}

static void
backup_end(void *arg, struct op *op)
{
	struct service *s = arg;

	s->backing_up = false;
	pthread_join(s->backup, NULL);
	if (op->err == ERR_NONE) {
		note_backup(s, op->seq);
		log_info("backup up to record %llu",
		    (unsigned long long)op->seq);
	} else
		log_warn("backup failed: %s", op->fault.text);
	answer_seq(s, op);
}

enum err
do_backup(struct request *rq)
{
	struct service *s = rq->owner;
	const struct arg *path = rpc_arg(rq, "path");
	struct backup_job *job;
	struct op *op;
	enum err e;

	if (s->backing_up)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "another backup is being written");
	if (s->compacting) /* the copy would hold it up, and rewards with it */
		return fault_set(&rq->fault, ERR_CONFLICT,
		    "the state file is being compacted");
	if (path->len == 0 || memchr(path->str, '\0', path->len) != NULL)
		return fault_set(&rq->fault, ERR_BAD_REQUEST,
		    "path is no file name");
	e = service_ask(s, rq, OP_JOB, 0, backup_end, &op);
	if (e != ERR_NONE)
		return e;
	job = mem_alloc(1, sizeof *job);
	*job = (struct backup_job){ s, op, mem_alloc(path->len + 1, 1) };
	memcpy(job->path, path->str, path->len);
	job->path[path->len] = '\0';
	s->backing_up = true;
	if (pthread_create(&s->backup, NULL, backup_run, job) == 0)
		return ERR_NONE;
	s->backing_up = false;
	free(job->path);
	free(job);
	writer_recycle(s->writer, op);
	rq->later = false;
	return fault_set(&rq->fault, ERR_INTERNAL, "no thread for it");
}

static void
compact_end(void *arg, struct op *op)
{
	struct service *s = arg;
	struct buf *out;

	s->compacting = false;
	if (op->err == ERR_NONE)
		log_info("%s: compacted from %llu to %llu bytes in %.3f "
			 "seconds",
		    s->store.dir, (unsigned long long)op->before,
		    (unsigned long long)op->after, op->seconds);
	else
		log_warn("not compacted: %s", op->fault.text);
	out = service_answer(s, op);
	if (out == NULL)
		return;
	pack_map(out, 3);
	pack_str(out, "before");
	pack_uint(out, op->before);
	pack_str(out, "after");
	pack_uint(out, op->after);
	pack_str(out, "seconds");
	pack_num(out, op->seconds);
	rpc_answer_done(&s->rpc, op->client);
}

enum err
do_compact(struct request *rq)
{
	struct service *s = rq->owner;
	struct op *op;
	enum err e;

	if (s->compacting || s->backing_up)
		return fault_set(&rq->fault, ERR_CONFLICT,
		    s->compacting ? "the state file is being compacted already"
				  : "a backup is being written");
	e = service_ask(s, rq, OP_COMPACT, 0, compact_end, &op);
	if (e != ERR_NONE)
		return e;
	op->urgent = true;
	s->compacting = true;
	service_put(s, op);
	return ERR_NONE;
}

enum err
do_reload(struct request *rq)
{
	struct op *op;
	enum err e = service_ask(rq->owner, rq, OP_SYNC, 0, answer_empty, &op);

	if (e != ERR_NONE)
		return e;
	e = service_reload(rq->owner, op, &rq->fault);
	if (e != ERR_NONE) {
		struct service *s = rq->owner;

		writer_recycle(s->writer, op);
		rq->later = false;
	}
	return e;
}
