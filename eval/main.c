/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bandit-eval: what routing would have earned, offline. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "eval/commands.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "replay", cmd_replay, "play policies on sets of prompts" },
	{ "ope", cmd_ope, "judge policies on the log of another" },
	{ "convert", cmd_convert, "write a log for other programs" },
	{ "plot", cmd_plot, "draw what replay -o has written" },
	{ "recipe", cmd_recipe, "replay and draw a set-up of the paper" },
};
#define COMMANDS (sizeof commands / sizeof *commands)

static void
usage(FILE *to)
{
	fputs("usage: bandit-eval [command] ...\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("Each says more with --help.  Without a command it is replay.\n",
	    to);
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EX_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return EX_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return cmd_replay(argc, argv);
}
