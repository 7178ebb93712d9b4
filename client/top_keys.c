/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "client/top.h"
#include "client/top_columns.h"

#define INTERVAL_LEAST 0.1
#define INTERVAL_MOST 3600.0

/* Selects the arm of that row, or the nearest. */
static enum top_wish
select_row(struct top *t, size_t row)
{
	if (t->arms == 0)
		return TOP_NOTHING;
	row = row < t->arms ? row : t->arms - 1;
	strcpy(t->selected, t->arm[row].now.name);
	if (strlen(t->selected) > t->name_columns) /* names may look alike */
		snprintf(t->message, sizeof t->message, "%s", t->selected);
	return TOP_REDRAW;
}

static enum top_wish
move(struct top *t, size_t up, size_t down)
{
	size_t row = top_selected_row(t);

	return select_row(t, row > up ? row - up + down : down);
}

static enum top_wish
press_up(struct top *t)
{
	return move(t, 1, 0);
}

static enum top_wish
press_down(struct top *t)
{
	return move(t, 0, 1);
}

static size_t
page(const struct top *t)
{
	return t->shown > 1 ? t->shown - 1 : 1;
}

static enum top_wish
press_page_up(struct top *t)
{
	return move(t, page(t), 0);
}

static enum top_wish
press_page_down(struct top *t)
{
	return move(t, 0, page(t));
}

static enum top_wish
press_home(struct top *t)
{
	return select_row(t, 0);
}

static enum top_wish
press_end(struct top *t)
{
	return select_row(t, SIZE_MAX);
}

static enum top_wish
press_sort(struct top *t)
{
	do { /* a diagram has the order of the number beside it */
		t->sort++;
		if (top_columns[t->sort].title == NULL)
			t->sort = 0;
	} while (top_columns[t->sort].cell == TOP_SPARK);
	snprintf(t->message, sizeof t->message, "sorted by %s",
	    top_columns[t->sort].says);
	return TOP_REDRAW;
}

static enum top_wish
press_reverse(struct top *t)
{
	t->reverse = !t->reverse;
	return TOP_REDRAW;
}

static enum top_wish
press_pause(struct top *t)
{
	if (top_selected(t) == NULL || !t->up)
		return TOP_NOTHING;
	t->mode = TOP_ASK;
	return TOP_REDRAW;
}

static enum top_wish
press_router(struct top *t)
{
	const struct seen_router *r = top_router(t);
	size_t next = r != NULL ? (size_t)(r - t->seen.router) + 1 : 0;

	if (t->seen.routers == 0)
		return TOP_NOTHING;
	next = next < t->seen.routers ? next : 0;
	if (t->seen.routers == 1) {
		snprintf(t->message, sizeof t->message,
		    "there is no other router");
		return TOP_REDRAW;
	}
	strcpy(t->router, t->seen.router[next].name);
	return TOP_SAMPLE;
}

static enum top_wish
set_interval(struct top *t, double seconds)
{
	if (seconds >= INTERVAL_LEAST && seconds <= INTERVAL_MOST)
		t->interval = seconds;
	snprintf(t->message, sizeof t->message, "every %g s", t->interval);
	return TOP_REDRAW;
}

static enum top_wish
press_slower(struct top *t)
{
	return set_interval(t, 2 * t->interval);
}

static enum top_wish
press_faster(struct top *t)
{
	return set_interval(t, t->interval / 2);
}

static enum top_wish
press_help(struct top *t)
{
	t->mode = t->mode == TOP_HELP ? TOP_TABLE : TOP_HELP;
	return TOP_REDRAW;
}

static enum top_wish
press_repaint(struct top *t)
{
	(void)t;
	return TOP_REPAINT;
}

static enum top_wish
press_quit(struct top *t)
{
	(void)t;
	return TOP_QUIT;
}

/* clang-format off */
const struct top_key top_keys[] = {
	{ 'q', 0, "q", "Quit.", press_quit },
	{ 'h', '?', "h", "Show or hide this help.", press_help },
	{ 's', 0, "s", "Sort by the next column.", press_sort },
	{ 'R', 0, "R", "Sort the other way round.", press_reverse },
	{ 'p', ' ', "p", "Pause the selected arm, or enable it again.", press_pause },
	{ 'r', '\t', "r", "Show the next router.", press_router },
	{ '+', '=', "+", "Look half as often.", press_slower },
	{ '-', 0, "-", "Look twice as often.", press_faster },
	{ TOP_UP, 'k', "Up, k", "Select the arm above.", press_up },
	{ TOP_DOWN, 'j', "Down, j", "Select the arm below.", press_down },
	{ TOP_PAGE_UP, 0, "PgUp", "Go a page up.", press_page_up },
	{ TOP_PAGE_DOWN, 0, "PgDn", "Go a page down.", press_page_down },
	{ TOP_HOME, 'g', "Home, g", "Select the first arm.", press_home },
	{ TOP_END, 'G', "End, G", "Select the last arm.", press_end },
	{ 'L' - '@', 0, "Ctrl-L", "Paint the screen anew.", press_repaint },
	{ 0 }
};
/* clang-format on */

enum top_wish
top_key(struct top *t, int key)
{
	enum top_wish wish = TOP_NOTHING;

	t->message[0] = '\0';
	if (t->mode == TOP_ASK) {
		t->mode = TOP_TABLE;
		return key == 'y' || key == 'Y' ? TOP_SET_ARM : TOP_REDRAW;
	}
	for (const struct top_key *k = top_keys; k->name != NULL; k++)
		if (k->key == key || (k->other != 0 && k->other == key)) {
			wish = k->press(t);
			break;
		}
	top_sort(t);
	return wish;
}
