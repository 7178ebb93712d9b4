/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/served.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define PATIENCE 30  /* seconds for it to start, and to end */
#define LOOK_AGAIN 2 /* milliseconds */

static void
path_of(const struct served *s, const char *name, char *path)
{
	if (snprintf(path, SERVED_PATH, "%s/%s", s->dir, name) >= SERVED_PATH)
		errx(EX_USAGE, "%s/%s: too long", s->dir, name);
}

static void
write_config(const struct served *s, const char *text)
{
	char path[SERVED_PATH];
	FILE *f;

	path_of(s, "conf", path);
	if ((f = fopen(path, "w")) == NULL || fputs(text, f) == EOF ||
	    fclose(f) != 0)
		err(EX_CANTCREAT, "%s", path);
}

static void
tally_init(struct served *s, const char *shim)
{
	char path[SERVED_PATH];
	void *p;
	int fd;

	s->tally = NULL;
	if (shim == NULL)
		return;
	path_of(s, "tally", path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *s->tally) != 0)
		err(EX_CANTCREAT, "%s", path);
	p = mmap(NULL, sizeof *s->tally, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		err(EX_OSERR, "%s", path);
	close(fd);
	s->tally = p;
	setenv("BENCH_TALLY", path, 1);
}

/* In the child. */
static void __attribute__((noreturn))
become(const struct served *s, const struct served_how *how)
{
	char conf[SERVED_PATH], state[SERVED_PATH], log[SERVED_PATH];
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	path_of(s, "conf", conf);
	path_of(s, "state", state);
	path_of(s, "log", log);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0 ||
	    dup2(fd, STDOUT_FILENO) < 0)
		_exit(EX_CANTCREAT);
	if (how->tally != NULL)
		setenv("LD_PRELOAD", how->tally, 1);
	execl(how->banditd, "banditd", "-f", "-c", conf, "-d", state, "-s",
	    s->socket, (char *)NULL);
	_exit(EX_UNAVAILABLE);
}

static bool
listens(const struct served *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	if (fd < 0 || strlen(s->socket) >= sizeof at.sun_path)
		errx(EX_USAGE, "%s: too long for a socket", s->socket);
	strcpy(at.sun_path, s->socket);
	yes = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
	close(fd);
	return yes;
}

static void __attribute__((noreturn))
give_up(const struct served *s, const char *what)
{
	char path[SERVED_PATH], line[512];
	FILE *f;

	path_of(s, "log", path);
	if ((f = fopen(path, "r")) != NULL)
		while (fgets(line, sizeof line, f) != NULL)
			fputs(line, stderr);
	errx(EX_UNAVAILABLE, "banditd %s", what);
}

static void
look_again(void)
{
	nanosleep(&(struct timespec){ 0, LOOK_AGAIN * 1000000 }, NULL);
}

void
served_start(struct served *s, const struct served_how *how, const char *config)
{
	double start = bench_wall();

	if (snprintf(s->dir, sizeof s->dir, "%s/bench-XXXXXX", how->dir) >=
		(int)sizeof s->dir ||
	    mkdtemp(s->dir) == NULL)
		err(EX_CANTCREAT, "%s", s->dir);
	path_of(s, "sock", s->socket);
	write_config(s, config);
	tally_init(s, how->tally);
	if ((s->pid = fork()) < 0)
		err(EX_OSERR, "fork");
	if (s->pid == 0)
		become(s, how);
	while (!listens(s)) {
		if (waitpid(s->pid, NULL, WNOHANG) != 0 ||
		    bench_wall() - start > PATIENCE)
			give_up(s, "did not start");
		look_again();
	}
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
served_stop(struct served *s)
{
	double start = bench_wall();

	kill(s->pid, SIGTERM);
	while (waitpid(s->pid, NULL, WNOHANG) == 0) {
		if (bench_wall() - start > PATIENCE)
			kill(s->pid, SIGKILL);
		look_again();
	}
	if (s->tally != NULL)
		munmap(s->tally, sizeof *s->tally);
	nftw(s->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* What the scheduler has given the event loop, the thread of the process's own
 * number. */
static double
loop_seconds(const struct served *s)
{
	char path[64];
	unsigned long long ns = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)s->pid,
	    (int)s->pid);
	if ((f = fopen(path, "r")) == NULL || fscanf(f, "%llu", &ns) != 1)
		give_up(s, "is gone, or there is no schedstat");
	fclose(f);
	return 1e-9 * (double)ns;
}

static void
memory_of(const struct served *s, struct usage *u)
{
	char path[64], line[256];
	long kib;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
	if ((f = fopen(path, "r")) == NULL)
		give_up(s, "is gone");
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "VmRSS: %ld kB", &kib) == 1)
			u->rss = 1024.0 * (double)kib;
		if (sscanf(line, "RssAnon: %ld kB", &kib) == 1)
			u->anonymous = 1024.0 * (double)kib;
	}
	fclose(f);
}

struct usage
served_usage(const struct served *s)
{
	struct usage u = { .loop = loop_seconds(s) };
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(s->pid, &clock) != 0 ||
	    clock_gettime(clock, &t) != 0)
		give_up(s, "is gone");
	u.cpu = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
	memory_of(s, &u);
	if (s->tally != NULL)
		u.tally = *(volatile struct tally *)s->tally;
	return u;
}
