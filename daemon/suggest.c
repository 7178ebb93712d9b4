/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/suggest.h"

#include <string.h>

#define LONGEST 32 /* no name of a method is longer */
#define NEAR 2

static int
least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance, one row at a time; blen <= LONGEST. */
static int
distance(const char *a, unsigned long alen, const char *b, unsigned long blen)
{
	int row[LONGEST + 1];

	for (unsigned long j = 0; j <= blen; j++)
		row[j] = (int)j;
	for (unsigned long i = 1; i <= alen; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (unsigned long j = 1; j <= blen; j++) {
			int above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			    diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[blen];
}

const struct method *
method_suggest(const char *name, unsigned long len)
{
	const struct method *nearest = NULL;
	int best = NEAR + 1;

	for (const struct method *m = methods; m->name != NULL; m++) {
		unsigned long n = strlen(m->name);
		int d = len <= LONGEST && n <= LONGEST
		    ? distance(name, len, m->name, n)
		    : best;

		if (d < best && (unsigned long)d < n) {
			best = d;
			nearest = m;
		}
	}
	return nearest;
}
