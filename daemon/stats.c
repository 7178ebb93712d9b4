/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "daemon/stats.h"

#include <math.h>
#include <unistd.h>

#include "base/pack.h"
#include "daemon/handlers.h"
#include "daemon/rebuild.h"

#define NUMBER(fn, expression)                         \
	static double fn(const struct stat_sources *t) \
	{                                              \
		(void)t;                               \
		return (double)(expression);           \
	}

/* clang-format off */
NUMBER(get_pid, getpid())
NUMBER(get_uptime, clock_mono(&t->service->clock) - t->service->started)
NUMBER(get_clients, t->server.clients)
NUMBER(get_connections, t->server.accepted)
NUMBER(get_refused, t->server.refused)
NUMBER(get_requests, t->server.frames)
NUMBER(get_broken, t->server.broken)
NUMBER(get_bytes_in, t->server.bytes_in)
NUMBER(get_bytes_out, t->server.bytes_out)
NUMBER(get_unrecorded, t->service->unrecorded)
NUMBER(get_ignored, t->service->rpc.unknown_notifications)
NUMBER(get_received, t->writer.head.seq + t->writer.queued_records)
NUMBER(get_durable, t->writer.head.seq)
NUMBER(get_applied, t->service->bandit.seq)
NUMBER(get_snapshot, t->service->snapshot.done)
NUMBER(get_queued, t->service->queued)
NUMBER(get_commits, t->writer.commits)
NUMBER(get_commit_errors, t->writer.commit_errors)
NUMBER(get_commit_last, t->writer.commit_last)
NUMBER(get_commit_max, t->writer.commit_max)
NUMBER(get_batch, t->writer.batch_last)
NUMBER(get_full, t->writer.full)
NUMBER(get_state_bytes, t->writer.size.used)
NUMBER(get_map_bytes, t->writer.size.map)
NUMBER(get_starts, t->service->store.starts)
NUMBER(get_replayed, t->service->recovery.records)
NUMBER(get_recovery, t->service->recovery.seconds)
NUMBER(get_bad_cells, t->service->recovery.bad_cells)
NUMBER(get_rebuild, rebuild_progress(t->service))
NUMBER(get_backup, t->service->last_backup > 0 ? t->service->last_backup : NAN)

/* A number of each router, added up. */
#define SUM(fn, field) \
	static double fn(const struct stat_sources *t) \
	{ \
		uint64_t n = 0; \
		for (int i = 0; i < t->service->bandit.routers; i++) \
			n += t->service->bandit.router[i]->field; \
		return (double)n; \
	}

SUM(get_decisions, decisions)
SUM(get_rewards, rewards)
SUM(get_pending, pending)

static double
get_numeric_errors(const struct stat_sources *t)
{
	uint64_t n = 0;

	for (int i = 0; i < t->service->bandit.routers; i++)
		for (int j = 0; j < t->service->bandit.router[i]->arms; j++)
			n += t->service->bandit.router[i]->arm[j]->numeric_errors;
	return (double)n;
}

const struct stat stats[] = {
	{ "pid", STAT_INFO, "", "Process id.", get_pid },
	{ "uptime", STAT_GAUGE, "seconds", "Time since the start.", get_uptime },
	{ "clients", STAT_GAUGE, "", "Clients connected.", get_clients },
	{ "connections", STAT_COUNTER, "", "Connections accepted.", get_connections },
	{ "refused_connections", STAT_COUNTER, "", "Connections beyond max_clients.", get_refused },
	{ "requests", STAT_COUNTER, "", "Frames received.", get_requests },
	{ "broken_frames", STAT_COUNTER, "", "Frames that were no requests.", get_broken },
	{ "ignored_notifications", STAT_COUNTER, "", "Notifications of unknown methods.", get_ignored },
	{ "bytes_in", STAT_COUNTER, "", "Bytes read from clients.", get_bytes_in },
	{ "bytes_out", STAT_COUNTER, "", "Bytes written to clients.", get_bytes_out },
	{ "decisions", STAT_COUNTER, "", "Decisions made.", get_decisions },
	{ "rewards", STAT_COUNTER, "", "Rewards learnt.", get_rewards },
	{ "pending", STAT_GAUGE, "", "Decisions that wait for their reward.", get_pending },
	{ "unrecorded", STAT_COUNTER, "", "Decisions answered but not recorded, because the disk was behind.", get_unrecorded },
	{ "numeric_errors", STAT_COUNTER, "", "Rewards that no model could take in.", get_numeric_errors },
	{ "received_seq", STAT_GAUGE, "", "Last record received.", get_received },
	{ "durable_seq", STAT_GAUGE, "", "Last record on disk.", get_durable },
	{ "applied_seq", STAT_GAUGE, "", "Last record folded into the models.", get_applied },
	{ "snapshot_seq", STAT_GAUGE, "", "A start would fold the log after this record.", get_snapshot },
	{ "queued", STAT_GAUGE, "", "Operations on their way to the disk.", get_queued },
	{ "commits", STAT_COUNTER, "", "Transactions committed.", get_commits },
	{ "commit_errors", STAT_COUNTER, "", "Transactions that found the disk full.", get_commit_errors },
	{ "commit_last", STAT_GAUGE, "seconds", "Time of the last commit.", get_commit_last },
	{ "commit_max", STAT_GAUGE, "seconds", "Time of the slowest commit since the start.", get_commit_max },
	{ "batch_last", STAT_GAUGE, "", "Operations in the last commit.", get_batch },
	{ "disk_full", STAT_GAUGE, "", "1 while the disk is full.", get_full },
	{ "state_bytes", STAT_GAUGE, "bytes", "Size of the state on disk.", get_state_bytes },
	{ "map_bytes", STAT_GAUGE, "bytes", "Size it may grow to before the map does.", get_map_bytes },
	{ "starts", STAT_GAUGE, "", "How often the state directory was opened.", get_starts },
	{ "recovered_records", STAT_GAUGE, "", "Records folded at the last start.", get_replayed },
	{ "recovery_time", STAT_GAUGE, "seconds", "How long that took.", get_recovery },
	{ "damaged_snapshots", STAT_GAUGE, "", "Snapshots that could not be used at the last start.", get_bad_cells },
	{ "rebuild_progress", STAT_GAUGE, "", "Share of the log that the rebuild under way has folded.", get_rebuild },
	{ "last_backup", STAT_GAUGE, "seconds", "When the last backup since the start was made.", get_backup },
	{ 0 }
};
/* clang-format on */

void
stats_take(struct stat_sources *t, struct service *s)
{
	t->service = s;
	writer_stats(s->writer, &t->writer);
	server_stats(s->server, &t->server);
}

/* Whole numbers go out as integers. */
static void
pack_stat(const struct stat *row, const struct stat_sources *t, struct buf *out)
{
	double v = row->get(t);

	pack_str(out, row->name);
	if (v >= 0 && v == floor(v) && row->unit[0] != 's')
		pack_uint(out, (uint64_t)v);
	else
		pack_num(out, v);
}

enum err
do_status(struct request *rq)
{
	struct stat_sources t;
	size_t n = 0;

	stats_take(&t, rq->owner);
	while (stats[n].name != NULL)
		n++;
	pack_map(rq->out, n + 1);
	pack_str(rq->out, "version");
	pack_str(rq->out, PACKAGE_VERSION);
	for (size_t i = 0; i < n; i++)
		pack_stat(&stats[i], &t, rq->out);
	return ERR_NONE;
}
