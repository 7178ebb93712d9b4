/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loops of machine.c for one instruction set: included once for each, with
 * TARGET its attribute, BYTES the length of its vectors and OF(name) a name of
 * its own.  GCC lowers long vectors before it clones functions, so that
 * target_clones would not do here.
 */
#define VECTOR(type) type __attribute__((vector_size(BYTES)))

TARGET static void
OF(read)(void *block)
{
	const struct block *b = block;
	size_t n = b->size / BYTES / STREAMS;
	const VECTOR(double) *p = (const void *)b->data;
	VECTOR(double) s[CHAINS] = { 0 };

	for (size_t i = 0; i + 1 < n; i += 2) {
		s[0] += p[i];
		s[1] += p[i + n];
		s[2] += p[i + 2 * n];
		s[3] += p[i + 3 * n];
		s[4] += p[i + 1];
		s[5] += p[i + n + 1];
		s[6] += p[i + 2 * n + 1];
		s[7] += p[i + 3 * n + 1];
	}
	for (int j = 1; j < CHAINS; j++)
		s[0] += s[j];
	sink = s[0][0] + s[0][1];
}

TARGET static void
OF(change)(void *block)
{
	const struct block *b = block;
	size_t n = b->size / BYTES;
	VECTOR(double) *p = (void *)b->data;

	for (size_t i = 0; i + 3 < n; i += 4) {
		p[i] += 1;
		p[i + 1] += 1;
		p[i + 2] += 1;
		p[i + 3] += 1;
	}
}

/* Chains of a = a * c + d, which stay finite. */
#define MADDS(name, type)                                                  \
	TARGET static void OF(name)(void *ignored)                         \
	{                                                                  \
		int width = BYTES / (int)sizeof(type);                     \
		VECTOR(type) c = { 0 }, d = { 0 }, a[CHAINS];              \
                                                                           \
		(void)ignored;                                             \
		c += (type)0.5;                                            \
		d += (type)(0.5 + 0 * sink);                               \
		for (int j = 0; j < CHAINS; j++)                           \
			a[j] = d + (type)j;                                \
		for (int i = MACHINE_MADDS / CHAINS / width; i > 0; i--) { \
			a[0] = a[0] * c + d;                               \
			a[1] = a[1] * c + d;                               \
			a[2] = a[2] * c + d;                               \
			a[3] = a[3] * c + d;                               \
			a[4] = a[4] * c + d;                               \
			a[5] = a[5] * c + d;                               \
			a[6] = a[6] * c + d;                               \
			a[7] = a[7] * c + d;                               \
		}                                                          \
		for (int j = 1; j < CHAINS; j++)                           \
			a[0] += a[j];                                      \
		sink = (double)(a[0][0] + a[0][1]);                        \
	}

MADDS(madds_f32, float)
MADDS(madds_f64, double)

#undef MADDS
#undef VECTOR
#undef TARGET
#undef BYTES
#undef OF
