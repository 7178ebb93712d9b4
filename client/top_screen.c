/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/top_screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "client/top.h"

static attr_t attrs[VIEW_ATTRS];
static volatile sig_atomic_t stopped;

enum { GOOD = 1, WARNING, BAD, SPARK };

static void
choose_attrs(bool colour)
{
	bool some = colour && has_colors() && start_color() == OK &&
	    use_default_colors() == OK;

	if (some) {
		init_pair(GOOD, COLOR_GREEN, -1);
		init_pair(WARNING, COLOR_YELLOW, -1);
		init_pair(BAD, COLOR_RED, -1);
		init_pair(SPARK, COLOR_CYAN, -1);
	}
	attrs[VIEW_BOLD] = colour ? A_BOLD : A_NORMAL;
	attrs[VIEW_DIM] = colour ? A_DIM : A_NORMAL;
	attrs[VIEW_BAR] = A_REVERSE;
	attrs[VIEW_SORTED] = A_NORMAL | (colour ? A_BOLD : A_UNDERLINE);
	attrs[VIEW_SELECTED] = A_REVERSE;
	attrs[VIEW_GOOD] = some ? COLOR_PAIR(GOOD) : A_NORMAL;
	attrs[VIEW_WARNING] = some ? COLOR_PAIR(WARNING) : A_NORMAL;
	attrs[VIEW_BAD] = some ? COLOR_PAIR(BAD) | A_BOLD : A_NORMAL;
	attrs[VIEW_SPARK] = some ? COLOR_PAIR(SPARK) : A_NORMAL;
}

static void
on_stop(int sig)
{
	stopped = sig;
}

bool
screen_open(bool colour)
{
	struct sigaction act = { .sa_handler = on_stop };

	if (newterm(NULL, stdout, stdin) == NULL)
		return false;
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	choose_attrs(colour);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	curs_set(0);
	set_escdelay(50);
	return true;
}

void
screen_close(void)
{
	endwin();
}

void
screen_size(int *columns, int *rows)
{
	getmaxyx(stdscr, *rows, *columns);
}

void
screen_redraw(void)
{
	clearok(stdscr, TRUE);
}

static void
show_row(const struct view *v, int row)
{
	const struct view_cell *c = &v->cell[row * v->columns];

	move(row, 0);
	for (int i = 0; i < v->columns; i++) {
		attrset((int)attrs[c[i].attr]);
		addstr(c[i].text[0] != '\0' ? c[i].text : " ");
	}
}

void
screen_show(const struct view *v)
{
	erase();
	for (int row = 0; row < v->rows; row++)
		show_row(v, row);
	refresh();
}

/* ncurses waits for a key by poll(2), but says the same of a closed terminal
 * and of no key. */
static bool
is_gone(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return stopped != 0 ||
	    (poll(&in, 1, 0) > 0 && (in.revents & (POLLHUP | POLLERR)) != 0);
}

static int
translate(int key)
{
	switch (key) {
	case ERR:
		return is_gone() ? SCREEN_GONE : SCREEN_NONE;
	case KEY_RESIZE:
		return SCREEN_RESIZE;
	case KEY_UP:
		return TOP_UP;
	case KEY_DOWN:
		return TOP_DOWN;
	case KEY_PPAGE:
		return TOP_PAGE_UP;
	case KEY_NPAGE:
		return TOP_PAGE_DOWN;
	case KEY_HOME:
		return TOP_HOME;
	case KEY_END:
		return TOP_END;
	default:
		return key;
	}
}

int
screen_key(double seconds)
{
	timeout(seconds > 0 ? (int)(1000 * seconds) + 1 : 0);
	return translate(getch());
}
