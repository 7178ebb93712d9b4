/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ctl_beside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

void
beside_exec(char *const argv[])
{
	static const char *const beside[] = { "banditd", "../sbin/banditd" };
	char here[4096], file[4200];
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

int
beside_run(char *const argv[], struct buf *out)
{
	int ends[2], status = 0;
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		beside_exec(argv);
		_exit(BESIDE_MISSING);
	}
	close(ends[1]);
	read_all(ends[0], out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}
