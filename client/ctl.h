/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl.h: one run of banditctl.
 */
#ifndef CLIENT_CTL_H
#define CLIENT_CTL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "client/banditd.h"

struct ctl {
	struct banditd *b;
	bool json;        /* -j */
	bool raw;         /* -b */
	bool timed;       /* -t */
	int timeout_ms;   /* what it says; < 0: for ever */
	const char *path; /* -s, or NULL */
};

/* The commands of banditctl itself; all others are methods of the daemon. */
struct ctl_command {
	const char *name;
	int (*run)(struct ctl *, int argc, char **argv); /* the exit status */
	const char *args;
	const char *help; /* one sentence */
};

/* Sorted by name; ends in a row without a name. */
extern const struct ctl_command ctl_commands[];

struct ctl_option {
	const char *name, *arg; /* "-s", " socket" */
	const char *help;
};

/* Ends in a row without a name. */
extern const struct ctl_option ctl_options[];

/* List the commands, or show one.  ctl_help.c */
int ctl_help(struct ctl *, int argc, char **argv);

/*
 * The candidates for the word after argv, for a shell: each a line of
 * "word TAB sentence".  ctl_complete.c
 */
int ctl_complete(struct ctl *, int argc, char **argv);

/* The log to a file, and from one.  ctl_export.c, ctl_import.c */
int ctl_export(struct ctl *, int argc, char **argv);
int ctl_import(struct ctl *, int argc, char **argv);

/* Verify a directory, by running banditd.  ctl_verify.c */
int ctl_verify(struct ctl *, int argc, char **argv);

/* What is wrong, and what to do.  ctl_doctor.c */
int ctl_doctor(struct ctl *, int argc, char **argv);

/* Pictures of a router's log.  ctl_plot.c */
int ctl_plot(struct ctl *, int argc, char **argv);

/* A router over time.  ctl_top.c */
int ctl_top(struct ctl *, int argc, char **argv);

/* Whether standard output shows colours, and may. */
bool ctl_colour(void);

/* Appends an answer as it was asked for: as JSON, or for people. */
void ctl_put_answer(const struct ctl *, struct banditd_value, struct buf *);

void ctl_write(const struct buf *); /* to standard output */

/* "banditctl: sentence" on standard error and, with -j, the error as JSON on
 * standard output; returns the exit status of the code's word. */
int ctl_fail(const struct ctl *, const char *code, const char *sentence);

/* The same for the error of a connection, with what may help, and for that of
 * a call, with its word, which manuals explain. */
int ctl_fail_connect(const struct ctl *);
int ctl_fail_call(const struct ctl *);

#endif
