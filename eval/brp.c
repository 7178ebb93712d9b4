/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eval/brp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/bytes.h"

static size_t
context_bytes(const struct brp *b)
{
	size_t d = (size_t)b->dimension;

	return b->packed ? sizeof(float) + d : d * sizeof(float);
}

void
brp_fini(struct brp *b)
{
	for (int i = 0; b->task != NULL && i < b->tasks; i++)
		free(b->task[i]);
	free(b->task);
	free(b->arm);
	free(b->name);
	free(b->source);
	free(b->licence);
	free(b->reward_unit);
	free(b->cost_unit);
	free(b->embedder);
	free(b->file);
	*b = (struct brp){ 0 };
}

static const uint8_t *
row_at(const struct brp *b, int row)
{
	return b->row + (size_t)row * b->row_bytes;
}

/* Reward of arm 0, where costs follow rewards. */
static const uint8_t *
rewards_at(const struct brp *b, int row)
{
	return row_at(b, row) + 12 + context_bytes(b);
}

/* The context as stored; the square of its length. */
static double
context_raw(const struct brp *b, int row, int j, double *x)
{
	const uint8_t *p = row_at(b, row) + 12;

	*x = b->packed ? (double)f32_at(p) * (int8_t)p[sizeof(float) + j]
		       : (double)f32_at(p + sizeof(float) * (size_t)j);
	return *x * *x;
}

double
brp_norm(const struct brp *b, int row)
{
	double sum = 0, x;

	for (int j = 0; j < b->dimension; j++)
		sum += context_raw(b, row, j, &x);
	return sqrt(sum);
}

void
brp_context(const struct brp *b, int row, float *x)
{
	double norm = brp_norm(b, row), value;

	for (int j = 0; j < b->dimension; j++) {
		context_raw(b, row, j, &value);
		x[j] = (float)(value / norm);
	}
}

double
brp_reward(const struct brp *b, int row, int arm)
{
	return f32_at(rewards_at(b, row) + 4 * (size_t)arm);
}

double
brp_cost(const struct brp *b, int row, int arm)
{
	return f32_at(rewards_at(b, row) + 4 * (size_t)(b->arms + arm));
}

uint64_t
brp_id(const struct brp *b, int row)
{
	uint64_t id;

	memcpy(&id, row_at(b, row), sizeof id);
	return id;
}

int
brp_task(const struct brp *b, int row)
{
	return u16_at(row_at(b, row) + 8);
}

int
brp_group(const struct brp *b, int row)
{
	return u16_at(row_at(b, row) + 10);
}

static double
mean(const struct brp *b, int arm, double (*get)(const struct brp *, int, int))
{
	double sum = 0, value;
	int n = 0;

	for (int row = 0; row < b->rows; row++) {
		value = get(b, row, arm);
		if (!isnan(value)) {
			sum += value;
			n++;
		}
	}
	return sum / n;
}

double
brp_mean_reward(const struct brp *b, int arm)
{
	return mean(b, arm, brp_reward);
}

double
brp_mean_cost(const struct brp *b, int arm)
{
	return mean(b, arm, brp_cost);
}
