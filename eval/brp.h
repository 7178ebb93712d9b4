/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * brp.h: replay sets: prompts as vectors, with what every arm earned on them.
 *
 * A set is one file in the format BRP1, laid out in data/README.md.  It is
 * read whole and checked whole: magic, CRC-32, every length against the length
 * of the file before anything is allocated from it, every number of every row.
 * After that the functions below cannot fail.
 */
#ifndef EVAL_BRP_H
#define EVAL_BRP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/name.h"

#define BRP_MAX_BYTES ((size_t)1 << 30)
#define BRP_MAX_ARMS 1024

struct brp_arm {
	char name[NAME_SIZE];
	float price_in, price_out; /* USD per 10^6 tokens; NaN: unknown */
};

struct brp {
	int rows, dimension, arms, tasks; /* each >= 1 */
	char *name, *source, *licence, *reward_unit, *cost_unit, *embedder;
	struct brp_arm *arm; /* [arms] */
	char **task;         /* [tasks] */

	/* How the rows lie in the file. */
	uint8_t *file;      /* what brp_read() allocated, or NULL */
	const uint8_t *row; /* the first */
	size_t row_bytes;
	int packed; /* whether contexts are int8 with a scale */
};

/*
 * Fills in *b; free with brp_fini().  ERR_DATA: not such a file, or damaged;
 * the sentence says how.  ERR_STORAGE: it cannot be read.  After an error *b
 * is zeroed, which brp_fini() takes too.
 */
enum err brp_read(struct brp *b, const char *path, struct fault *);

/* The same for the bytes of a file, which must stay as long as *b is used. */
enum err brp_parse(struct brp *b, const uint8_t *data, size_t len,
    struct fault *);

void brp_fini(struct brp *);

/* The CRC-32 of zlib, polynomial 0xedb88320: the last four bytes of a file, of
 * all before them. */
uint32_t brp_crc(const uint8_t *, size_t n);

/* The row's context, scaled to length 1, to x[dimension]; its length before
 * that, which is close to 1. */
void brp_context(const struct brp *, int row, float *x);
double brp_norm(const struct brp *, int row);

/* NaN where it was not recorded; every row has at least one reward. */
double brp_reward(const struct brp *, int row, int arm);
double brp_cost(const struct brp *, int row, int arm);

uint64_t brp_id(const struct brp *, int row); /* of the prompt's source */
int brp_task(const struct brp *, int row);    /* index in task */

/* Rows of the same group, from 1, are trials of one prompt; 0: the only. */
int brp_group(const struct brp *, int row);

/* Over the rows where it is known; NaN where it is in none. */
double brp_mean_reward(const struct brp *, int arm);
double brp_mean_cost(const struct brp *, int arm);

#endif
