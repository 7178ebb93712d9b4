/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify: banditd does it, as it alone knows what is in a directory. */
#include "client/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/json.h"
#include "client/ctl_beside.h"

static int
say_missing(const struct ctl *ctl)
{
	return ctl_fail(ctl, "unavailable",
	    "banditd, which verifies, is neither beside banditctl nor in the "
	    "PATH");
}

/* A line "key value", where a value of digits and points is a number. */
static void
put_line(struct buf *out, const char *line, size_t len)
{
	size_t key = strcspn(line, " "), value = key;

	while (value < len && line[value] == ' ')
		value++;
	if (key == 0 || value >= len)
		return;
	buf_puts(out, out->len > 0 ? ", " : "{");
	json_put_str(out, line, key);
	buf_puts(out, ": ");
	if (strspn(line + value, "0123456789.") == len - value)
		buf_put(out, line + value, len - value);
	else
		json_put_str(out, line + value, len - value);
}

static void
put_lines(struct buf *out, const char *text)
{
	for (size_t n; *text != '\0'; text += n + (text[n] != '\0')) {
		char line[4300];

		n = strcspn(text, "\n");
		snprintf(line, sizeof line, "%.*s", (int)n, text);
		put_line(out, line, strlen(line));
	}
	buf_puts(out, out->len > 0 ? "}\n" : "");
}

/* banditd's own sentence, without its name. */
static int
say_failed(const struct ctl *ctl, int status, char *text)
{
	static const char name[] = "banditd: ";
	char *last = strstr(text, name);

	text[strcspn(text, "\n")] = '\0';
	ctl_fail(ctl,
	    status == EX_DATAERR           ? "bad_data"
		: status == EX_UNAVAILABLE ? "unavailable"
					   : "storage",
	    last != NULL ? last + strlen(name) : text);
	return status;
}

static int
verify_json(const struct ctl *ctl, char *const argv[])
{
	struct buf text = { 0 }, json = { 0 };
	int status = beside_run(argv, &text);

	if (status < 0)
		status = ctl_fail(ctl, "storage", strerror(errno));
	else if (status == BESIDE_MISSING)
		status = say_missing(ctl);
	else if (status != EX_OK)
		status = say_failed(ctl, status, (char *)text.data);
	else
		put_lines(&json, (const char *)text.data);
	ctl_write(&json);
	buf_free(&json);
	buf_free(&text);
	return status;
}

int
ctl_verify(struct ctl *ctl, int argc, char **argv)
{
	char *const words[] = { (char *)"banditd", (char *)"--verify",
		(char *)"-d", argc > 0 ? argv[0] : NULL, NULL };

	if (argc != 1)
		return ctl_fail(ctl, "usage",
		    "verify needs the path of a backup or state directory");
	if (ctl->json)
		return verify_json(ctl, words);
	beside_exec(words);
	return say_missing(ctl);
}
