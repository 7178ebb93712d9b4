/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify: banditd does it, as it alone knows what is in a directory. */
#include "client/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/json.h"


/* Beside this program, as both may be moved together; as it was installed; or
 * in the PATH. */
static void
run_banditd(const char *path)
{
	static const char *const beside[] = { "banditd", "../sbin/banditd" };
	char here[4096], file[4200];
	char *const argv[] = { (char *)"banditd", (char *)"--verify",
		(char *)"-d", (char *)(uintptr_t)path, NULL };
	ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);

	here[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 2 && strrchr(here, '/') != NULL; i++) {
		snprintf(file, sizeof file, "%.*s/%s",
		    (int)(strrchr(here, '/') - here), here, beside[i]);
		execv(file, argv);
	}
	execv(SBINDIR "/banditd", argv);
	execvp("banditd", argv);
}

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

static void
read_all(int fd, struct buf *out)
{
	ssize_t n;

	while ((n = read(fd, buf_reserve(out, 4096), 4095)) > 0 ||
	    (n < 0 && errno == EINTR))
		out->len += n > 0 ? (size_t)n : 0;
	buf_put(out, "", 1);
	close(fd);
}

static int
verify_json(const struct ctl *ctl, const char *path)
{
	struct buf text = { 0 }, json = { 0 };
	int ends[2], status = 0;
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		return ctl_fail(ctl, "storage", strerror(errno));
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		run_banditd(path);
		_exit(127);
	}
	close(ends[1]);
	read_all(ends[0], &text);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	status = WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
	if (status == 127)
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
	if (argc != 1)
		return ctl_fail(ctl, "usage",
		    "verify needs the path of a backup or state directory");
	if (ctl->json)
		return verify_json(ctl, argv[0]);
	run_banditd(argv[0]);
	return say_missing(ctl);
}
