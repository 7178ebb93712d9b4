/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/noise.h"

#define ALL (WORDS_COMMON + WORDS_OTHER)
#define TELLING 18.0   /* how much more often a word is where it belongs */
#define INFLECTED 0.3 /* share of the other words */
#define SENTENCE 12   /* words */

struct words {
	int d;
	uint64_t random;
	char word[ALL][12];
	double common[WORDS_COMMON]; /* sums of their frequencies */
	double other[WORDS_OTHER];   /* the same, in the text at hand */
	double direction[];          /* [WORDS_OTHER][d] */
};

static int
pick(struct words *w, int n)
{
	return (int)(n * noise_uniform(&w->random));
}

/* As Zipf and Mandelbrot have it. */
static double
frequency(int rank)
{
	return 1 / (rank + 3.7);
}

static void
spell(struct words *w, int rank, char *out)
{
	int syllables = rank < 30 ? 1 : rank < 400 ? 2 : rank < 2000 ? 3 : 4;

	for (int i = 0; i < syllables; i++) {
		*out++ = "bcdfghjklmnprstvw"[pick(w, 17)];
		*out++ = "aeiou"[pick(w, 5)];
	}
	*out = '\0';
}

struct words *
words_new(int d, uint64_t seed)
{
	size_t numbers = WORDS_OTHER * (size_t)d;
	struct words *w =
	    mem_zalloc(1, sizeof *w + numbers * sizeof *w->direction);
	double sum = 0;

	*w = (struct words){ .d = d, .random = seed };
	for (int i = 0; i < ALL; i++)
		spell(w, i, w->word[i]);
	for (int i = 0; i < WORDS_COMMON; i++)
		w->common[i] = sum += frequency(i);
	for (size_t i = 0; i < numbers; i++)
		w->direction[i] = noise_gauss(&w->random);
	for (int i = 0; i < WORDS_OTHER; i++)
		noise_to_unit(w->direction + i * d, d);
	return w;
}

void
words_free(struct words *w)
{
	free(w);
}

static void
turn_to(struct words *w, const double *x)
{
	double sum = 0;

	for (int i = 0; i < WORDS_OTHER; i++) {
		const double *v = w->direction + (size_t)i * (size_t)w->d;
		double dot = 0;

		for (int j = 0; j < w->d; j++)
			dot += v[j] * x[j];
		sum += frequency(WORDS_COMMON + i) * exp(TELLING * dot);
		w->other[i] = sum;
	}
}

/* An index, by the sums so far. */
static int
draw(struct words *w, const double *sum, int n)
{
	double u = sum[n - 1] * noise_uniform(&w->random);
	int low = 0, high = n - 1;

	while (low < high) {
		int middle = (low + high) / 2;

		if (sum[middle] <= u)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
say_word(struct words *w, struct buf *b)
{
	static const char *const endings[] = { "s", "ed", "ing", "er" };

	if (noise_uniform(&w->random) < 0.5) {
		buf_puts(b, w->word[draw(w, w->common, WORDS_COMMON)]);
		return;
	}
	buf_puts(b, w->word[WORDS_COMMON + draw(w, w->other, WORDS_OTHER)]);
	if (noise_uniform(&w->random) < INFLECTED)
		buf_puts(b, endings[pick(w, 4)]);
}

void
words_about(struct words *w, const double *x, int length, struct buf *b)
{
	int n = (length + 1) / 2 + pick(w, length + 1);

	turn_to(w, x);
	b->len = 0;
	for (int i = 0; i < n; i++) {
		size_t at = b->len;

		say_word(w, b);
		if (i % SENTENCE == 0)
			b->data[at] = (uint8_t)toupper(b->data[at]);
		buf_puts(b,
		    i == n - 1 || i % SENTENCE == SENTENCE - 1 ? ". " : " ");
	}
}
