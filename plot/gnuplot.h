/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gnuplot.h: running gnuplot on commands of ours.
 *
 * It reads them from a file without a name and writes to one that we opened:
 * no shell sees a name, and no name is a command to gnuplot.
 */
#ifndef PLOT_GNUPLOT_H
#define PLOT_GNUPLOT_H

#include "base/buf.h"
#include "base/err.h"

/* Appends clean text as a string that gnuplot takes as it is. */
void gnuplot_quote(struct buf *, const char *text);

/*
 * Runs the commands, which write to standard output; that becomes the file.
 * ERR_UNAVAILABLE: there is no gnuplot, or it failed; ERR_STORAGE: the file
 * cannot be written.  It is there whole, or as it was before.
 */
enum err gnuplot_run(const struct buf *commands, const char *path,
    struct fault *);

#endif
