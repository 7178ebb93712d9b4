/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_limits [-q] [-d dir]: the limits of this machine.
 *
 * Bandwidth of each level of memory, multiply-adds, a round trip over a Unix
 * socket between two processes, and the flush of one page of a file in dir.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/bench/machine.h"

#define MEMORY_MOST ((size_t)256 << 20)
#define TRIPS 2000
#define FLUSHES 20
#define PAGE 4096

/* Well within a level, and well beyond the one before it. */
static size_t
level_size(int level)
{
	size_t third = machine_cache(3), size;

	if (level <= 2)
		return machine_cache(level) / 2;
	size = level == 3 ? machine_cache(2) * 8 : third * 4;
	if (level == 3 && size > third / 2)
		size = third / 2;
	return size < MEMORY_MOST ? size : MEMORY_MOST;
}

/* What limit l of those measured comes to per second. */
static void
print_rate(const char *name, const char *case_, const struct side *s,
    enum limit l, double scale, const char *unit)
{
	struct samples limit = machine_limit(s, l), rate;

	for (int i = 0; i < BENCH_ROUNDS; i++)
		rate.v[i] = scale / limit.v[i];
	bench_row(name, case_, &rate, unit, NULL);
}

static void
level(const char *name, size_t bytes)
{
	struct side side[LIMITS];
	struct block block;

	block_init(&block, bytes);
	machine_sides(side, &block);
	bench_sides(side, LIMITS);
	print_rate("read", name, side, LIMIT_READ, 1e-9, "GB/s");
	print_rate("change", name, side, LIMIT_CHANGE, 1e-9, "GB/s");
	if (bytes < machine_cache(1)) {
		print_rate("multiply-add", "f32", side, LIMIT_F32, 2e-9,
		    "GF/s");
		print_rate("multiply-add", "f64", side, LIMIT_F64, 2e-9,
		    "GF/s");
	}
	block_fini(&block);
}

/* Answers every byte with a byte, until there are no more. */
static void
echo(int fd)
{
	char c;

	while (read(fd, &c, 1) == 1 && write(fd, &c, 1) == 1)
		;
	_exit(0);
}

static double
trips(int fd, int n)
{
	double start = bench_wall();
	char c = 0;

	for (int i = 0; i < n; i++)
		if (write(fd, &c, 1) != 1 || read(fd, &c, 1) != 1)
			err(EX_OSERR, "a round trip");
	return (bench_wall() - start) / n;
}

static void
round_trip(void)
{
	struct samples s;
	int fd[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0 ||
	    (child = fork()) < 0)
		err(EX_OSERR, "a pair of processes");
	if (child == 0) {
		close(fd[0]);
		echo(fd[1]);
	}
	close(fd[1]);
	for (int i = 0; i < BENCH_ROUNDS; i++)
		s.v[i] = 1e6 * trips(fd[0], bench_count(TRIPS));
	close(fd[0]);
	waitpid(child, NULL, 0);
	bench_row("round trip", "unix socket", &s, "us", NULL);
}

static double
flushes(int fd, int n)
{
	char page[PAGE];
	double start = bench_wall();

	for (int i = 0; i < n; i++) {
		memset(page, i, sizeof page);
		if (pwrite(fd, page, sizeof page, 0) != PAGE ||
		    fdatasync(fd) != 0)
			err(EX_IOERR, "a flush");
	}
	return (bench_wall() - start) / n;
}

static void
flush(const char *dir)
{
	struct samples s;
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/flush-XXXXXX", dir);
	if ((fd = mkstemp(path)) < 0)
		err(EX_CANTCREAT, "%s", path);
	unlink(path);
	for (int i = 0; i < BENCH_ROUNDS; i++)
		s.v[i] = 1e6 * flushes(fd, bench_count(FLUSHES));
	close(fd);
	bench_row("flush", "one page", &s, "us", NULL);
}

int
main(int argc, char **argv)
{
	static const char *const levels[] = { "L1", "L2", "L3", "memory" };
	const char *dir = ".";
	int c;

	while ((c = getopt(argc, argv, "qd:")) != -1) {
		if (c == 'q')
			bench_quick = true;
		else if (c == 'd')
			dir = optarg;
		else
			return EX_USAGE;
	}
	bench_begin();
	for (int i = 0; i < (bench_quick ? 2 : 4); i++)
		level(levels[i], level_size(i + 1));
	round_trip();
	flush(dir);
	return EX_OK;
}
