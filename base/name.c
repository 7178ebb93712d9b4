/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/name.h"

#include <string.h>

static bool
name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("._:/-", c) != NULL);
}

bool
name_valid(const char *s, size_t len)
{
	if (len < 1 || len > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!name_char(s[i]))
			return false;
	return true;
}

bool
name_copy(char *out, const char *s, size_t len)
{
	if (!name_valid(s, len))
		return false;
	memcpy(out, s, len);
	out[len] = '\0';
	return true;
}
