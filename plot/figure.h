/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure.h: a picture as numbers: panels with series of points, and a key.
 *
 * eval/plot.h makes one from the files of a replay, client/plot.h from a log;
 * gnuplot (figure_gnuplot.c) or a terminal (figure_text.c) shows it.  Names are
 * any text.
 */
#ifndef PLOT_FIGURE_H
#define PLOT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum series_kind {
	SERIES_LINE,   /* y, with a band from lo to hi */
	SERIES_AREA,   /* the area from lo to hi */
	SERIES_POINTS, /* marks with errors from lo to hi */
	SERIES_RULE    /* a thin line to compare with, not in the key */
};

struct point {
	double x, y, lo, hi; /* finite, lo <= y <= hi */
};

struct series {
	enum series_kind kind;
	size_t key; /* index in the figure's key; not for SERIES_RULE */
	size_t n, cap;
	struct point *point; /* [n] */
};

struct panel {
	char *title, *subtitle;      /* that may be NULL */
	const char *xlabel, *ylabel; /* ours, without quotes */
	bool log;                    /* x on a logarithmic scale; all x > 0 */
	bool whole;                  /* x are whole numbers */
	size_t n, cap;
	struct series *series; /* [n] */
};

struct figure {
	size_t columns; /* of panels; 0: as fits */
	size_t n, cap;
	struct panel *panel; /* [n] */
	size_t keys, key_cap;
	char **key; /* [keys], what a colour stands for */
};

void figure_fini(struct figure *); /* a zeroed struct is an empty figure */

/* The panel, or the series of a panel, by its names; made where it is new.  The
 * pointer is good until the next is made. */
struct panel *figure_panel(struct figure *, const char *title,
    const char *subtitle);
struct series *figure_series(struct figure *, struct panel *, enum series_kind,
    const char *name);
struct series *figure_rule(struct panel *);

/* A point that is not finite is left out; so is a band. */
void series_add(struct series *, double x, double y, double error);

/* The extent of a panel's points, with bands or without; never empty. */
struct extent {
	double x0, x1, y0, y1;
};
struct extent panel_extent(const struct panel *, bool bands);

/* Draws into the file, by its ending .svg or .png: whole, or not at all.
 * ERR_UNAVAILABLE: there is no gnuplot; ERR_USAGE: another ending;
 * ERR_STORAGE: it cannot be written. */
enum theme { THEME_LIGHT, THEME_DARK };
enum err figure_draw(const struct figure *, const char *path, enum theme,
    struct fault *);

/* Appends the figure as text for such a terminal. */
struct screen {
	int columns, rows;
	bool utf8, colour;
};
struct buf;

/* Standard output's, by the environment and the terminal; sets the locale. */
void screen_ask(struct screen *);
void figure_text(const struct figure *, const struct screen *, struct buf *);

#endif
