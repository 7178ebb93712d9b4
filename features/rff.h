/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rff.h: random Fourier features of the Gaussian kernel.
 *
 * phi(x) = sqrt(2/D) [cos(w_1'x) .. cos(w_m'x), sin(w_1'x) .. sin(w_m'x)],
 * m = D/2, w ~ N(0, I/h^2), so that phi(x)'phi(y) estimates
 * exp(-|x-y|^2 / 2h^2) and phi'phi = 1.  Orthogonal frequencies keep the same
 * lengths on directions that are orthogonal within each block of d; structured
 * ones are orthogonal and cost less (structured.h).
 * Source: Rahimi, Recht 2007; Yu et al. 2016 (orthogonal).
 *
 * The frequencies are drawn as float32 and held, transposed, as float64, so
 * that the last bit of a library's logarithm cannot change them.
 */
#ifndef FEATURES_RFF_H
#define FEATURES_RFF_H

#include <stdint.h>

#include "features/map.h"

/* A map with given frequencies, omega[m][d] row-major, 1/h already in. */
struct map *rff_from(int d, int m, const double *omega);

/* CRC-32C of the frequencies, to notice a build that draws others. */
uint32_t rff_checksum(const struct map *);

#endif
