/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The set-up: who may do what, and with which file. */
#include "config.h"

#include "client/doctor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "client/ctl_beside.h"

#define GIB ((double)(1 << 30))

static const char start_it[] =
    "Start it: \"systemctl start banditd\", or \"banditd\"; or name its socket "
    "with -s or BANDITD_SOCKET.";
static const char it_hangs[] =
    "It hangs, or its disk does: see \"journalctl -u banditd\" and the disk, "
    "then \"systemctl restart banditd\".";

/* What gives the user the socket's group, if that is of any use. */
static const char *
join(const struct facts *f, struct finding *out)
{
	const struct place *s = &f->socket;
	mode_t needed = s->socket ? S_IWGRP : S_IXGRP;

	if ((s->mode & needed) == 0 || s->gid == 0)
		return "Run this as that user; or run the daemon with a group "
		       "for its clients, as its service does, and socket_mode "
		       "= "
		       "\"0660\".";
	if (f->in_database)
		snprintf(out->room, sizeof out->room,
		    "Log in again, or do \"newgrp %s\": groups are given at "
		    "login.",
		    s->group);
	else
		snprintf(out->room, sizeof out->room,
		    "Have root do \"usermod -aG %s %s\", then log in again.",
		    s->group, f->user);
	return out->room;
}

static void
check_socket(const struct facts *f, struct finding *out)
{
	const struct place *s = &f->socket;

	if (strcmp(f->code, "denied") == 0 && f->version[0] == '\0')
		finding_note(out, DOCTOR_BAD, join(f, out),
		    "user %s may not open %s, which is open to user %s and "
		    "group %s (mode %04o)",
		    f->user, s->path, s->user, s->group, (unsigned)s->mode);
	else if (!s->there)
		finding_note(out, DOCTOR_BAD, start_it,
		    "there is no socket at %s", s->path);
	else if (!s->socket)
		finding_note(out, DOCTOR_BAD, start_it, "%s is not a socket",
		    s->path);
	else if ((s->mode & S_IWOTH) != 0)
		finding_note(out, DOCTOR_WARNING,
		    "Set socket_mode = \"0660\" in banditd.conf and put "
		    "gateways into the socket's group.",
		    "every user of this machine may open %s (mode %04o)",
		    s->path, (unsigned)s->mode);
	else
		finding_note(out, DOCTOR_OK, NULL, "%s is open to user %s",
		    s->path, f->user);
}

/* Who owns the socket, or is root, needs no group. */
static void
check_group(const struct facts *f, struct finding *out)
{
	const struct place *s = &f->socket;

	if (!s->seen || f->uid == 0 || f->uid == s->uid ||
	    (s->mode & S_IWOTH) != 0)
		return;
	if (f->in_login)
		finding_note(out, DOCTOR_OK, NULL,
		    "user %s is in group %s of the socket", f->user, s->group);
	else if (f->in_database)
		finding_note(out, DOCTOR_BAD, join(f, out),
		    "user %s is in group %s, but this login does not have it "
		    "yet",
		    f->user, s->group);
	else
		finding_note(out, DOCTOR_BAD, join(f, out),
		    "user %s is not in group %s of the socket", f->user,
		    s->group);
}

/* What to do about a daemon that did not say its version. */
static const char *
no_answer(const struct facts *f)
{
	if (strcmp(f->code, "denied") == 0)
		return "See \"socket\".";
	return strcmp(f->code, "timeout") == 0 ? it_hangs : start_it;
}

static void
check_daemon(const struct facts *f, struct finding *out)
{
	if (f->code[0] == '\0')
		return;
	if (f->version[0] == '\0')
		finding_note(out, DOCTOR_BAD, no_answer(f), "%s", f->message);
	else if (strcmp(f->code, "denied") == 0)
		finding_note(out, DOCTOR_WARNING,
		    "Run this as root or the daemon's user, or give this user "
		    "the role read in banditd.conf(5).",
		    "it answers, but user %s may not read its status", f->user);
	else
		finding_note(out, DOCTOR_BAD,
		    "See the daemon's log, \"journalctl -u banditd\".",
		    "%s: %s", f->code, f->message);
}

static void
check_version(const struct facts *f, struct finding *out)
{
	if (f->version[0] == '\0')
		finding_note(out, DOCTOR_SKIPPED, NULL, NULL);
	else if (strcmp(f->version, PACKAGE_VERSION) != 0)
		finding_note(out, DOCTOR_WARNING,
		    "Restart the daemon after an upgrade: \"systemctl restart "
		    "banditd\".",
		    "banditctl is %s, the daemon that runs is %s",
		    PACKAGE_VERSION, f->version);
	else
		finding_note(out, DOCTOR_OK, NULL, "both are %s", f->version);
}

/* banditd's sentence, without its name. */
static const char *
sentence(const struct facts *f)
{
	static const char name[] = "banditd: ";
	const char *text = (const char *)f->config_text.data;
	const char *last = strstr(text, name);

	return last != NULL ? last + strlen(name) : text;
}

static void
check_config(const struct facts *f, struct finding *out)
{
	if (f->config[0] == '\0' || !f->config_there)
		finding_note(out, DOCTOR_OK, NULL, "there is no file%s%s; %s",
		    f->config[0] != '\0' ? " " : "", f->config,
		    f->version[0] != '\0'
			? "defaults are in force"
			: "without -c a daemon has the defaults");
	else if (!f->config_readable)
		finding_note(out, DOCTOR_SKIPPED, NULL,
		    "user %s may not read %s", f->user, f->config);
	else if (f->config_status < 0 || f->config_status == BESIDE_MISSING)
		finding_note(out, DOCTOR_SKIPPED, NULL,
		    "banditd, which reads it, is neither beside banditctl nor "
		    "in the PATH");
	else if (f->config_status != EX_OK)
		finding_note(out, DOCTOR_BAD,
		    "Correct the file; \"banditd -n\" checks it, "
		    "banditd.conf(5) explains it.",
		    "%.*s", (int)strcspn(sentence(f), "\n"), sentence(f));
	else
		finding_note(out, DOCTOR_OK, NULL, "%s is in order", f->config);
}

static void
check_in_force(const struct facts *f, struct finding *out)
{
	if (f->config_status != EX_OK || f->config_text.len == 0 ||
	    f->seen.routers_answer.len == 0)
		finding_note(out, DOCTOR_SKIPPED, NULL, NULL);
	else
		config_compare((const char *)f->config_text.data, &f->seen,
		    out);
}

static void
check_state(const struct facts *f, struct finding *out)
{
	const struct place *s = &f->state;

	bool missing = !s->there && !s->seen;

	if (missing && f->version[0] != '\0')
		finding_note(out, DOCTOR_BAD,
		    "Somebody has removed it: restart the daemon, which makes "
		    "it anew.",
		    "there is no %s, though the daemon runs", s->path);
	else if (missing)
		finding_note(out, DOCTOR_SKIPPED, NULL,
		    "there is no %s yet; the daemon makes it", s->path);
	else if (!s->there)
		finding_note(out, DOCTOR_SKIPPED, NULL,
		    "%s hides it from user %s", s->path, f->user);
	else if (!s->directory)
		finding_note(out, DOCTOR_BAD,
		    "Name another state_dir in banditd.conf.",
		    "%s is no directory", s->path);
	else if (f->daemon_uid_known && s->uid != f->daemon_uid)
		finding_note(out, DOCTOR_BAD,
		    "Give it to the daemon's user with \"chown -R\", after "
		    "stopping the daemon.",
		    "%s belongs to user %s and not to the daemon's (uid %u)",
		    s->path, s->user, (unsigned)f->daemon_uid);
	else if ((s->mode & (S_IRWXG | S_IRWXO)) != 0)
		finding_note(out, DOCTOR_WARNING,
		    "Contexts of prompts are in it: \"chmod 0700\" it.",
		    "%s is open to others (mode %04o)", s->path,
		    (unsigned)s->mode);
	else
		finding_note(out, DOCTOR_OK, NULL, "%s is of user %s alone",
		    s->path, s->user);
}

static void
check_disk(const struct facts *f, struct finding *out)
{
	double size = seen_num(&f->seen, "state_bytes");
	double left = seen_num(&f->seen, "disk_free_bytes");
	static const char make_room[] =
	    "Make room, set keep_age or keep_bytes and \"banditctl compact\", "
	    "or move state_dir to a larger disk.";

	if (isnan(left))
		left = f->disk_free;
	if (isnan(left))
		finding_note(out, DOCTOR_SKIPPED, NULL, NULL);
	else if (seen_num(&f->seen, "disk_full") > 0)
		finding_note(out, DOCTOR_BAD, make_room,
		    "the disk is full, and nothing is learnt");
	else if (left < GIB / 4 || left < size / 2)
		finding_note(out, left < GIB / 16 ? DOCTOR_BAD : DOCTOR_WARNING,
		    make_room, "only %.2f GiB are free for a state of %.2f GiB",
		    left / GIB, isnan(size) ? 0 : size / GIB);
	else
		finding_note(out, DOCTOR_OK, NULL, "%.1f GiB are free",
		    left / GIB);
}

/* clang-format off */
const struct check setup_checks[] = {
	{ "socket", check_socket, NULL },
	{ "group", check_group, "this user needs no group for the socket" },
	{ "daemon", check_daemon, "it runs and answers" },
	{ "version", check_version, NULL },
	{ "config", check_config, NULL },
	{ "in force", check_in_force, "the file is what the daemon runs with" },
	{ "state", check_state, NULL },
	{ "disk", check_disk, NULL },
	{ 0 }
};
/* clang-format on */
