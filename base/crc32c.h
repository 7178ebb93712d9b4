/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crc32c.h: CRC-32C (Castagnoli, reflected polynomial 0x82f63b78).
 * Source: RFC 3720, appendix B.4, whose examples the test uses.
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues from crc; start with 0.  crc32c(crc32c(0, a), b) is crc of ab. */
uint32_t crc32c(uint32_t crc, const void *, size_t n);

/* The same without the machine's own instruction for it. */
uint32_t crc32c_by_table(uint32_t crc, const void *, size_t n);

/* The same without the machine's own instruction for it. */
uint32_t crc32c_by_table(uint32_t crc, const void *, size_t n);

#endif
