/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For event loops, which do the waiting: the parts of a call apart.
 */
#include "client/lib.h"

int
banditd_fd(const struct banditd *b)
{
	return b->fd;
}

void
banditd_disconnect(struct banditd *b)
{
	socket_close(b);
}

int
banditd_feed(struct banditd *b, const void *data, size_t len)
{
	lib_forget(b);
	if (bytes_put(&b->in, data, len))
		return 0;
	return lib_fail(b, "no_memory", "out of memory");
}

int
banditd_next(struct banditd *b, uint32_t *msgid)
{
	switch (lib_next(b, msgid)) {
	case LIB_ANSWER:
		return 1;
	case LIB_NOT_YET:
		return 0;
	default:
		return -1;
	}
}

void
banditd_fail(struct banditd *b, const char *code, const char *message)
{
	lib_fail(b, code, "%s", message);
}
