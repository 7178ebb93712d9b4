/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * commands.h: what bandit-eval can do, a function each; a row of main.c says
 * its name.  argv[0] is that name; each returns an exit code of sysexits(3).
 */
#ifndef EVAL_COMMANDS_H
#define EVAL_COMMANDS_H

int cmd_convert(int argc, char **argv);
int cmd_ope(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_recipe(int argc, char **argv);
int cmd_replay(int argc, char **argv);

#endif
