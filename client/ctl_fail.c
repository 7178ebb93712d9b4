/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/json.h"
#include "base/mem.h"

/* clang-format off */
static const struct {
	const char *code;
	int status;
} statuses[] = {
	{ "usage", EX_USAGE },
	{ "bad_data", EX_DATAERR },
	{ "unavailable", EX_UNAVAILABLE },
	{ "timeout", EX_UNAVAILABLE },
	{ "bad_answer", EX_UNAVAILABLE },
	{ "denied", EX_NOPERM },
};
/* clang-format on */

int
ctl_fail(const struct ctl *ctl, const char *code, const char *sentence)
{
	struct buf json = { 0 };

	fprintf(stderr, "banditctl: %s\n", sentence);
	if (ctl->json) {
		buf_puts(&json, "{\"error\": {\"code\": ");
		json_put_str(&json, code, strlen(code));
		buf_puts(&json, ", \"message\": ");
		json_put_str(&json, sentence, strlen(sentence));
		buf_puts(&json, "}}\n");
		ctl_write(&json);
		buf_free(&json);
	}
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		if (strcmp(statuses[i].code, code) == 0)
			return statuses[i].status;
	return 1;
}

/* Who may open the socket: its owner and group, or those of the directory
 * that hides it. */
static void
say_owner(struct buf *out, const char *path)
{
	char *hidden = mem_strdup(path), *slash;
	const struct passwd *pw;
	const struct group *gr;
	struct stat st = { 0 };

	while (stat(hidden, &st) != 0 &&
	    (slash = strrchr(hidden, '/')) != NULL && slash != hidden)
		*slash = '\0';
	pw = getpwuid(st.st_uid);
	gr = getgrgid(st.st_gid);
	buf_printf(out, ": %s is open to user %s and group %s (mode %04o)",
	    hidden, pw != NULL ? pw->pw_name : "?",
	    gr != NULL ? gr->gr_name : "?", (unsigned)st.st_mode & 07777);
	if (gr != NULL)
		buf_printf(out,
		    "; be root, or join that group and log in again");
	free(hidden);
}

int
ctl_fail_connect(const struct ctl *ctl)
{
	const char *code = banditd_code(ctl->b);
	struct buf say = { 0 };
	int status;

	buf_puts(&say, banditd_message(ctl->b));
	if (strcmp(code, "denied") == 0)
		say_owner(&say, banditd_path(ctl->b));
	else
		buf_puts(&say,
		    "; start it (\"systemctl start banditd\" or "
		    "\"banditd\"), or name its socket with -s or "
		    "BANDITD_SOCKET");
	buf_put(&say, "", 1);
	status = ctl_fail(ctl, code, (const char *)say.data);
	buf_free(&say);
	return status;
}

int
ctl_fail_call(const struct ctl *ctl)
{
	const char *code = banditd_code(ctl->b);
	struct buf say = { 0 };
	int status;

	buf_printf(&say, "%s: %s", code, banditd_message(ctl->b));
	buf_put(&say, "", 1);
	status = ctl_fail(ctl, code, (const char *)say.data);
	buf_free(&say);
	return status;
}
