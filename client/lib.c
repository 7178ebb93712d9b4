/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/lib.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

#define TIMEOUT_MS 1000

struct banditd *
banditd_new(const char *path)
{
	struct banditd *b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	b->fd = -1;
	b->timeout_ms = TIMEOUT_MS;
	if (path != NULL)
		snprintf(b->path, sizeof b->path, "%s", path);
	else if (!path_socket_client(geteuid() == 0, b->path))
		b->path[0] = '\0';
	return b;
}

void
banditd_free(struct banditd *b)
{
	if (b == NULL)
		return;
	socket_close(b);
	free(b->out.data);
	free(b->in.data);
	free(b);
}

void
banditd_set_timeout(struct banditd *b, int timeout_ms)
{
	b->timeout_ms = timeout_ms;
}

const char *
banditd_path(const struct banditd *b)
{
	return b->path;
}

const char *
banditd_code(const struct banditd *b)
{
	return b->code;
}

const char *
banditd_message(const struct banditd *b)
{
	return b->message;
}

struct banditd_value
banditd_result(const struct banditd *b)
{
	return b->result;
}

void
lib_forget(struct banditd *b)
{
	b->result = (struct banditd_value){ 0 };
	b->code[0] = b->message[0] = '\0';
	b->said = false;
	bytes_consume(&b->in, b->answered);
	b->answered = 0;
}

int
lib_fail(struct banditd *b, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(b->message, sizeof b->message, fmt, ap);
	va_end(ap);
	utf8_clean(b->message, strlen(b->message));
	snprintf(b->code, sizeof b->code, "%s", code);
	b->result = (struct banditd_value){ 0 };
	return -1;
}

int64_t
lib_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
lib_deadline(const struct banditd *b)
{
	return b->timeout_ms < 0 ? -1 : lib_now() + b->timeout_ms;
}

int
lib_left(int64_t deadline)
{
	int64_t left = deadline - lib_now();

	if (deadline < 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

uint8_t *
bytes_reserve(struct bytes *b, size_t n)
{
	size_t cap = b->cap > 0 ? b->cap : 1024;
	uint8_t *data;

	if (b->data != NULL && b->cap - b->len >= n)
		return b->data + b->len;
	while (cap - b->len < n) {
		if (cap > SIZE_MAX / 2)
			return NULL;
		cap *= 2;
	}
	data = realloc(b->data, cap);
	if (data == NULL)
		return NULL;
	b->data = data;
	b->cap = cap;
	return data + b->len;
}

bool
bytes_put(struct bytes *b, const void *p, size_t n)
{
	uint8_t *to = bytes_reserve(b, n);

	if (to == NULL)
		return false;
	if (n > 0)
		memcpy(to, p, n);
	b->len += n;
	return true;
}

void
bytes_consume(struct bytes *b, size_t n)
{
	b->len -= n;
	if (n > 0 && b->len > 0)
		memmove(b->data, b->data + n, b->len);
}
