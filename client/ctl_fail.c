/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"

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
	{ "protocol", EX_UNAVAILABLE },
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

int
ctl_fail_connect(const struct ctl *ctl)
{
	const char *code = banditd_code(ctl->b);
	struct buf say = { 0 };
	int status;

	buf_puts(&say, banditd_message(ctl->b));
	if (strcmp(code, "denied") != 0)
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
