/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of its own, so that a test can take its place when it is linked. */
#include "base/fail.h"

int
fail_point(const char *name)
{
	(void)name;
	return 0;
}
