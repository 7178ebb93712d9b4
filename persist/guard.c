/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "persist/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct guard {
	int fd;
};

/* What goes through the pipe; after the last the result follows. */
struct message {
	enum { PROGRESS, END } kind;
	uint64_t done, total;
	struct fault fault;
};

static void
write_all(int fd, const void *data, size_t n)
{
	const uint8_t *p = data;

	while (n > 0) {
		ssize_t some = write(fd, p, n);

		if (some < 0 && errno == EINTR)
			continue;
		if (some <= 0)
			_exit(1); /* nobody wants to know any more */
		p += some;
		n -= (size_t)some;
	}
}

static size_t
read_all(int fd, void *data, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t some = read(fd, (uint8_t *)data + got, n - got);

		if (some < 0 && errno == EINTR)
			continue;
		if (some <= 0)
			break;
		got += (size_t)some;
	}
	return got;
}

void
guard_progress(struct guard *g, uint64_t done, uint64_t total)
{
	struct message m = { .kind = PROGRESS, .done = done, .total = total };

	write_all(g->fd, &m, sizeof m);
}

/* Its death is expected, and is to be told from others. */
static void
make_mortal(void)
{
	static const int deaths[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL,
		SIGTERM, SIGINT };
	struct rlimit none = { 0, 0 };

	for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++)
		signal(deaths[i], SIG_DFL);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static _Noreturn void
child(const struct guard_work *w, int fd)
{
	struct message m = { .kind = END };
	struct guard g = { fd };

	make_mortal();
	if (w->close_fd >= 0)
		close(w->close_fd);
	m.fault.code = w->fn(&g, w->arg, w->result, &m.fault);
	write_all(fd, &m, sizeof m);
	write_all(fd, w->result, w->len);
	_exit(0);
}

/* True: the child has said all. */
static bool
listen(const struct guard_work *w, int fd, struct message *m)
{
	while (read_all(fd, m, sizeof *m) == sizeof *m) {
		if (m->kind == END)
			return read_all(fd, w->result, w->len) == w->len;
		if (w->progress != NULL)
			w->progress(w->progress_arg, m->done, m->total);
	}
	return false;
}

static enum err
say_died(const struct guard_work *w, int status, struct fault *f)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGSEGV || sig == SIGBUS || sig == SIGABRT ||
	    sig == SIGFPE || sig == SIGILL)
		return fault_set(f, ERR_DATA,
		    "%s is damaged: reading it ended in a signal (%s)", w->what,
		    strsignal(sig));
	if (sig != 0)
		return fault_set(f, ERR_STORAGE,
		    "the process that read %s was ended (%s)", w->what,
		    strsignal(sig));
	return fault_set(f, ERR_STORAGE,
	    "the process that read %s ended with status %d", w->what,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 0);
}

enum err
guard_run(const struct guard_work *w, struct fault *f)
{
	struct message m = { 0 };
	int ends[2], status = 0;
	bool whole;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault_set(f, ERR_STORAGE, "no pipe: %s",
		    strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(w, ends[1]);
	}
	close(ends[1]);
	whole = pid > 0 && listen(w, ends[0], &m);
	close(ends[0]);
	if (pid < 0)
		return fault_set(f, ERR_STORAGE, "no process: %s",
		    strerror(errno));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!whole)
		return say_died(w, status, f);
	if (m.fault.code != ERR_NONE && f != NULL)
		*f = m.fault;
	return m.fault.code;
}
