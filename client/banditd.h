/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * banditd.h: a client of banditd, the online bandit daemon.
 *
 *	struct banditd *b = banditd_new(NULL);
 *	struct banditd_decision d;
 *
 *	banditd_begin(b, "decide");
 *	banditd_put_vector(b, "x", x, 384);
 *	banditd_route(b, "the-usual-model", &d);
 *	reward = ask(d.arm, prompt);
 *	banditd_report(b, d.decision, reward);
 *
 * A gateway goes on when the daemon does not: every function that talks to it
 * is over when the time-out is, and fails with an error.  None prints, ends
 * the process or raises SIGPIPE; running out of memory is an error too.
 *
 * Synchronous, one request at a time; banditd_event.h is for many, on a loop
 * of libevent.  A handle belongs to one thread at a time and does not outlive
 * fork(); handles share nothing.
 */
#ifndef BANDITD_H
#define BANDITD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A daemon's address, the connection to it, the last request and answer. */
struct banditd;

/*
 * For the socket at path; NULL for the default: $BANDITD_SOCKET, else the
 * user's own daemon, else the system's.  Does not connect yet.  NULL when out
 * of memory; free with banditd_free(), which takes NULL.
 */
struct banditd *banditd_new(const char *path);
void banditd_free(struct banditd *);

/* How long a call may take at most, all in all; 1000 at first, < 0 for ever. */
void banditd_set_timeout(struct banditd *, int timeout_ms);

/* The socket's path; "" where there is no default. */
const char *banditd_path(const struct banditd *);

/*
 * Why the last call failed: a word for programs and a sentence for people,
 * both "" after success.  The word is one of the daemon's, listed in
 * banditd-protocol(7), or the library's own:
 *	unavailable	no daemon listens there, or it went away
 *	denied		this user may not open the socket, and which group
 *			may (or, from the daemon, not call the method)
 *	timeout		no answer in time; it is not known whether the
 *			daemon did what was asked
 *	bad_answer	what came is not an answer; the connection is closed
 *	protocol	the daemon speaks another protocol than this library;
 *			the sentence says which of them is newer
 *	no_memory
 */
const char *banditd_code(const struct banditd *);
const char *banditd_message(const struct banditd *);

/*
 * Connects, if it is not connected.  Calls do so themselves, and again after
 * the daemon was restarted; this only tells whether it is there.  0, or -1.
 */
int banditd_connect(struct banditd *);

/*
 * A call in three steps: banditd_begin() starts the request, banditd_put_*()
 * add its parameters in any order, banditd_call() sends it and waits for the
 * answer: 0, or -1.  A failure of one step is reported by banditd_call().
 * A string, list or vector that is NULL is left out.
 */
void banditd_begin(struct banditd *, const char *method);
void banditd_put_bool(struct banditd *, const char *key, bool);
void banditd_put_int(struct banditd *, const char *key, int64_t);
void banditd_put_num(struct banditd *, const char *key, double);
void banditd_put_str(struct banditd *, const char *key, const char *);
void banditd_put_names(struct banditd *, const char *key,
    const char *const *names, size_t n);
void banditd_put_vector(struct banditd *, const char *key, const float *x,
    size_t n);

/* One whole MessagePack value, which is not checked. */
void banditd_put_raw(struct banditd *, const char *key, const void *value,
    size_t len);

int banditd_call(struct banditd *);

/*
 * A value in an answer: its MessagePack bytes, valid until the next request
 * begins on the handle.  data is NULL where there is none, which every
 * function below takes and calls none again, so that they can be nested:
 *	banditd_num(banditd_field(banditd_result(b), "propensity"), &p)
 */
struct banditd_value {
	const unsigned char *data;
	size_t len;
};

/* What the last call answered; none after a failure. */
struct banditd_value banditd_result(const struct banditd *);

/* The value of a map's key; none where there is no such. */
struct banditd_value banditd_field(struct banditd_value map, const char *key);

/* The elements of an array; banditd_item() takes time in proportion to i. */
size_t banditd_length(struct banditd_value array);
struct banditd_value banditd_item(struct banditd_value array, size_t i);

/* Each is false, and writes nothing, where the value is of another kind. */
bool banditd_is_nil(struct banditd_value);
bool banditd_bool(struct banditd_value, bool *);
bool banditd_int(struct banditd_value, int64_t *);
bool banditd_num(struct banditd_value, double *);

/* Copies with a '\0' to out[size]; false also where it does not fit. */
bool banditd_str(struct banditd_value, char *out, size_t size);

/*
 * The three calls of a gateway.  router NULL is "default"; x[n] is the
 * prompt's feature vector.  0, or -1; the result can be read as well.
 */
struct banditd_decision {
	char decision[65];
	char arm[65];
	double propensity; /* probability with which this arm was chosen */
};

int banditd_decide(struct banditd *, const char *router, const float *x,
    size_t n, struct banditd_decision *);
int banditd_decide_text(struct banditd *, const char *router, const char *text,
    struct banditd_decision *);
int banditd_feedback(struct banditd *, const char *decision, double reward);
int banditd_observe(struct banditd *, const char *router, const char *arm,
    const float *x, size_t n, double reward);

/* The decision in the result, for a decide with more parameters; 0, or -1. */
int banditd_read_decision(struct banditd *, struct banditd_decision *);

/*
 * The same for a gateway that goes on in any case.  banditd_route() stands for
 * banditd_call() where a decide was begun: after 100 ms at most, less where the
 * time-out is, there is an arm: 0, and the daemon's decision; or -1, and the
 * fallback, with "" for a decision and 0 for its propensity.
 * banditd_report() is banditd_feedback() within 1000 ms at most; for a decision
 * of "" it fails at once.
 *
 * After a failure neither asks each time: for 100 ms, then 200 and so on up to
 * 5 s, they fail at once, so that a daemon that hangs costs one time-out then.
 */
int banditd_route(struct banditd *, const char *fallback,
    struct banditd_decision *);
int banditd_report(struct banditd *, const char *decision, double reward);

/*
 * For an event loop that does the waiting, the parts of a call apart; for
 * libevent that is done already, in banditd_event.h.
 *
 * banditd_fd() is the connection that banditd_connect() made, -1: none.
 * banditd_request() ends the request that was begun: its bytes, to be sent
 * whole and in order, and its number; NULL, with the error.  They are valid
 * until the next begins on the handle.  banditd_feed() adds what was received;
 * 0, or -1.  banditd_next() takes one answer from it, whose code, message and
 * result are then those of the handle: 1, and the number of its request; 0
 * where none is whole yet; -1 after bad_answer and protocol, and then the
 * connection is closed.  banditd_fail() notes an error of the caller's own,
 * such as a time-out.
 */
int banditd_fd(const struct banditd *);
void banditd_disconnect(struct banditd *);
const void *banditd_request(struct banditd *, size_t *len, uint32_t *msgid);
int banditd_feed(struct banditd *, const void *data, size_t len);
int banditd_next(struct banditd *, uint32_t *msgid);
void banditd_fail(struct banditd *, const char *code, const char *message);

#ifdef __cplusplus
}
#endif

#endif
