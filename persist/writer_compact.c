/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file compacted by the writer's thread, between two transactions. */
#include "persist/compact.h"
#include "persist/writer_thread.h"

/* Takes them out of what is held. */
static void
take_compactions(struct writer *w, struct queue *out)
{
	struct queue rest;
	struct op *op = w->held.first, *next;

	queue_init(out);
	queue_init(&rest);
	for (; op != NULL; op = next) {
		next = op->next;
		queue_put(op->kind == OP_COMPACT ? out : &rest, op);
	}
	queue_init(&w->held);
	queue_move(&w->held, &rest);
}

static bool
told_not_to(struct writer *w)
{
	bool told;

	pthread_mutex_lock(&w->lock);
	told = w->ending || w->stop;
	pthread_mutex_unlock(&w->lock);
	return told;
}

static void
compact(struct writer *w, struct op *op)
{
	double start = clock_mono(&w->clock);

	if (told_not_to(w)) {
		op->err = fault_set(&op->fault, ERR_SHUTTING_DOWN,
		    "the daemon stops, and does not wait for it");
		return;
	}
	op->err = compact_make(w->store, &op->before, &op->after, &op->fault);
	if (op->err != ERR_NONE)
		return;
	op->err = compact_use(w->store, &op->fault);
	if (op->err != ERR_NONE) {
		writer_fail(w, op->fault.text);
		return;
	}
	op->seconds = clock_mono(&w->clock) - start;
	pthread_mutex_lock(&w->lock);
	w->stats.size = store_size(w->store);
	pthread_mutex_unlock(&w->lock);
}

/* What was committed with them does not wait for them. */
void
compact_held(struct writer *w)
{
	struct queue compactions;

	take_compactions(w, &compactions);
	writer_hand_back(w, &w->held);
	for (struct op *op = compactions.first; op != NULL; op = op->next)
		if (w->failed)
			op->err = ERR_STORAGE;
		else
			compact(w, op);
	if (compactions.first != NULL)
		writer_hand_back(w, &compactions);
}
