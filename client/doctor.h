/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doctor.h: what is wrong with a set-up, and what to do.
 *
 * The facts are gathered once, then each check is a row: a name, a function
 * from the facts to a finding, and what to say where nothing is found.  A check
 * neither asks the daemon nor the machine, so that a test can make up facts.
 */
#ifndef CLIENT_DOCTOR_H
#define CLIENT_DOCTOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "client/ctl_seen.h"

enum verdict {
	DOCTOR_UNSAID,
	DOCTOR_SKIPPED,
	DOCTOR_OK,
	DOCTOR_WARNING,
	DOCTOR_BAD
};

struct finding {
	enum verdict verdict; /* the worst of what was noted */
	struct buf say;       /* what was found */
	const char *advice;   /* what to do about the worst; NULL: nothing */
	char room[320];       /* for an advice that is not constant */
};

/* A file or directory, or the nearest above it that can be seen. */
struct place {
	char path[4096];
	bool there, seen; /* itself; one above it */
	bool socket, directory;
	uid_t uid;
	gid_t gid;
	mode_t mode;
	char user[SEEN_NAME], group[SEEN_NAME]; /* or their numbers */
};

struct facts {
	/* This side. */
	uid_t uid;
	char user[SEEN_NAME];
	bool in_login, in_database; /* in the socket's group */
	double now;
	struct place socket, state;
	double disk_free; /* bytes where the state is; NaN: unknown */

	/* The configuration, as banditd reads it. */
	char config[4096];
	bool config_there, config_readable;
	int config_status;      /* exit status of banditd -n -t; < 0: none */
	struct buf config_text; /* what it wrote, with '\0' */

	/* The daemon. */
	char code[32], message[1024]; /* why it did not answer; "": it did */
	char version[32];             /* "": it did not answer at all */
	uid_t daemon_uid;
	bool daemon_uid_known;
	struct seen seen;
};

struct check {
	const char *name;
	void (*run)(const struct facts *, struct finding *);
	const char *fine; /* one sentence, where nothing was noted */
};

/* Each ends in a row without a name; the second is of what needs an answer to
 * `status`.  doctor_setup.c, doctor_daemon.c, doctor_learning.c */
extern const struct check setup_checks[], daemon_checks[], learning_checks[];

/* Fills in the facts.  config NULL: that of the daemon, or else the default
 * one.  doctor_facts.c */
void facts_gather(struct facts *, struct banditd *, const char *config);
void facts_fini(struct facts *);

/* Whether the daemon's file and its settings in force differ: appends how, one
 * part a difference.  doctor_config.c */
void config_compare(const char *text, const struct seen *, struct finding *);

/* Notes what was found; a part, or NULL, is added to the sentence. */
void finding_note(struct finding *, enum verdict, const char *advice,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A list of names that does not get too long: "a, b, c and 4 more". */
struct listing {
	size_t n;
	char text[160];
};
void listing_add(struct listing *, const char *name);
const char *listing_text(struct listing *);

#endif
