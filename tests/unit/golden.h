/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * golden.h: the numbers of tests/golden, made by an independent
 * implementation with 60 digits.  A file or a key that is missing fails the
 * test.
 */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "tests/unit/numbers.h"

#include <jansson.h>

#define GOLDEN_ERROR 1e-9 /* relative */

enum {
	GOLDEN_D = 4,
	GOLDEN_CONTEXTS = 40,
	GOLDEN_ARMS = 3,
	GOLDEN_M = 6,
	GOLDEN_PHI = 2 * GOLDEN_M
};

struct golden {
	double x[GOLDEN_CONTEXTS][GOLDEN_D];
	double reward[GOLDEN_ARMS][GOLDEN_CONTEXTS];
	double omega[GOLDEN_M * GOLDEN_D]; /* row-major */
	double omega_d[GOLDEN_PHI * GOLDEN_D], phase_d[GOLDEN_PHI];
};

/* A file of tests/golden under $top_srcdir; json_decref() it. */
json_t *golden_load(const char *name);

/* inputs.json. */
void golden_inputs(struct golden *);

json_t *golden_get(const json_t *object, const char *key);
double golden_num(const json_t *object, const char *key);
int golden_int(const json_t *object, const char *key);
const char *golden_str(const json_t *object, const char *key);

/* The array under the key, or (key NULL) the array itself, as n numbers; an
 * array of arrays is read row by row. */
void golden_read(const json_t *, const char *key, double *out, int n);

/* Compares got[n] with what golden_read() reads. */
void golden_compare(const json_t *, const char *key, const double *got, int n);

/*
 * The features of the files, phi[GOLDEN_PHI], by what they call them: "2D" is
 * what rff.h makes; "D", cosines with phases, is none of ours, but a model
 * takes any phi.
 */
void golden_phi(const struct golden *, const char *version, const double *x,
    double *phi);

#endif
