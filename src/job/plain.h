/* The characters of a JSON string that stand for themselves, which most are: skipped in strides. */
#ifndef JOB_PLAIN_H
#define JOB_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool plain_is(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* The top bit of each byte of V that is not plain. Borrows may set it too, but only above such a
 * byte, so that none and the lowest are right. */
static inline uint64_t plain_special_bits(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
	uint64_t quote = v ^ (ones * '"'), backslash = v ^ (ones * '\\');

	return ((v - ones * 0x20) | (quote - ones) | (backslash - ones) | v) & tops;
}

/* Go to the first character that is not plain, or to END. */
static inline const char *plain_skip(const char *p, const char *end)
{
	uint64_t v;

	for (; end - p >= (ptrdiff_t)sizeof(v); p += sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		v = plain_special_bits(v);
		if (v == 0)
			continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		return p + __builtin_ctzll(v) / 8;
#else
		break;
#endif
	}
	while (p < end && plain_is(*p))
		p++;
	return p;
}

#endif
