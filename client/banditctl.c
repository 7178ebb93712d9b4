/* SPDX-License-Identifier: GPL-3.0-or-later */
/* banditctl: the command line of operators. */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "client/ctl.h"
#include "client/ctl_args.h"
#include "client/ctl_progress.h"
#include "client/ctl_show.h"
#include "client/ctl_watch.h"
#include "client/ctl_words.h"

#define TIMEOUT_S 60

void
ctl_write(const struct buf *b)
{
	if (b->len > 0)
		fwrite(b->data, 1, b->len, stdout);
}

bool
ctl_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || no[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* 0: there is none, or it does not say. */
static size_t
terminal_columns(void)
{
	struct winsize size = { 0 };

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void
ctl_put_answer(const struct ctl *ctl, struct banditd_value v, struct buf *out)
{
	struct cursor c = { v.data, v.data + v.len };

	if (ctl->json) {
		json_put(out, &c);
		buf_puts(out, "\n");
	} else {
		const struct look look = { ctl_colour(), terminal_columns(),
			(double)time(NULL) };

		show_put(out, c, &look);
	}
}

static void
show(const struct ctl *ctl, struct banditd_value v)
{
	struct buf out = { 0 };

	ctl_put_answer(ctl, v, &out);
	ctl_write(&out);
	buf_free(&out);
}

static int
call(struct ctl *ctl)
{
	if (banditd_connect(ctl->b) != 0)
		return ctl_fail_connect(ctl);
	if (banditd_call(ctl->b) != 0)
		return ctl_fail_call(ctl);
	show(ctl, banditd_result(ctl->b));
	return EX_OK;
}

/* Those that take time. */
static bool
is_long(const struct method *m)
{
	static const char *const names[] = { "compact", "rebuild" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(m->name, names[i]) == 0)
			return true;
	return false;
}

/* As long as it takes, unless -t says otherwise. */
static int
call_long(struct ctl *ctl)
{
	struct progress *p = progress_start(ctl->path);
	int status;

	if (!ctl->timed)
		banditd_set_timeout(ctl->b, -1);
	if (banditd_connect(ctl->b) != 0) {
		progress_stop(p);
		return ctl_fail_connect(ctl);
	}
	status = banditd_call(ctl->b);
	progress_stop(p);
	if (status != 0)
		return ctl_fail_call(ctl);
	show(ctl, banditd_result(ctl->b));
	return EX_OK;
}

static int
fail_args(const struct ctl *ctl, const struct fault *f, const char *command)
{
	int status =
	    ctl_fail(ctl, f->code == ERR_DATA ? "bad_data" : "usage", f->text);

	if (f->code == ERR_USAGE)
		fprintf(stderr, "Try \"banditctl help %s\".\n", command);
	return status;
}

static int
run_method(struct ctl *ctl, const struct method *m, const char *preset,
    int argc, char **argv)
{
	struct watch w = { .method = m };
	struct fault f;
	struct args args;
	bool watched = watch_wanted(&argc, argv, &w.seconds);

	if (watched && m->roles != ROLE_READ)
		return ctl_fail(ctl, "usage",
		    "--watch is for status, arms and others that only look");
	if (watched && isnan(w.seconds))
		return ctl_fail(ctl, "usage",
		    "--watch=seconds takes 0.1 to 86400");
	w.args = &args;
	banditd_begin(ctl->b, m->name);
	if (args_sort(&args, m, preset, argc, argv, &f) != ERR_NONE ||
	    args_put(&args, m, ctl->raw, ctl->b, &f) != ERR_NONE)
		return fail_args(ctl, &f, m->name);
	if (watched)
		return ctl_watch(ctl, &w);
	return is_long(m) ? call_long(ctl) : call(ctl);
}

static int
run_call(struct ctl *ctl, int argc, char **argv)
{
	const struct method *m;
	struct fault f;

	if (argc < 1)
		return ctl_fail(ctl, "usage",
		    "call needs a method and key=value ...");
	m = method_find(argv[0], strlen(argv[0]));
	if (m != NULL)
		return run_method(ctl, m, NULL, argc - 1, argv + 1);
	banditd_begin(ctl->b, argv[0]);
	if (args_put_unknown(argc - 1, argv + 1, ctl->b, &f) != ERR_NONE)
		return fail_args(ctl, &f, "call");
	return call(ctl);
}

static int
run_version(struct ctl *ctl, int argc, char **argv)
{
	(void)argc, (void)argv;
	if (ctl->json)
		printf("{\"version\": \"%s\"}\n", PACKAGE_VERSION);
	else
		printf("banditctl %s\n", PACKAGE_VERSION);
	return EX_OK;
}

/* clang-format off */
const struct ctl_command ctl_commands[] = {
	{ "call", run_call, "METHOD [key=value ...]",
	  "Call a method by its name, also one that only the daemon knows." },
	{ "doctor", ctl_doctor, "[-c config]",
	  "Check what is often wrong with a set-up, and say what to do." },
	{ "export", ctl_export,
	  "[-m] [-r router] [--from number] [file]",
	  "Write the log as lines of JSON, or as MessagePack." },
	{ "help", ctl_help, "[command]",
	  "List the commands, or show how one is used." },
	{ "import", ctl_import, "[-n] [-r router] [file]",
	  "Learn what was exported, or a history of observations." },
	{ "plot", ctl_plot,
	  "KIND [router] [-f file] [-o file.svg|file.png] [--dark]",
	  "Draw curve, share, arms, calibration or pareto of a router's log." },
	{ "top", ctl_top, "[-b] [-i seconds] [-n frames] [router]",
	  "Watch a router: rates, times, and share and reward of each arm." },
	{ "verify", ctl_verify, "PATH",
	  "Verify a backup, or a state directory that no daemon uses." },
	{ "version", run_version, "",
	  "Show the version of this program; ping shows the daemon's." },
	{ 0 }
};
/* clang-format on */

static int
run(struct ctl *ctl, int argc, char **argv)
{
	const char *preset;
	struct command c;
	char say[256];

	for (const struct ctl_command *own = ctl_commands; own->name != NULL;
	     own++)
		if (strcmp(own->name, argv[0]) == 0)
			return own->run(ctl, argc - 1, argv + 1);
	if (words_find(&c, argc, argv)) {
		preset = c.alias != NULL ? c.alias->preset : NULL;
		return run_method(ctl, c.method, preset, argc - c.words,
		    argv + c.words);
	}
	snprintf(say, sizeof say,
	    "there is no command \"%.100s\"; try \"banditctl help\"", argv[0]);
	return ctl_fail(ctl, "usage", say);
}

static int
usage(void)
{
	fprintf(stderr,
	    "usage: banditctl [-bjV] [-s socket] [-t seconds] command "
	    "[argument ...]\n"
	    "Try \"banditctl help\".\n");
	return EX_USAGE;
}

/* What -t says, in ms; 0 is for ever, as a negative one is to the library. */
static bool
timeout_ms(const char *text, int *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds >= 0 && seconds <= 1e6))
		return false;
	*ms = seconds > 0 ? (int)(1000 * seconds) : -1;
	return true;
}

/* What could not be written to standard output is not done. */
static int
finish(struct ctl *ctl, int status)
{
	banditd_free(ctl->b);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "banditctl: standard output: %s\n", strerror(errno));
	return EX_IOERR;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	int c, ms = 1000 * TIMEOUT_S;

	while ((c = getopt(argc, argv, "+bjs:t:V")) != -1)
		switch (c) {
		case 'b':
			ctl.raw = true;
			break;
		case 'j':
			ctl.json = true;
			break;
		case 's':
			ctl.path = optarg;
			break;
		case 't':
			if (!timeout_ms(optarg, &ms))
				return usage();
			ctl.timed = true;
			break;
		case 'V':
			return finish(&ctl, run_version(&ctl, 0, NULL));
		default:
			return usage();
		}
	if (optind == argc)
		return usage();
	ctl.b = banditd_new(ctl.path);
	if (ctl.b == NULL)
		return EX_OSERR;
	banditd_set_timeout(ctl.b, ms);
	ctl.timeout_ms = ms;
	return finish(&ctl, run(&ctl, argc - optind, argv + optind));
}
