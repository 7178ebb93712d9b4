/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_daemon [-q] -b banditd [-p tally.so] [-m dir] [-d dir] [-x set.brp]
 *     [scene ...]
 *
 * The daemon end to end: throughput, latency, CPU, memory.  State directories
 * are made in the directory of -m, which should be in memory, and where the
 * disk is what matters in that of -d, which should be on one.  Without -p
 * allocations are not counted.  Without scenes it plays all.
 */
#include <err.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/bench/quiet.h"
#include "tests/bench/scene.h"

static const char usage[] =
    "usage: bench_daemon [-q] -b banditd [-p tally.so] [-m dir] [-d dir] "
    "[-x set.brp] [scene ...]\n";

/* clang-format off */
static const struct {
	const char *name;
	scene *play;
	bool quiet; /* on the daemon that they share */
} scenes[] = {
	{ "depth", scene_depth, true },
	{ "prune", scene_prune, true },
	{ "gsl", scene_gsl, true },
	{ "overhead", scene_overhead, true },
	{ "allocations", scene_allocations, true },
	{ "rewards", scene_rewards, true },
	{ "durability", scene_durability, false },
	{ "tail", scene_tail, false },
	{ "memory", scene_memory, false },
	{ "mix", scene_mix, false },
};
/* clang-format on */
#define SCENES ((int)(sizeof scenes / sizeof *scenes))

static bool
wanted(const char *name, char **names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static void
check_names(char **names)
{
	for (; *names != NULL; names++) {
		int i = 0;

		while (i < SCENES && strcmp(scenes[i].name, *names) != 0)
			i++;
		if (i == SCENES)
			errx(EX_USAGE, "there is no scene \"%s\"", *names);
	}
}

static void
play(struct stage *t, char **names, bool quiet)
{
	for (int i = 0; i < SCENES; i++)
		if (scenes[i].quiet == quiet && wanted(scenes[i].name, names))
			scenes[i].play(t);
}

static bool
any_quiet(char **names)
{
	for (int i = 0; i < SCENES; i++)
		if (scenes[i].quiet && wanted(scenes[i].name, names))
			return true;
	return false;
}

static void
options(struct stage *t, int argc, char **argv)
{
	int c;

	t->memory.dir = t->disk.dir = "/tmp";
	while ((c = getopt(argc, argv, "qb:p:m:d:x:")) != -1) {
		if (c == 'q')
			bench_quick = true;
		else if (c == 'b')
			t->memory.banditd = optarg;
		else if (c == 'p')
			t->memory.tally = optarg;
		else if (c == 'm')
			t->memory.dir = optarg;
		else if (c == 'd')
			t->disk.dir = optarg;
		else if (c == 'x')
			t->set = optarg;
		else
			errx(EX_USAGE, "%s", usage);
	}
	if (t->memory.banditd == NULL)
		errx(EX_USAGE, "%s", usage);
	t->disk.banditd = t->memory.banditd;
}

int
main(int argc, char **argv)
{
	static struct stage t;

	options(&t, argc, argv);
	check_names(argv + optind);
	prompts_random(&t.prompts, SCENE_D, 1);
	bench_begin();
	if (any_quiet(argv + optind)) {
		quiet_start(&t);
		play(&t, argv + optind, true);
		served_stop(&t.quiet);
	}
	play(&t, argv + optind, false);
	prompts_fini(&t.prompts);
	return EX_OK;
}
