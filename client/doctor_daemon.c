/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon that runs, from its answer to `status`. */
#include "client/doctor.h"

#include <math.h>
#include <string.h>

#define DAY 86400.0
#define FILES_BESIDE 20 /* files that a daemon opens but for clients */
#define SLOW_COMMIT 0.1 /* seconds */
#define LONG_LAG 1.0    /* seconds */
#define OLD_BACKUP (7 * DAY)
#define WORTH_A_BACKUP 1000 /* records */
#define CLOCKS_DIFFER 2.0   /* seconds */

static void
check_files(const struct facts *f, struct finding *out)
{
	double limit = seen_num(&f->seen, "open_files");
	double clients = seen_num(&f->seen, "max_clients");

	if (limit < clients + FILES_BESIDE)
		finding_note(out, DOCTOR_WARNING,
		    "Raise LimitNOFILE= of the service (ulimit -n), or lower "
		    "max_clients.",
		    "the daemon may open %.0f files, but max_clients is %.0f",
		    limit, clients);
}

static void
check_clients(const struct facts *f, struct finding *out)
{
	double refused = seen_num(&f->seen, "refused_connections");

	if (refused > 0)
		finding_note(out, DOCTOR_WARNING,
		    "Raise max_clients, or have gateways keep their "
		    "connections.",
		    "%.0f connections were refused since the start, beyond "
		    "max_clients = %.0f",
		    refused, seen_num(&f->seen, "max_clients"));
}

static void
check_commits(const struct facts *f, struct finding *out)
{
	double p99 = seen_num(&f->seen, "commit_p99");
	double errors = seen_num(&f->seen, "commit_errors");

	if (errors > 0)
		finding_note(out, DOCTOR_WARNING,
		    "Make room; rewards were refused meanwhile.",
		    "%.0f commits since the start found the disk full", errors);
	if (p99 > SLOW_COMMIT)
		finding_note(out, DOCTOR_WARNING,
		    "Move state_dir to a faster disk that nobody else keeps "
		    "busy, or set durability = \"memory\".",
		    "one commit in a hundred takes %.0f ms or more: the disk "
		    "is slow",
		    1e3 * p99);
}

static void
check_lag(const struct facts *f, struct finding *out)
{
	double lag = seen_num(&f->seen, "lag_time");
	double lost = seen_num(&f->seen, "unrecorded");

	if (lag > LONG_LAG)
		finding_note(out, DOCTOR_WARNING,
		    "See \"commits\": the disk does not keep up.",
		    "the oldest reward has waited %.1f s for the disk", lag);
	if (lost > 0)
		finding_note(out, DOCTOR_WARNING,
		    "See \"commits\": the disk was behind; rewards of those "
		    "are refused.",
		    "%.0f decisions were answered but not recorded", lost);
}

static void
check_durability(const struct facts *f, struct finding *out)
{
	char word[16];

	seen_text(&f->seen, "durability", word, sizeof word);
	if (strcmp(word, "memory") == 0)
		finding_note(out, DOCTOR_WARNING,
		    "Fine where speed counts more; else set durability = "
		    "\"disk\".",
		    "rewards are answered before they are on disk, and a crash "
		    "loses the last ones");
}

static void
check_recovery(const struct facts *f, struct finding *out)
{
	double damaged = seen_num(&f->seen, "damaged_snapshots");

	if (seen_num(&f->seen, "clean_start") == 0)
		finding_note(out, DOCTOR_WARNING,
		    "See the log for why; stop it with SIGTERM, and give it "
		    "time to write (TimeoutStopSec=).",
		    "the daemon before was killed or crashed; its state was "
		    "recovered");
	if (damaged > 0)
		finding_note(out, DOCTOR_BAD,
		    "Suspect the disk: \"banditctl verify\" a fresh backup.",
		    "%.0f snapshots were damaged at the last start", damaged);
	if (seen_num(&f->seen, "numeric_errors") > 0)
		finding_note(out, DOCTOR_WARNING,
		    "Look for contexts or rewards of very different sizes.",
		    "%.0f rewards could not be taken in by a model",
		    seen_num(&f->seen, "numeric_errors"));
}

static void
check_backup(const struct facts *f, struct finding *out)
{
	double last = seen_num(&f->seen, "last_backup");
	double records = seen_num(&f->seen, "applied_seq");
	static const char do_it[] =
	    "Have cron or a timer do \"banditctl backup PATH\".";

	if (isnan(last) && records >= WORTH_A_BACKUP)
		finding_note(out, DOCTOR_WARNING, do_it,
		    "there is no backup of %.0f records", records);
	else if (f->now - last > OLD_BACKUP)
		finding_note(out, DOCTOR_WARNING, do_it,
		    "the last backup is %.0f days old",
		    floor((f->now - last) / DAY));
	else if (!isnan(last))
		finding_note(out, DOCTOR_OK, NULL,
		    "the last backup is %.1f days old",
		    fmax(0, f->now - last) / DAY);
}

/* The latest time that the daemon has noted anything at. */
static double
latest(const struct facts *f)
{
	double last = seen_num(&f->seen, "last_backup");

	for (size_t i = 0; i < f->seen.routers; i++)
		for (size_t j = 0; j < f->seen.router[i].arms; j++) {
			const struct seen_arm *a = &f->seen.router[i].arm[j];

			last = fmax(last, fmax(a->last_pull, a->last_reward));
		}
	return last;
}

static void
check_clock(const struct facts *f, struct finding *out)
{
	double theirs = seen_num(&f->seen, "time");
	static const char sync_it[] =
	    "Have the clock set by NTP (timedatectl), then restart the daemon.";

	if (fabs(theirs - f->now) > CLOCKS_DIFFER)
		finding_note(out, DOCTOR_WARNING, sync_it,
		    "the daemon's clock is %.0f s %s of this one",
		    fabs(theirs - f->now),
		    theirs > f->now ? "ahead" : "behind");
	if (latest(f) > fmax(theirs, f->now) + CLOCKS_DIFFER)
		finding_note(out, DOCTOR_WARNING, sync_it,
		    "there are records of %.0f s in the future: the clock was "
		    "set back",
		    latest(f) - f->now);
}

/* clang-format off */
/* What clients do wrong, by the code of the answer. */
static const struct {
	const char *code;
	enum verdict verdict;
	const char *say, *advice;
} rejects[] = {
	{ "dimension_mismatch", DOCTOR_BAD, "had a vector of another length",
	  "Use one embedding model per router; set dimension to its length, or "
	  "give another model a router of its own." },
	{ "not_finite", DOCTOR_BAD, "had NaN or infinity in it",
	  "Check what embeds: empty prompts often give NaN." },
	{ "out_of_range", DOCTOR_BAD, "had a reward outside reward_range",
	  "Map rewards to reward_range, or set that to what your rewards are." },
	{ "unknown_router", DOCTOR_WARNING, "named a router that is not there",
	  "Compare the gateway's router with \"banditctl routers\"." },
	{ "unknown_arm", DOCTOR_WARNING, "named an arm that is not there",
	  "Compare the gateway's models with \"banditctl arms\"." },
	{ "unknown_decision", DOCTOR_WARNING, "named a decision that is not known",
	  "Send the id that decide answered, before decision_ttl is over." },
	{ "expired", DOCTOR_WARNING, "had a reward that came too late",
	  "Raise decision_ttl, or reward sooner." },
	{ "no_eligible_arm", DOCTOR_WARNING, "left no arm to choose",
	  "Enable arms, or relax max_cost, arms and exclude of requests." },
	{ "conflict", DOCTOR_WARNING, "conflicted with what is there",
	  "Reward a decision once, and use an id for one decision only." },
	{ "denied", DOCTOR_WARNING, "were of users without the role",
	  "Give the user or group the role in banditd.conf(5)." },
	{ "overloaded", DOCTOR_WARNING, "came when too much was under way",
	  "See \"commits\"; raise max_in_flight or max_pending." },
	{ "storage", DOCTOR_BAD, "failed for want of the disk",
	  "See \"disk\" and the daemon's log." },
	{ "bad_request", DOCTOR_WARNING, "had wrong parameters",
	  "The answer says what is wrong; banditd-protocol(7) has them." },
	{ "unknown_method", DOCTOR_WARNING, "named a method that is not there",
	  "Upgrade the daemon to the version of its clients." },
	{ "internal", DOCTOR_BAD, "met a defect of banditd",
	  "Report it, with the daemon's log." },
};
/* clang-format on */

static void
check_requests(const struct facts *f, struct finding *out)
{
	struct banditd_value status = { f->seen.status.data,
		f->seen.status.len };
	double broken = seen_num(&f->seen, "broken_frames");

	for (size_t i = 0; i < sizeof rejects / sizeof *rejects; i++) {
		double n = seen_field(banditd_field(status, "rejects"),
		    rejects[i].code);

		if (n > 0)
			finding_note(out, rejects[i].verdict, rejects[i].advice,
			    "%.0f %s %s (%s)", n,
			    n == 1 ? "request" : "requests", rejects[i].say,
			    rejects[i].code);
	}
	if (broken > 0)
		finding_note(out, DOCTOR_WARNING,
		    "Something that does not speak MessagePack-RPC is "
		    "connected: see the log.",
		    "%.0f frames were no requests", broken);
}

/* clang-format off */
const struct check daemon_checks[] = {
	{ "files", check_files, "the limit of open files is enough for max_clients" },
	{ "clients", check_clients, "no connection was refused" },
	{ "commits", check_commits, "the disk is quick enough" },
	{ "lag", check_lag, "what was learnt is on disk" },
	{ "durability", check_durability, "rewards are on disk when they are answered" },
	{ "recovery", check_recovery, "the last start was in order" },
	{ "backup", check_backup, "there is little to back up yet" },
	{ "clock", check_clock, "the daemon's clock is this one's, and was not set back" },
	{ "requests", check_requests, "no request was refused since the start" },
	{ 0 }
};
/* clang-format on */
