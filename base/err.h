/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * err.h: what can go wrong, in one table.
 *
 * A function that can fail returns 0 or an enum err, and where a person will
 * read about it, fills in a struct fault: the code decides the word on the
 * wire and the exit status, the sentence says what to do.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
	ERR_NONE,
	ERR_BAD_REQUEST,
	ERR_UNKNOWN_METHOD,
	ERR_UNKNOWN_ROUTER,
	ERR_UNKNOWN_ARM,
	ERR_UNKNOWN_DECISION,
	ERR_EXPIRED,
	ERR_CONFLICT,
	ERR_DIMENSION_MISMATCH,
	ERR_NOT_FINITE,
	ERR_OUT_OF_RANGE,
	ERR_NO_ELIGIBLE_ARM,
	ERR_DENIED,
	ERR_OVERLOADED,
	ERR_STORAGE,
	ERR_SHUTTING_DOWN,
	ERR_INTERNAL,
	/* Never on the wire. */
	ERR_NUMERIC, /* a matrix would stop being positive definite */
	ERR_CONFIG,  /* the configuration is wrong */
	ERR_DATA,    /* the state directory is damaged or newer */
	ERR_USAGE,   /* the command line is wrong */
	ERR_UNAVAILABLE, /* no daemon there, or one is there already */
	ERR_COUNT
};

struct fault {
	enum err code;
	char text[1024]; /* one sentence, without the code's word */
};

/* The word on the wire ("bad_request"); never NULL. */
const char *err_word(enum err);

/* The code of a wire word, ERR_INTERNAL when it is none of ours. */
enum err err_of_word(const char *word, unsigned long len);

/* The exit status of sysexits(3) for a program that ends because of it. */
int err_exit(enum err);

/* Fills in the fault (which may be NULL) and returns the code.  Whatever is
 * quoted in it, the text stays UTF-8 without control characters. */
enum err fault_set(struct fault *, enum err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends to the sentence; what does not fit ends in "...". */
void fault_add(struct fault *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
