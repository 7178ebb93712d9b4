/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "daemon/stats.h"

#include <math.h>
#include <sys/resource.h>
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
NUMBER(get_time, clock_wall(&t->service->clock))
NUMBER(get_clients, t->server.clients)
NUMBER(get_max_clients, t->service->config.top.max_clients)
NUMBER(get_connections, t->server.accepted)
NUMBER(get_refused, t->server.refused)
NUMBER(get_requests, t->server.frames)
NUMBER(get_broken, t->server.broken)
NUMBER(get_bytes_in, t->server.bytes_in)
NUMBER(get_bytes_out, t->server.bytes_out)
NUMBER(get_http_clients, t->http.clients)
NUMBER(get_http_connections, t->http.accepted)
NUMBER(get_http_refused, t->http.refused)
NUMBER(get_http_requests, t->http.requests)
NUMBER(get_http_errors, t->http.errors)
NUMBER(get_unrecorded, t->service->unrecorded)
NUMBER(get_dropped, t->service->dropped)
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
NUMBER(get_commit_p50, hist_quantile(&t->writer.commit_times, 0.5))
NUMBER(get_commit_p99, hist_quantile(&t->writer.commit_times, 0.99))
NUMBER(get_decide_p50, hist_quantile(&t->service->batch.times, 0.5))
NUMBER(get_decide_p99, hist_quantile(&t->service->batch.times, 0.99))
NUMBER(get_lag, t->writer.head.seq + t->writer.queued_records - t->service->bandit.seq)
NUMBER(get_lag_time, t->writer.oldest > 0 ? clock_mono(&t->service->clock) - t->writer.oldest : 0)
NUMBER(get_batch, t->writer.batch_last)
NUMBER(get_batch_mean, t->writer.commits > 0 ? (double)t->writer.batch_sum / (double)t->writer.commits : NAN)
NUMBER(get_batch_max, t->writer.batch_max)
NUMBER(get_chain, t->writer.head.chain)
NUMBER(get_full, t->writer.full)
NUMBER(get_ballast, t->writer.ballast)
NUMBER(get_state_bytes, t->writer.size.used)
NUMBER(get_map_bytes, t->writer.size.map)
NUMBER(get_disk_free, t->writer.size.disk_free)
NUMBER(get_oldest_reader, t->writer.size.oldest_reader)
NUMBER(get_clean, t->service->store.clean)
NUMBER(get_starts, t->service->store.starts)
NUMBER(get_replayed, t->service->recovery.records)
NUMBER(get_recovery, t->service->recovery.seconds)
NUMBER(get_bad_cells, t->service->recovery.bad_cells)
NUMBER(get_rebuild, rebuild_progress(t->service))
NUMBER(get_backup, t->service->store.backup.time > 0 ? t->service->store.backup.time : NAN)
NUMBER(get_backup_seq, t->service->store.backup.time > 0 ? (double)t->service->store.backup.seq : NAN)

/* A number of each router, added up. */
#define SUM(fn, field) \
	static double fn(const struct stat_sources *t) \
	{ \
		uint64_t n = 0; \
		for (int i = 0; i < t->service->bandit.routers; i++) \
			n += t->service->bandit.router[i]->field; \
		return (double)n; \
	}

SUM(get_scored, scored)
SUM(get_spared, spared)
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

/* Soft, as nothing here raises it; what has no limit has no number. */
static double
get_open_files(const struct stat_sources *t)
{
	struct rlimit limit;

	(void)t;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return NAN;
	return (double)limit.rlim_cur;
}

const struct stat stats[] = {
	{ "pid", STAT_INFO, "", "Process id.", get_pid },
	{ "uptime", STAT_GAUGE, "seconds", "Time since the start.", get_uptime },
	{ "time", STAT_GAUGE, "seconds", "The daemon's clock.", get_time },
	{ "max_clients", STAT_GAUGE, "", "Clients that may be connected.", get_max_clients },
	{ "open_files", STAT_GAUGE, "", "Limit of open files, of which each client takes one.", get_open_files },
	{ "clients", STAT_GAUGE, "", "Clients connected.", get_clients },
	{ "connections", STAT_COUNTER, "", "Connections accepted.", get_connections },
	{ "refused_connections", STAT_COUNTER, "", "Connections beyond max_clients.", get_refused },
	{ "requests", STAT_COUNTER, "", "Frames received.", get_requests },
	{ "broken_frames", STAT_COUNTER, "", "Frames that were no requests.", get_broken },
	{ "ignored_notifications", STAT_COUNTER, "", "Notifications of unknown methods.", get_ignored },
	{ "bytes_in", STAT_COUNTER, "", "Bytes read from clients.", get_bytes_in },
	{ "bytes_out", STAT_COUNTER, "", "Bytes written to clients.", get_bytes_out },
	{ "http_clients", STAT_GAUGE, "", "Clients connected over HTTP.", get_http_clients },
	{ "http_connections", STAT_COUNTER, "", "Connections accepted there.", get_http_connections },
	{ "http_refused_connections", STAT_COUNTER, "", "Connections beyond max_clients there.", get_http_refused },
	{ "http_requests", STAT_COUNTER, "", "Requests over HTTP.", get_http_requests },
	{ "http_errors", STAT_COUNTER, "", "Those not answered with status 200.", get_http_errors },
	{ "decisions", STAT_COUNTER, "", "Decisions made.", get_decisions },
	{ "decide_p50", STAT_GAUGE, "seconds", "Median time that recent decisions took in the loop.", get_decide_p50 },
	{ "decide_p99", STAT_GAUGE, "seconds", "99th percentile of that.", get_decide_p99 },
	{ "arms_scored", STAT_COUNTER, "", "Arms scored in decisions where others could be spared.", get_scored },
	{ "arms_spared", STAT_COUNTER, "", "Arms not scored there, as they could not be the one.", get_spared },
	{ "rewards", STAT_COUNTER, "", "Rewards learnt.", get_rewards },
	{ "pending", STAT_GAUGE, "", "Decisions that wait for their reward.", get_pending },
	{ "unrecorded", STAT_COUNTER, "", "Decisions answered but not recorded, because the disk was behind.", get_unrecorded },
	{ "dropped_records", STAT_COUNTER, "", "Records dropped from the log, as keep_age and keep_bytes say.", get_dropped },
	{ "numeric_errors", STAT_COUNTER, "", "Rewards that no model could take in.", get_numeric_errors },
	{ "received_seq", STAT_GAUGE, "", "Last record received.", get_received },
	{ "durable_seq", STAT_GAUGE, "", "Last record on disk.", get_durable },
	{ "applied_seq", STAT_GAUGE, "", "Last record folded into the models.", get_applied },
	{ "snapshot_seq", STAT_GAUGE, "", "A start would fold the log after this record.", get_snapshot },
	{ "lag", STAT_GAUGE, "", "Records received and not yet folded.", get_lag },
	{ "lag_time", STAT_GAUGE, "seconds", "How long the oldest operation has waited for the disk.", get_lag_time },
	{ "log_chain", STAT_GAUGE, "", "CRC-32C of the whole log up to durable_seq.", get_chain },
	{ "queued", STAT_GAUGE, "", "Operations on their way to the disk.", get_queued },
	{ "commits", STAT_COUNTER, "", "Transactions committed.", get_commits },
	{ "commit_errors", STAT_COUNTER, "", "Transactions that found the disk full.", get_commit_errors },
	{ "commit_last", STAT_GAUGE, "seconds", "Time of the last commit.", get_commit_last },
	{ "commit_p50", STAT_GAUGE, "seconds", "Median time of recent commits.", get_commit_p50 },
	{ "commit_p99", STAT_GAUGE, "seconds", "99th percentile of that.", get_commit_p99 },
	{ "commit_max", STAT_GAUGE, "seconds", "Time of the slowest commit since the start.", get_commit_max },
	{ "batch_last", STAT_GAUGE, "", "Operations in the last commit.", get_batch },
	{ "batch_mean", STAT_GAUGE, "", "Mean number of operations in a commit since the start.", get_batch_mean },
	{ "batch_max", STAT_GAUGE, "", "Operations in the largest commit since the start.", get_batch_max },
	{ "disk_full", STAT_GAUGE, "", "1 while the disk is full.", get_full },
	{ "ballast_bytes", STAT_GAUGE, "bytes", "Room kept for when the disk is full; 0 while it is used, or there is none to keep.", get_ballast },
	{ "state_bytes", STAT_GAUGE, "bytes", "Size of the state on disk.", get_state_bytes },
	{ "map_bytes", STAT_GAUGE, "bytes", "Size it may grow to before the map does.", get_map_bytes },
	{ "disk_free_bytes", STAT_GAUGE, "bytes", "Free space of the file system, at the last commit.", get_disk_free },
	{ "oldest_reader", STAT_GAUGE, "", "Commits since the oldest reader of the state began; the file grows meanwhile.", get_oldest_reader },
	{ "starts", STAT_GAUGE, "", "How often the state directory was opened.", get_starts },
	{ "clean_start", STAT_GAUGE, "", "1 if the daemon before had ended in order, 0 if its state was recovered.", get_clean },
	{ "recovered_records", STAT_GAUGE, "", "Records folded at the last start.", get_replayed },
	{ "recovery_time", STAT_GAUGE, "seconds", "How long that took.", get_recovery },
	{ "damaged_snapshots", STAT_GAUGE, "", "Snapshots that could not be used at the last start.", get_bad_cells },
	{ "rebuild_progress", STAT_GAUGE, "", "Share of the log that the rebuild under way has folded.", get_rebuild },
	{ "last_backup", STAT_GAUGE, "seconds", "When the last good backup was made.", get_backup },
	{ "backup_seq", STAT_GAUGE, "", "Last record in it.", get_backup_seq },
	{ 0 }
};
/* clang-format on */

void
stats_take(struct stat_sources *t, struct service *s)
{
	t->service = s;
	writer_stats(s->writer, &t->writer);
	server_stats(s->server, &t->server);
	t->http = (struct http_stats){ 0 };
	if (s->http != NULL)
		http_stats(s->http, &t->http);
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

/* Requests answered with an error, by its code: those that there were. */
static void
pack_rejects(const struct rpc *rpc, struct buf *out)
{
	size_t n = 0;

	for (int e = ERR_NONE + 1; e <= ERR_INTERNAL; e++)
		n += rpc->rejects[e] > 0;
	pack_str(out, "rejects");
	pack_map(out, n);
	for (int e = ERR_NONE + 1; e <= ERR_INTERNAL; e++) {
		if (rpc->rejects[e] == 0)
			continue;
		pack_str(out, err_word((enum err)e));
		pack_uint(out, rpc->rejects[e]);
	}
}

static void
pack_hash(const struct bandit *b, struct buf *out)
{
	char hash[STATE_HASH_SIZE];

	bandit_hash(b, NULL, hash);
	pack_str(out, "state_hash");
	pack_str(out, hash);
}

/* Where it has what: for who looks after it. */
static void
pack_places(const struct service *s, struct buf *out)
{
	const struct daemon_settings *top = &s->config.top;

	pack_str(out, "state_dir");
	pack_str(out, top->state_dir);
	pack_str(out, "config");
	if (s->launch.config_path != NULL)
		pack_str(out, s->launch.config_path);
	else
		pack_nil(out);
	pack_str(out, "durability");
	pack_str(out,
	    top->durability == DURABILITY_DISK ? "disk" : "memory");
}

enum err
do_status(struct request *rq)
{
	const struct arg *hash = rpc_arg(rq, "hash");
	bool hashed = hash->given && hash->yes;
	struct stat_sources t;
	size_t n = 0;

	stats_take(&t, rq->owner);
	while (stats[n].name != NULL)
		n++;
	pack_map(rq->out, n + 5 + hashed);
	pack_str(rq->out, "version");
	pack_str(rq->out, PACKAGE_VERSION);
	for (size_t i = 0; i < n; i++)
		pack_stat(&stats[i], &t, rq->out);
	pack_places(t.service, rq->out);
	pack_rejects(&t.service->rpc, rq->out);
	if (hashed)
		pack_hash(&t.service->bandit, rq->out);
	return ERR_NONE;
}
