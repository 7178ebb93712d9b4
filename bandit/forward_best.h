/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What forward.c is built as: bandit/local.mk says with which flags. */
#ifndef BANDIT_FORWARD_BEST_H
#define BANDIT_FORWARD_BEST_H

#include "bandit/forward.h"
#include "config.h"

extern const struct forward forward_plain;
#ifdef HAVE_X86_64
extern const struct forward forward_v3, forward_v4;
#endif

#endif
