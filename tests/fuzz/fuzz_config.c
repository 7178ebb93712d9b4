/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_config: any bytes as a configuration file.  What is accepted prints to
 * a file that reads back and prints the same; what is refused leaves nothing
 * and is said in a clean sentence.
 */
#include <config.h> /* memfd_create */

#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "daemon/config.h"

static enum err
read_bytes(struct config *out, const void *data, size_t n, struct fault *f)
{
	int fd = memfd_create("fuzz_config", MFD_CLOEXEC);
	char path[64];
	enum err e;

	MUST(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	e = config_read(out, path, NULL, 0, f);
	close(fd);
	return e;
}

static void
accepted(struct config *first)
{
	struct buf once = { 0 }, twice = { 0 };
	struct config again;
	struct fault f;

	MUST(first->routers >= 1);
	config_print(first, &once);
	MUST(read_bytes(&again, once.data, once.len, &f) == ERR_NONE);
	config_print(&again, &twice);
	MUST(once.len == twice.len);
	MUST(memcmp(once.data, twice.data, once.len) == 0);
	config_fini(&again);
	buf_free(&once);
	buf_free(&twice);
}

static void
refused(const struct config *c, const struct fault *f)
{
	size_t n = strlen(f->text), len;

	MUST(f->code == ERR_CONFIG && n > 0 && n < sizeof f->text);
	MUST(c->routers == 0 && c->router == NULL);
	MUST(c->rules == 0 && c->rule == NULL);
	for (size_t i = 0; i < n; i += len) {
		len = utf8_char(f->text + i, n - i);
		MUST(len > 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct config c;
	struct fault f;

	setenv("HOME", "/home/u", 1);
	if (read_bytes(&c, data, n, &f) == ERR_NONE)
		accepted(&c);
	else
		refused(&c, &f);
	config_fini(&c);
	return 0;
}
