/* The characters of a JSON string that stand for themselves, which most are: skipped in strides. */
#ifndef JOB_PLAIN_H
#define JOB_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool plain_is(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* True when one of eight bytes is not plain. Borrows reach only bytes above one that is not. */
static inline bool plain_any_special(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
	uint64_t quote = v ^ (ones * '"'), backslash = v ^ (ones * '\\');

	return (((v - ones * 0x20) | (quote - ones) | (backslash - ones) | v) & tops) != 0;
}

/* Go to the first character that is not plain, or to END. */
static inline const char *plain_skip(const char *p, const char *end)
{
	uint64_t v;

	for (; end - p >= (ptrdiff_t)sizeof(v); p += sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		if (plain_any_special(v))
			break;
	}
	while (p < end && plain_is(*p))
		p++;
	return p;
}

#endif
