/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.h: the requests of a load, and their answers, as MessagePack-RPC. */
#ifndef TESTS_BENCH_WIRE_H
#define TESTS_BENCH_WIRE_H

#include "base/buf.h"
#include "tests/bench/load.h"

/* Decides for a context; rewards an arm for it, of a decision or of none. */
void wire_decide(struct buf *, uint32_t msgid, const struct stream *, int row);
void wire_feedback(struct buf *, uint32_t msgid, const struct stream *,
    const struct known *);
void wire_observe(struct buf *, uint32_t msgid, const struct stream *, int row,
    int arm);

struct answer {
	uint32_t msgid;
	bool failed;
	char error[160];    /* where it failed */
	struct known known; /* id "" where it is not of decide; row not set */
};

/* False: it is no response. */
bool wire_answer(const uint8_t *, size_t len, struct answer *);

#endif
