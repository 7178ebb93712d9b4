/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctl_pipe.h: a connection with several requests under way.
 */
#ifndef CLIENT_CTL_PIPE_H
#define CLIENT_CTL_PIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"

struct pipe {
	int fd;
	uint32_t next; /* msgid of the next request */
	int waiting;   /* requests without an answer */
	struct buf in; /* what came, the last answer first */
	size_t taken;  /* length of that */
	struct scan scan;
	struct buf out;
};

struct pipe_answer {
	uint32_t msgid;
	char code[32];      /* "": no error */
	char message[1024]; /* and its sentence */
	struct cursor result;
};

/* timeout_ms: for one answer; < 0 for ever.  False: errno says why. */
bool pipe_open(struct pipe *, const char *path, int timeout_ms);
void pipe_close(struct pipe *);

/* Sends a request whose params are that map, MessagePack; its msgid is
 * p->next - 1 then.  False: the daemon is gone. */
bool pipe_send(struct pipe *, const char *method, const struct buf *params);

/* Waits for an answer, to any that waits.  False: the daemon is gone, or it
 * takes too long. */
bool pipe_receive(struct pipe *, struct pipe_answer *);

#endif
