/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_load [-e] [-c connections] [-p depth] [-r rate] [-f share] [-t seconds]
 *     [-d dimension | -x set.brp] -s socket [router]
 *
 * A load on a daemon that runs: decisions, and for a share of the requests
 * their rewards.  With -r as an open loop at that rate, with -e explained.
 * The router's arms must be a0, a1, .. where a replay set says what they earn.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/load.h"

#define MOST_CONNECTIONS 10000
#define MOST_DEPTH 10000

static const char usage[] =
    "usage: bench_load [-e] [-c connections] [-p depth] [-r rate] [-f share]\n"
    "           [-t seconds] [-d dimension | -x set.brp] -s socket [router]\n";

struct options {
	const char *socket, *set;
	double dimension, seconds;
};

static double
number(const char *text, double least, double most)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end != '\0' || !(v >= least && v <= most))
		errx(EX_USAGE, "\"%s\" is not from %g to %g", text, least,
		    most);
	return v;
}

static void
parse(struct options *o, struct stream *s, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "ec:p:r:f:t:d:x:s:")) != -1) {
		if (c == 'e')
			s->explain = true;
		else if (c == 'c')
			s->connections =
			    (int)number(optarg, 1, MOST_CONNECTIONS);
		else if (c == 'p')
			s->depth = (int)number(optarg, 1, MOST_DEPTH);
		else if (c == 'r')
			s->rate = number(optarg, 1e-3, 1e9);
		else if (c == 'f')
			s->feedback = number(optarg, 0, 0.5);
		else if (c == 't')
			o->seconds = number(optarg, 1e-3, 1e6);
		else if (c == 'd')
			o->dimension = number(optarg, 1, 65536);
		else if (c == 'x')
			o->set = optarg;
		else if (c == 's')
			o->socket = optarg;
		else
			errx(EX_USAGE, "%s", usage);
	}
	if (o->socket == NULL || argc - optind > 1)
		errx(EX_USAGE, "%s", usage);
	if (optind < argc)
		s->router = argv[optind];
}

static void
print(const char *name, const struct latency *h)
{
	if (h->n == 0)
		return;
	printf("%s\t%.1f\t%.1f\t%.1f\n", name, 1e6 * latency_within(h, 0.5),
	    1e6 * latency_within(h, 0.99), 1e6 * latency_within(h, 0.999));
}

int
main(int argc, char **argv)
{
	struct options o = { .dimension = 384, .seconds = 5 };
	static struct stream s = { .router = "default",
		.arms = 1,
		.connections = 1,
		.depth = 1,
		.ask = ASK_DECIDE };
	struct prompts prompts;
	struct memory memory;
	struct load *load;

	parse(&o, &s, argc, argv);
	if (o.set != NULL)
		prompts_read(&prompts, o.set);
	else
		prompts_random(&prompts, (int)o.dimension, 1);
	memory_init(&memory);
	s.prompts = &prompts;
	s.memory = &memory;
	load = load_new(o.socket, &s, 1);
	load_run(load, (struct load_span){ .seconds = o.seconds });
	printf("%.0f requests per second, %llu errors\n",
	    (double)s.answered / s.seconds, (unsigned long long)s.errors);
	printf("us\tp50\tp99\tp99.9\n");
	print("decide", &s.latency[ASK_DECIDE]);
	print("feedback", &s.latency[ASK_FEEDBACK]);
	load_free(load);
	memory_fini(&memory);
	prompts_fini(&prompts);
	return s.errors == 0 ? EX_OK : EX_SOFTWARE;
}
