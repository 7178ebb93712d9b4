/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A gateway in small: decide, call the model, feed back.
 *
 * Of two models one answers questions of code well and the other all else;
 * which is which nobody told the daemon.  It prints how often the better one
 * was asked, by quarters.  The daemon needs no configuration, only two arms:
 *
 *	banditd
 *	banditctl arm add small
 *	banditctl arm add large
 *	cc ask.c $(pkg-config --cflags --libs banditd) -o ask && ./ask
 *
 * Without a daemon it asks the usual model, and says why.
 */
#include <banditd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROMPTS 200

/* In a real gateway: the call of the model, and what the answer was worth. */
static double
ask(const char *arm, bool code)
{
	return strcmp(arm, code ? "large" : "small") == 0 ? 0.9 : 0.2;
}

static double
answer(struct banditd *b, const float *x, size_t n, bool code)
{
	struct banditd_decision d;
	double reward;

	banditd_begin(b, "decide");
	banditd_put_vector(b, "x", x, n);
	if (banditd_route(b, "small", &d) != 0)
		fprintf(stderr, "asked %s: %s\n", d.arm, banditd_message(b));
	reward = ask(d.arm, code);
	banditd_report(b, d.decision, reward);
	return reward;
}

int
main(void)
{
	struct banditd *b = banditd_new(NULL);
	int right[4] = { 0 };

	if (b == NULL)
		return 1;
	for (int i = 0; i < PROMPTS; i++) {
		bool code = random() % 2 == 1;
		float x[2] = { code ? 1.0f : 0.0f, code ? 0.0f : 1.0f };

		if (answer(b, x, 2, code) > 0.5)
			right[i * 4 / PROMPTS]++;
	}
	printf("better model asked, by quarters:");
	for (int q = 0; q < 4; q++)
		printf(" %d%%", 100 * right[q] * 4 / PROMPTS);
	printf("\n");
	banditd_free(b);
	return 0;
}
