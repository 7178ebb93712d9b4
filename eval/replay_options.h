/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_options.h: the command line of bandit-eval replay.
 */
#ifndef EVAL_REPLAY_OPTIONS_H
#define EVAL_REPLAY_OPTIONS_H

#include "eval/replay.h"

#define SHOWN_MOST 32
#define POLICIES_MOST 256
#define CHANGES_MOST 64

struct replay_options {
	struct replay replay;
	const char *policy[POLICIES_MOST];
	struct change change[CHANGES_MOST];
	long at[SHOWN_MOST];
	int ats;
	int shown[SHOWN_MOST]; /* marks of at[] */
	bool json, help;
	const char *prefix, *trace;
};

extern const char replay_usage[];

/*
 * Into *o, which must stay where it is: the replay points into it and into
 * argv.  False: the usage is to be printed, as there is an option that is none,
 * or no problem.  A value that is none ends the program with EX_USAGE, a file
 * of policies that cannot be read with EX_NOINPUT or EX_IOERR.
 */
bool replay_options_read(struct replay_options *o, int argc, char **argv);

#endif
