/* SPDX-License-Identifier: GPL-3.0-or-later */
/* banditd: options, signals, and the way into the background. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <gsl/gsl_errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/path.h"
#include "daemon/inspect.h"
#include "daemon/sd.h"
#include "daemon/service.h"

#define OVERRIDES_MOST 64

enum { OPTION_VERIFY = 256, OPTION_SALVAGE };

struct options {
	bool foreground, check, print, verify;
	int verbose;
	const char *salvage;     /* to this file, NULL: no */
	const char *config_path; /* NULL: the default one if it is there */
	const char *override[OVERRIDES_MOST];
	int overrides;
	char config_file[PATH_SIZE];
	char state_dir[PATH_SIZE + 16], socket[PATH_SIZE + 16];
};

static void
usage(void)
{
	fprintf(stderr,
	    "usage: banditd [-fntvV] [-c config] [-d statedir] [-s socket] "
	    "[-o key=value]...\n"
	    "       banditd --verify [-c config] [-d statedir]\n"
	    "       banditd --salvage file [-c config] [-d statedir]\n"
	    "See banditd(8).\n");
	exit(EX_USAGE);
}

static void
override(struct options *o, const char *text)
{
	if (o->overrides == OVERRIDES_MOST)
		usage();
	o->override[o->overrides++] = text;
}

/* -d and -s are short for -o, but may be relative. */
static void
override_path(struct options *o, char *text, size_t size, const char *key,
    const char *path)
{
	char whole[PATH_SIZE];

	if (!path_absolute(path, whole) ||
	    (size_t)snprintf(text, size, "%s=%s", key, whole) >= size) {
		fprintf(stderr, "banditd: %s is too long\n", key);
		exit(EX_USAGE);
	}
	override(o, text);
}

/* A reload reads it again, from another working directory. */
static void
config_choose(struct options *o, const char *path)
{
	if (!path_absolute(path, o->config_file)) {
		fprintf(stderr,
		    "banditd: the configuration's path is too long\n");
		exit(EX_USAGE);
	}
	o->config_path = o->config_file;
}

static void
options_read(struct options *o, int argc, char **argv)
{
	static const struct option words[] = {
		{ "salvage", required_argument, NULL, OPTION_SALVAGE },
		{ "verify", no_argument, NULL, OPTION_VERIFY },
		{ 0 },
	};
	int c;

	while (
	    (c = getopt_long(argc, argv, "c:d:fno:s:tvV", words, NULL)) != -1)
		switch (c) {
		case OPTION_SALVAGE:
			o->salvage = optarg;
			break;
		case OPTION_VERIFY:
			o->verify = true;
			break;
		case 'c':
			config_choose(o, optarg);
			break;
		case 'd':
			override_path(o, o->state_dir, sizeof o->state_dir,
			    "state_dir", optarg);
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'n':
			o->check = true;
			break;
		case 'o':
			override(o, optarg);
			break;
		case 's':
			override_path(o, o->socket, sizeof o->socket, "socket",
			    optarg);
			break;
		case 't':
			o->print = true;
			break;
		case 'v':
			o->verbose++;
			break;
		case 'V':
			printf("banditd %s\n", PACKAGE_VERSION);
			exit(EX_OK);
		default:
			usage();
		}
	if (optind != argc)
		usage();
	if (o->config_path == NULL &&
	    path_config(geteuid() == 0, o->config_file) &&
	    access(o->config_file, F_OK) == 0)
		o->config_path = o->config_file;
}

static void
config_show(const struct config *c)
{
	struct buf text = { 0 };

	config_print(c, &text);
	fwrite(text.data, 1, text.len, stdout);
	buf_free(&text);
}

static void
on_stop(evutil_socket_t signal, short what, void *arg)
{
	(void)signal, (void)what;
	service_drain(arg);
}

static void
on_reload(evutil_socket_t signal, short what, void *arg)
{
	struct service *s = arg;
	struct op *op = service_op(s, OP_SYNC, 0);
	struct fault f;

	(void)signal, (void)what;
	if (service_reload(s, op, &f) == ERR_NONE)
		return;
	log_error("not reloaded: %s", f.text);
	writer_recycle(s->writer, op);
}

/*
 * The parent of a daemon in the background stays until that is serving, or
 * ends with its error and exit status.  Returns the pipe to tell it by.
 */
static int
background(void)
{
	int ends[2], status = EX_OSERR;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0) {
		fprintf(stderr, "banditd: %s\n", strerror(errno));
		exit(EX_OSERR);
	}
	if (pid == 0) {
		close(ends[0]);
		setsid();
		return ends[1];
	}
	close(ends[1]);
	if (read(ends[0], &status, sizeof status) != sizeof status &&
	    waitpid(pid, &status, 0) == pid)
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
	exit(status);
}

static void
detach(int parent)
{
	int status = EX_OK, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (parent < 0)
		return;
	log_open("banditd", LOG_LEVEL_INFO, true);
	if (chdir("/") != 0)
		log_warn("cannot leave the working directory");
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	n = write(parent, &status, sizeof status);
	(void)n; /* a parent that is gone does not wait */
	close(parent);
}

static void
signals(struct service *s, struct event **events)
{
	events[0] = evsignal_new(s->base, SIGTERM, on_stop, s);
	events[1] = evsignal_new(s->base, SIGINT, on_stop, s);
	events[2] = evsignal_new(s->base, SIGHUP, on_reload, s);
	for (int i = 0; i < 3; i++)
		event_add(events[i], NULL);
}

/* One that comes now must not take the place of the exit status: without its
 * event a signal ends the process. */
static void
signals_free(struct event **events)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	for (int i = 0; i < 3; i++)
		event_free(events[i]);
}

/* LMDB reads through a map, where a sector that cannot be read is a signal.
 * Only what may be called in a handler. */
static void
on_bus(int sig)
{
	static const char text[] = "banditd: error: a page of the state file, "
				   "or of a backup, cannot be read: stopping\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof text - 1);

	(void)sig, (void)n;
	_exit(EX_IOERR);
}

static int
serve(struct config *config, struct options *o, int listen_fd, int parent)
{
	struct launch launch = { .config_path = o->config_path,
		.default_path = o->config_file,
		.override = o->override,
		.overrides = o->overrides,
		.listen_fd = listen_fd,
		.verbose = o->verbose };
	enum log_level level = log_level_of(config, o->verbose);
	struct service service = { 0 };
	struct event *events[3];
	struct fault f;
	int status;

	service.base = event_base_new();
	if (service_start(&service, config, &launch, service.base, &f)) {
		log_error("%s", f.text);
		event_base_free(service.base);
		return err_exit(f.code);
	}
	signals(&service, events);
	detach(parent);
	log_set_level(level);
	log_info("banditd %s serving on %s", PACKAGE_VERSION,
	    launch.listen_fd >= 0 ? "the socket it was given"
				  : service.config.top.socket);
	sd_tell("READY=1");
	event_base_loop(service.base, 0);
	service_stop(&service);
	status = service.exit_status;
	signals_free(events);
	event_base_free(service.base);
	libevent_global_shutdown();
	return status;
}

/* Reads a state directory and serves nothing. */
static int
inspect(const struct options *o, const char *dir)
{
	struct fault f;
	enum err e = o->verify ? inspect_verify(dir, &f)
			       : inspect_salvage(dir, o->salvage, &f);

	if (e == ERR_NONE)
		return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
	fprintf(stderr, "banditd: %s\n", f.text);
	return err_exit(e);
}

/* libevent would go on without what it could not allocate, and jansson would
 * say that the client is wrong. */
static void *
library_alloc(size_t n)
{
	return mem_alloc(n, 1);
}

static void *
library_realloc(void *p, size_t n)
{
	return mem_realloc(p, n, 1);
}

int
main(int argc, char **argv)
{
	static struct options o;
	struct config config;
	struct fault f;
	bool only_reads;
	int listen_fd;

	gsl_set_error_handler_off();
	event_set_mem_functions(library_alloc, library_realloc, free);
	json_set_alloc_funcs(library_alloc, free);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit is an error of write(2) then */
	signal(SIGHUP, SIG_IGN);  /* until there is something to reload */
	signal(SIGBUS, on_bus);
	options_read(&o, argc, argv);
	only_reads = o.verify || o.salvage != NULL;
	if (only_reads && o.state_dir[0] != '\0') /* whatever is configured */
		return inspect(&o, strchr(o.state_dir, '=') + 1);
	if (config_read(&config, o.config_path, o.override, o.overrides, &f)) {
		fprintf(stderr, "banditd: %s\n", f.text);
		return err_exit(f.code);
	}
	if (o.print)
		config_show(&config);
	if (o.check || o.print) {
		config_fini(&config);
		return EX_OK;
	}
	if (only_reads)
		return inspect(&o, config.top.state_dir);
	log_open("banditd", log_level_of(&config, o.verbose), false);
	listen_fd = sd_listen_fd(); /* ours by its process id: before a fork */
	return serve(&config, &o, listen_fd, o.foreground ? -1 : background());
}
