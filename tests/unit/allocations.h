/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * allocations.h: counts what the program under test allocates.
 *
 * A program that links it gives ALLOCATIONS_LINK to the linker.
 */
#ifndef TESTS_ALLOCATIONS_H
#define TESTS_ALLOCATIONS_H

extern long allocations; /* calls of malloc and its relatives so far */

#endif
