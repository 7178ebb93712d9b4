/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the checks look at: this machine, the file, the daemon. */
#include "client/doctor.h"

#include <errno.h>
#include <grp.h>
#include <math.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/utf8.h"
#include "client/ctl_beside.h"

static void
name_user(uid_t uid, char *out)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		snprintf(out, SEEN_NAME, "%s", pw->pw_name);
	else
		snprintf(out, SEEN_NAME, "%u", (unsigned)uid);
}

static void
name_group(gid_t gid, char *out)
{
	const struct group *gr = getgrgid(gid);

	if (gr != NULL)
		snprintf(out, SEEN_NAME, "%s", gr->gr_name);
	else
		snprintf(out, SEEN_NAME, "%u", (unsigned)gid);
}

static void
fill_place(struct place *p, const struct stat *st)
{
	p->seen = true;
	p->socket = S_ISSOCK(st->st_mode);
	p->directory = S_ISDIR(st->st_mode);
	p->uid = st->st_uid;
	p->gid = st->st_gid;
	p->mode = st->st_mode & 07777;
	name_user(p->uid, p->user);
	name_group(p->gid, p->group);
}

/* A directory that hides it decides who gets to it. */
static void
look_at(struct place *p, const char *path)
{
	struct stat st;
	char *slash;

	snprintf(p->path, sizeof p->path, "%s", path);
	p->there = stat(p->path, &st) == 0;
	if (p->there) {
		fill_place(p, &st);
		return;
	}
	while (errno == EACCES && (slash = strrchr(p->path, '/')) != NULL &&
	    slash != p->path) {
		*slash = '\0';
		if (stat(p->path, &st) == 0) {
			fill_place(p, &st);
			break;
		}
	}
	if (!p->seen) /* nobody hides it: it is not there */
		snprintf(p->path, sizeof p->path, "%s", path);
}

static bool
login_has(gid_t gid)
{
	int n = getgroups(0, NULL);
	gid_t *groups = mem_alloc(n > 0 ? (size_t)n : 1, sizeof *groups);
	bool has = getegid() == gid;

	n = getgroups(n > 0 ? n : 0, groups);
	for (int i = 0; i < n; i++)
		has |= groups[i] == gid;
	free(groups);
	return has;
}

static bool
database_has(const char *user, gid_t gid)
{
	const struct passwd *pw = getpwnam(user);
	gid_t groups[256];
	int n = 256;
	bool has = false;

	if (pw == NULL || getgrouplist(user, pw->pw_gid, groups, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		has |= groups[i] == gid;
	return has;
}

static void
gather_user(struct facts *f, struct banditd *b)
{
	f->uid = geteuid();
	name_user(f->uid, f->user);
	look_at(&f->socket, banditd_path(b));
	f->in_login = f->socket.seen && login_has(f->socket.gid);
	f->in_database = f->socket.seen && database_has(f->user, f->socket.gid);
}

/* The user of the process with that id, if it is one of this machine. */
static void
gather_owner(struct facts *f)
{
	double pid = seen_num(&f->seen, "pid");
	char path[64];
	struct stat st;

	if (!(pid > 0))
		return;
	snprintf(path, sizeof path, "/proc/%.0f", pid);
	f->daemon_uid_known = stat(path, &st) == 0;
	f->daemon_uid = f->daemon_uid_known ? st.st_uid : 0;
}

static void
gather_daemon(struct facts *f, struct banditd *b)
{
	banditd_begin(b, "ping");
	if (banditd_connect(b) == 0 && banditd_call(b) == 0 &&
	    (!banditd_str(banditd_field(banditd_result(b), "version"),
		 f->version, sizeof f->version) ||
		f->version[0] == '\0'))
		snprintf(f->version, sizeof f->version, "unknown");
	if (f->version[0] == '\0' || seen_take(&f->seen, b, NULL) != 0) {
		snprintf(f->code, sizeof f->code, "%s", banditd_code(b));
		snprintf(f->message, sizeof f->message, "%s",
		    banditd_message(b));
	}
	utf8_clean(f->version, strlen(f->version));
	gather_owner(f);
}

/* The file that was named; else the daemon's own, "" where it has none; else
 * where one would be. */
static void
gather_config(struct facts *f, const char *config)
{
	char *const argv[] = { (char *)"banditd", (char *)"-nt", (char *)"-c",
		f->config, NULL };

	f->config_status = -1;
	if (config != NULL)
		snprintf(f->config, sizeof f->config, "%s", config);
	else if (f->seen.status.len > 0)
		seen_text(&f->seen, "config", f->config, sizeof f->config);
	else if (!path_config(f->uid == 0, f->config))
		f->config[0] = '\0';
	if (f->config[0] == '\0')
		return;
	f->config_readable = access(f->config, R_OK) == 0;
	/* What is named has to be there; banditd says that it is not. */
	f->config_there =
	    f->config_readable || errno != ENOENT || config != NULL;
	if (errno == ENOENT && config != NULL)
		f->config_readable = true;
	if (f->config_there && f->config_readable)
		f->config_status = beside_run(argv, &f->config_text);
}

/* The value of a key at the top of what banditd -t printed. */
static bool
printed(const struct facts *f, const char *key, char *out, size_t size)
{
	const char *at = (const char *)f->config_text.data;
	char start[64];

	snprintf(start, sizeof start, "%s = \"", key);
	while (at != NULL && f->config_status == 0) {
		if (strncmp(at, start, strlen(start)) == 0) {
			at += strlen(start);
			snprintf(out, size, "%.*s", (int)strcspn(at, "\""), at);
			return true;
		}
		at = strchr(at, '\n');
		at += at != NULL;
	}
	return false;
}

static void
gather_state(struct facts *f)
{
	char path[4096] = "";
	struct statvfs fs;

	seen_text(&f->seen, "state_dir", path, sizeof path);
	if (path[0] == '\0' && !printed(f, "state_dir", path, sizeof path) &&
	    !path_state(f->uid == 0, path))
		return;
	look_at(&f->state, path);
	f->disk_free = statvfs(path, &fs) == 0
	    ? (double)fs.f_bavail * (double)fs.f_frsize
	    : NAN;
}

void
facts_gather(struct facts *f, struct banditd *b, const char *config)
{
	const struct clock clock = { 0 };

	*f = (struct facts){ .disk_free = NAN };
	gather_user(f, b);
	gather_daemon(f, b);
	f->now = clock_wall(&clock);
	gather_config(f, config);
	gather_state(f);
}

void
facts_fini(struct facts *f)
{
	buf_free(&f->config_text);
	seen_fini(&f->seen);
}
