/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answers.h: what clients were told, read from what was sent to them.
 */
#ifndef TESTS_FAULTS_ANSWERS_H
#define TESTS_FAULTS_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define ANSWERS_FDS 4096

struct answers {
	struct buf in[ANSWERS_FDS]; /* by descriptor, what is no whole frame */
	uint64_t seq;               /* the highest that an answer has named */
	uint64_t count;             /* of the answers with a seq */
};

void answers_hear(struct answers *, uint32_t fd, const void *, size_t);

/* The process ended; what was not sent to its end was never heard. */
void answers_hang_up(struct answers *);

#endif
