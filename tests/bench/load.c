/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/load.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "tests/bench/bench.h"
#include "tests/bench/wire.h"

#define PATIENCE 30 /* seconds without any answer */
#define READ_SIZE 65536
#define ANSWER_MOST ((size_t)1 << 20)

/* A request under way; its index is its msgid. */
struct slot {
	double start;
	enum ask ask;
	int row;
};

struct line { /* a connection */
	struct stream *stream;
	int fd;
	struct buf in, out;
	struct scan scan;
	struct slot *slot; /* [stream->depth] */
	uint32_t *spare;   /* [spares], of slot */
	int spares;
};

struct load {
	struct stream *stream;
	int streams, lines;
	struct line *line;
	struct pollfd *poll; /* [lines] */
	struct load_span span;
	double start, now, heard;
	uint64_t *sent; /* [streams] */
};

void
memory_init(struct memory *m)
{
	*m = (struct memory){ .known =
				  mem_alloc(MEMORY_SIZE, sizeof *m->known) };
}

void
memory_fini(struct memory *m)
{
	free(m->known);
}

static void
memory_put(struct memory *m, const struct known *k)
{
	if (m != NULL && m->count < MEMORY_SIZE)
		m->known[(m->first + m->count++) % MEMORY_SIZE] = *k;
}

static struct known
memory_take(struct memory *m)
{
	struct known k = m->known[m->first];

	m->first = (m->first + 1) % MEMORY_SIZE;
	m->count--;
	return k;
}

static int
connected(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof at.sun_path)
		errx(EX_USAGE, "%s: too long for a socket", path);
	strcpy(at.sun_path, path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		err(EX_UNAVAILABLE, "%s", path);
	return fd;
}

static void
line_init(struct line *l, struct stream *s, const char *path)
{
	size_t depth = (size_t)s->depth;

	*l = (struct line){ .stream = s, .fd = connected(path) };
	l->slot = mem_alloc(depth, sizeof *l->slot);
	l->spare = mem_alloc(depth, sizeof *l->spare);
	for (l->spares = 0; l->spares < s->depth; l->spares++)
		l->spare[l->spares] = (uint32_t)l->spares;
}

static void
line_fini(struct line *l)
{
	close(l->fd);
	buf_free(&l->in);
	buf_free(&l->out);
	free(l->slot);
	free(l->spare);
}

/* Whether the next request is the reward of a decision. */
static bool
rewards(struct stream *s)
{
	if (s->memory == NULL || s->memory->count == 0)
		return false;
	s->owed += s->feedback;
	if (s->owed < 1)
		return false;
	s->owed -= 1;
	return true;
}

/* The next request of the line's stream goes into its buffer. */
static void
ask(struct line *l, double start)
{
	struct stream *s = l->stream;
	uint32_t id = l->spare[--l->spares];
	struct slot *slot = &l->slot[id];
	struct known k;

	*slot = (struct slot){ start, s->ask, s->row };
	if (rewards(s)) {
		slot->ask = ASK_FEEDBACK;
		k = memory_take(s->memory);
		wire_feedback(&l->out, id, s, &k);
		return;
	}
	if (s->ask == ASK_DECIDE) {
		wire_decide(&l->out, id, s, s->row);
	} else {
		wire_observe(&l->out, id, s, s->row, s->arm);
		s->arm = (s->arm + 1) % s->arms;
	}
	s->row = (s->row + 1) % s->prompts->rows;
}

/* When the stream's next request has its time. */
static double
due(const struct load *r, int stream)
{
	const struct stream *s = &r->stream[stream];

	return s->rate > 0 ? r->start + (double)r->sent[stream] / s->rate
			   : r->now;
}

/* Whether the stream has more to send, now or later.  What had its time
 * before the end is sent after it, if need be. */
static bool
goes_on(const struct load *r, int stream)
{
	const struct load_span *span = &r->span;
	const struct stream *s = &r->stream[stream];

	if (s->ask == ASK_FEEDBACK && s->memory->count == 0)
		return false;
	return (span->seconds == 0 ||
		   due(r, stream) < r->start + span->seconds) &&
	    (span->requests == 0 || r->sent[stream] < span->requests);
}

/* What is due and finds a slot. */
static void
send_due(struct load *r, struct line *l)
{
	int stream = (int)(l->stream - r->stream);

	while (
	    l->spares > 0 && goes_on(r, stream) && due(r, stream) <= r->now) {
		ask(l, due(r, stream));
		r->sent[stream]++;
	}
}

static void
line_write(struct line *l)
{
	ssize_t n =
	    send(l->fd, l->out.data, l->out.len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		err(EX_UNAVAILABLE, "a request");
	if (n > 0)
		buf_consume(&l->out, (size_t)n);
}

static void
took(struct load *r, struct line *l, const struct answer *a)
{
	struct stream *s = l->stream;
	struct slot *slot;
	struct known k = a->known;

	if (a->msgid >= (uint32_t)s->depth)
		errx(EX_PROTOCOL, "an answer to no request");
	slot = &l->slot[a->msgid];
	latency_add(&s->latency[slot->ask], r->now - slot->start);
	s->answered++;
	s->seconds = r->now - r->start;
	if (a->failed && s->errors++ == 0)
		warnx("%s: %s", s->router, a->error);
	k.row = slot->row;
	if (k.id[0] != '\0')
		memory_put(s->memory, &k);
	l->spare[l->spares++] = a->msgid;
}

/* All whole answers that are there. */
static void
take(struct load *r, struct line *l)
{
	size_t at = 0, len;
	struct answer a;

	while (frame_scan_more(&l->scan, l->in.data + at, l->in.len - at,
		   ANSWER_MOST, &len) == FRAME_WHOLE) {
		if (!wire_answer(l->in.data + at, len, &a))
			errx(EX_PROTOCOL, "no answer of banditd");
		took(r, l, &a);
		at += len;
	}
	buf_consume(&l->in, at);
}

static void
line_read(struct load *r, struct line *l)
{
	ssize_t n = recv(l->fd, buf_reserve(&l->in, READ_SIZE), READ_SIZE,
	    MSG_DONTWAIT);

	if (n == 0)
		errx(EX_UNAVAILABLE, "the daemon closed the connection");
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		err(EX_UNAVAILABLE, "an answer");
	if (n <= 0)
		return;
	l->in.len += (size_t)n;
	r->now = r->heard = bench_wall();
	take(r, l);
}

/* Seconds until the next request of an open loop, where one could be sent. */
static double
rest(const struct load *r)
{
	double least = PATIENCE, wait;

	for (int i = 0; i < r->lines; i++) {
		int stream = (int)(r->line[i].stream - r->stream);

		if (r->line[i].spares == 0 || !goes_on(r, stream))
			continue;
		wait = due(r, stream) - r->now;
		if (wait < least)
			least = wait > 0 ? wait : 0;
	}
	return least;
}

static bool
busy(const struct load *r)
{
	for (int i = 0; i < r->lines; i++) {
		const struct line *l = &r->line[i];

		if (l->spares < l->stream->depth ||
		    goes_on(r, (int)(l->stream - r->stream)))
			return true;
	}
	return false;
}

static void
wait_for_some(struct load *r)
{
	double seconds = rest(r);
	struct timespec t = { (time_t)seconds,
		(long)(1e9 * (seconds - (double)(time_t)seconds)) };

	for (int i = 0; i < r->lines; i++)
		r->poll[i] = (struct pollfd){ .fd = r->line[i].fd,
			.events = r->line[i].out.len > 0 ? POLLIN | POLLOUT
							 : POLLIN };
	if (ppoll(r->poll, (nfds_t)r->lines, &t, NULL) < 0 && errno != EINTR)
		err(EX_OSERR, "ppoll");
	r->now = bench_wall();
	if (r->now - r->heard > PATIENCE)
		errx(EX_UNAVAILABLE, "the daemon does not answer");
}

static void
turn(struct load *r)
{
	r->now = bench_wall();
	for (int i = 0; i < r->lines; i++) {
		send_due(r, &r->line[i]);
		if (r->line[i].out.len > 0)
			line_write(&r->line[i]);
	}
	if (!busy(r)) /* the end came after load_run() had looked */
		return;
	wait_for_some(r);
	for (int i = 0; i < r->lines; i++)
		if (r->poll[i].revents & (POLLIN | POLLHUP | POLLERR))
			line_read(r, &r->line[i]);
}

struct load *
load_new(const char *socket, struct stream *s, int n)
{
	struct load *r = mem_zalloc(1, sizeof *r);
	int at = 0;

	r->stream = s;
	r->streams = n;
	for (int i = 0; i < n; i++)
		r->lines += s[i].connections;
	r->line = mem_zalloc((size_t)r->lines, sizeof *r->line);
	r->poll = mem_zalloc((size_t)r->lines, sizeof *r->poll);
	r->sent = mem_zalloc((size_t)n, sizeof *r->sent);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < s[i].connections; k++)
			line_init(&r->line[at++], &s[i], socket);
	return r;
}

void
load_free(struct load *r)
{
	for (int i = 0; i < r->lines; i++)
		line_fini(&r->line[i]);
	free(r->line);
	free(r->poll);
	free(r->sent);
	free(r);
}

void
load_run(struct load *r, struct load_span span)
{
	for (int i = 0; i < r->streams; i++) {
		struct stream *s = &r->stream[i];

		r->sent[i] = s->answered = s->errors = 0;
		s->seconds = 0;
		memset(s->latency, 0, sizeof s->latency);
	}
	r->span = span;
	r->start = r->now = r->heard = bench_wall();
	while (busy(r))
		turn(r);
}
