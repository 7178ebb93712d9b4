/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_rounds: any bytes as a log of decisions.  What is read without an error
 * is rounds as eval/rounds.h has them; an error says something.
 */
#include <math.h>
#include <string.h>

#include "eval/rounds.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"

static void
check_round(const struct rounds *r, long i)
{
	const struct round *round = &r->round[i];

	MUST(0 <= round->arm && round->arm < r->arms);
	MUST(round->eligible[round->arm]);
	MUST(isnan(round->propensity) ||
	    (round->propensity > 0 && round->propensity <= 1));
	MUST(isfinite(round->reward));
	MUST(!isinf(round->cost) && !isinf(round->time));
	MUST(round->line >= 1 && (i == 0 || round[-1].line < round->line));
	for (long k = 0; k < r->dimension; k++)
		MUST(isfinite(r->x[i * r->dimension + k]));
}

static void
check_rounds(const struct rounds *r)
{
	MUST(r->n >= 1 && r->dimension >= 1 && r->arms >= 1);
	for (int a = 0; a < r->arms; a++) {
		MUST(name_valid(r->arm[a], strlen(r->arm[a])));
		for (int b = 0; b < a; b++)
			MUST(strcmp(r->arm[a], r->arm[b]) != 0);
	}
	for (long i = 0; i < r->n; i++)
		check_round(r, i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *path = feed_file(data, n);
	struct fault f = { 0 };
	struct rounds r;

	if (rounds_read(&r, path, NULL, &f) == ERR_NONE)
		check_rounds(&r);
	else
		MUST(f.text[0] != '\0');
	rounds_fini(&r);
	if (rounds_read(&r, path, "chat", &f) == ERR_NONE)
		check_rounds(&r);
	rounds_fini(&r);
	return 0;
}
