/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/gnuplot.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Letters and blanks as they are, all else by its number, which a digit behind
 * it would be taken for a part of: gnuplot sees no quote and no macro. */
void
gnuplot_quote(struct buf *b, const char *text)
{
	buf_puts(b, "\"");
	for (; *text != '\0'; text++)
		if (isascii(*text) && (isalpha(*text) || *text == ' '))
			buf_put(b, text, 1);
		else
			buf_printf(b, "\\%03o", (unsigned char)*text);
	buf_puts(b, "\"");
}

/* A file without a name that holds the commands; -1. */
static int
commands_file(const struct buf *commands)
{
	FILE *file = tmpfile();
	int fd = -1;

	if (file == NULL)
		return -1;
	if (fwrite(commands->data, 1, commands->len, file) == commands->len &&
	    fflush(file) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0)
		fd = dup(fileno(file));
	fclose(file);
	return fd;
}

/* 0 or an errno; *status as waitpid(2) has it.  -d: the user's own settings of
 * gnuplot are not read. */
static int
run(int in, int out, int *status)
{
	static const char *const argv[] = { "gnuplot", "-d", NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int rc;

	/* Names are UTF-8, whatever the terminal is. */
	setenv("LC_ALL", "C.UTF-8", 1);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	rc =
	    posix_spawnp(&pid, argv[0], &actions, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0)
		return rc;
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return 0;
}

static enum err
draw(const struct buf *commands, int out, struct fault *f)
{
	int in = commands_file(commands), status = 0, rc;

	if (in < 0)
		return fault_set(f, ERR_STORAGE, "a temporary file: %s",
		    strerror(errno));
	rc = run(in, out, &status);
	close(in);
	if (rc == ENOENT)
		return fault_set(f, ERR_UNAVAILABLE,
		    "there is no gnuplot, which draws the files; without -o "
		    "the picture is text");
	if (rc != 0)
		return fault_set(f, ERR_UNAVAILABLE, "gnuplot: %s",
		    strerror(rc));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return fault_set(f, ERR_UNAVAILABLE,
		    "gnuplot failed, with what it says above");
	return ERR_NONE;
}

enum err
gnuplot_run(const struct buf *commands, const char *path, struct fault *f)
{
	struct buf part = { 0 };
	struct stat st;
	enum err e;
	int out;

	buf_printf(&part, "%s.part", path);
	buf_put(&part, "", 1);
	out = open((char *)part.data, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC,
	    0666);
	if (out < 0) {
		e = fault_set(f, ERR_STORAGE, "%s: %s", (char *)part.data,
		    strerror(errno));
		buf_free(&part);
		return e;
	}
	e = draw(commands, out, f);
	if (e == ERR_NONE && (fstat(out, &st) != 0 || st.st_size == 0))
		e = fault_set(f, ERR_STORAGE, "%s: gnuplot wrote nothing",
		    path);
	close(out);
	if (e == ERR_NONE && rename((char *)part.data, path) != 0)
		e = fault_set(f, ERR_STORAGE, "%s: %s", path, strerror(errno));
	if (e != ERR_NONE)
		unlink((char *)part.data);
	buf_free(&part);
	return e;
}
