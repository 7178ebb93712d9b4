/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * race.h: the exact probabilities of what independent normal draws do.
 *
 * Arm i draws from N(mean[i], sd[i]^2); who is the largest, and who comes
 * after, is an integral of the arms' densities and cdfs, taken on panels
 * (march.h) without any simulation.  Up to 64 arms, errors are under 1e-12,
 * and under 1e-9 of the probability itself where that is over 1e-12.  The
 * same bits everywhere, in the sense of features/exact.h.
 * Throughout: n >= 1; all is finite; sd[i] > 0 and at least RACE_SPREAD times
 * the largest; order[k] are different arms, 1 <= k <= n; a probability is
 * from 0 to 1, and never NaN.
 * Cost: race_best() O(n), race_order() O(n + k), k of these for
 * race_in_turn(), race_rank_major() O(n + k!); each 16 times per panel, of
 * which there are about 10 where arms are alike, and at most 14 n.
 */
#ifndef BANDIT_RACE_H
#define BANDIT_RACE_H

#define RACE_SPREAD 1e-4
#define RACE_RANK_MAJOR_MAX 6

/* Workspace: it grows, so that nothing is allocated after the first time. */
struct race;

struct race *race_new(void);   /* never NULL */
void race_free(struct race *); /* takes NULL */

/* p[i], i < n: the probability that the draw of i is the largest.  Their sum
 * is 1. */
void race_best(struct race *, int n, const double *mean, const double *sd,
    double *p);

/*
 * given[j], j < k: the probability that the draw of order[j] is the largest of
 * those that come after the j largest, given that those are order[0], ..
 * order[j-1] in this order; 0 where that cannot be.
 */
void race_order(struct race *, int n, const double *mean, const double *sd,
    const int *order, int k, double *given);

/*
 * Rank-major slates: `draws` >= k sets of draws, all independent, each rank
 * all n.  The slate takes the best of set 1, of set 2, .. of the last set,
 * then the second best of set 1, of set 2, .. and so on, but nothing twice.
 * given[j], j < k: the probability that position j shows order[j], given those
 * before it.  k <= RACE_RANK_MAJOR_MAX.
 */
void race_rank_major(struct race *, int n, const double *mean, const double *sd,
    const int *order, int k, int draws, double *given);

/* The same where each position has a set of draws of its own, and takes the
 * best that is not yet in the slate. */
void race_in_turn(struct race *, int n, const double *mean, const double *sd,
    const int *order, int k, double *given);

#endif
