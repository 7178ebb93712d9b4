/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * top_screen.h: the terminal, through ncurses; it knows nothing of daemons.
 */
#ifndef CLIENT_TOP_SCREEN_H
#define CLIENT_TOP_SCREEN_H

#include <stdbool.h>

#include "client/view.h"

#define SCREEN_NONE (-1)   /* no key in time */
#define SCREEN_RESIZE (-2) /* the terminal has another size */
#define SCREEN_GONE (-3)   /* the terminal is closed */

/* Takes the terminal; false: it is of no kind that is known.  The end of the
 * process, or a signal that ends it, gives it back. */
bool screen_open(bool colour);
void screen_close(void);

void screen_size(int *columns, int *rows);
void screen_show(const struct view *);
void screen_redraw(void); /* all of it at the next show */

/* The next key, as top_key() takes it, within so many seconds. */
int screen_key(double seconds);

#endif
