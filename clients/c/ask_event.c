/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The same as ask.c on a loop of libevent, with several prompts under way:
 *
 *	cc ask_event.c $(pkg-config --cflags --libs banditd-event libevent_core)
 */
#include <banditd_event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#define PROMPTS 200
#define AT_ONCE 4

struct gateway {
	struct event_base *base;
	struct banditd_event *e;
	int begun, ended;
	int right[4];
};

struct prompt {
	struct gateway *g;
	bool code;
	int number;
};

static void prompt_begin(struct gateway *);

/* In a real gateway: the call of the model, and what the answer was worth. */
static double
ask(const char *arm, bool code)
{
	return strcmp(arm, code ? "large" : "small") == 0 ? 0.9 : 0.2;
}

static void
reported(struct banditd *answer, void *arg)
{
	struct gateway *g = arg;

	if (banditd_code(answer)[0] != '\0')
		fprintf(stderr, "lost a reward: %s\n", banditd_message(answer));
	if (++g->ended == PROMPTS)
		event_base_loopbreak(g->base);
	else
		prompt_begin(g);
}

static void
routed(const struct banditd_decision *d, struct banditd *answer, void *arg)
{
	struct prompt *p = arg;
	double reward = ask(d->arm, p->code);

	if (d->decision[0] == '\0')
		fprintf(stderr, "asked %s: %s\n", d->arm,
		    banditd_message(answer));
	if (reward > 0.5)
		p->g->right[p->number * 4 / PROMPTS]++;
	if (banditd_event_report(p->g->e, d->decision, reward, reported,
		p->g) != 0)
		abort();
	free(p);
}

static void
prompt_begin(struct gateway *g)
{
	struct prompt *p;
	float x[2];

	if (g->begun == PROMPTS || (p = calloc(1, sizeof *p)) == NULL)
		return;
	p->g = g;
	p->number = g->begun++;
	p->code = random() % 2 == 1;
	x[0] = p->code ? 1.0f : 0.0f;
	x[1] = p->code ? 0.0f : 1.0f;
	banditd_put_vector(banditd_event_begin(g->e, "decide"), "x", x, 2);
	if (banditd_event_route(g->e, "small", routed, p) != 0)
		abort();
}

int
main(void)
{
	struct gateway g = { .base = event_base_new() };

	g.e = banditd_event_new(g.base, NULL);
	if (g.e == NULL)
		return 1;
	for (int i = 0; i < AT_ONCE; i++)
		prompt_begin(&g);
	event_base_dispatch(g.base);
	printf("better model asked, by quarters:");
	for (int q = 0; q < 4; q++)
		printf(" %d%%", 100 * g.right[q] * 4 / PROMPTS);
	printf("\n");
	banditd_event_free(g.e);
	event_base_free(g.base);
	return 0;
}
