/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A factor as a whole: checked, copied, as bytes. */
#include "bandit/chol.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Numbers in column k without the room behind them. */
static size_t
column_size(const struct chol *c, int k)
{
	return (size_t)(c->n - k + CHOL_HEAD);
}

double
chol_logdet(const struct chol *c)
{
	double sum = 0;

	for (int k = 0; k < c->n; k++)
		sum += log(chol_col(c, k)[CHOL_HEAD]);
	return 2 * sum;
}

bool
chol_check(const struct chol *c)
{
	for (int k = 0; k < c->n; k++) {
		const double *col = chol_col(c, k);

		for (size_t i = 0; i < column_size(c, k); i++)
			if (!isfinite(col[i]))
				return false;
		if (col[CHOL_HEAD] <= 0)
			return false;
	}
	return true;
}

void
chol_assign(struct chol *to, const struct chol *from)
{
	assert(to->cap >= from->n);
	to->n = from->n;
	for (int k = 0; k < from->n; k++)
		memcpy(chol_col(to, k), chol_col(from, k),
		    column_size(from, k) * sizeof *from->cols);
}

void
chol_encode(const struct chol *c, struct buf *out)
{
	for (int k = 0; k < c->n; k++)
		buf_put(out, chol_col(c, k),
		    column_size(c, k) * sizeof *c->cols);
}

size_t
chol_size(int n)
{
	return (size_t)n * (size_t)(n + 1 + 2 * CHOL_HEAD) / 2 * sizeof(double);
}

bool
chol_decode(struct chol *c, const void *data, size_t len)
{
	const char *from = data;
	int n = 0;

	while (n < CHOL_MAX && chol_size(n) < len)
		n++;
	if (chol_size(n) != len)
		return false;
	if (n > c->cap) {
		chol_fini(c);
		chol_init(c, 0, n, 1);
	}
	c->n = n;
	for (int k = 0; k < n; k++) {
		size_t size = column_size(c, k) * sizeof *c->cols;

		memcpy(chol_col(c, k), from, size);
		from += size;
	}
	return chol_check(c);
}
