/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * context.h: checking a prompt's vector before anything else sees it.
 */
#ifndef FEATURES_CONTEXT_H
#define FEATURES_CONTEXT_H

#include <stdbool.h>

#include "base/err.h"

#define CONTEXT_MAX_DIMENSION 65536

/*
 * Checks that x[d] is finite and that its squares and their sum stay within
 * float32, and writes it as float64 to out[d] (NULL: only check), scaled to
 * unit length where normalize is set.
 * ERR_NOT_FINITE: NaN or infinity (the sentence names the element).
 * ERR_OUT_OF_RANGE: a square or the sum overflows float32, or the vector is
 * zero and cannot be normalised.  On error out is unspecified.
 */
enum err context_check(const float *x, int d, bool normalize, double *out,
    struct fault *);

#endif
