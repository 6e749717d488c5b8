/* Text made fit to be shown. Knows just enough UTF-8 to tell what may pass. */
#include "base/printable.h"

#include <stdint.h>
#include <stdio.h>

#define UNIT_MAX 4 /* bytes of a character, and of an escape */

/* The bytes of the character that S begins with, and the character; 0 when it is not UTF-8. */
static size_t decode(struct slice s, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)s.ptr[0];
	size_t len = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (len <= 1) {
		*c = first;
		return len;
	}
	if (len > s.len || first > 0xf4)
		return 0;
	*c = first & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		unsigned char byte = (unsigned char)s.ptr[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (byte & 0x3f);
	}
	return *c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : len;
}

/* C0, DEL, C1, line separators, and what turns the direction of the text around. */
static bool acts(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static size_t escape(char out[UNIT_MAX + 1], unsigned char byte)
{
	const char *letter = byte == '\n'   ? "\\n"
			     : byte == '\r' ? "\\r"
			     : byte == '\t' ? "\\t"
					    : "";

	if (*letter)
		return (size_t)snprintf(out, UNIT_MAX + 1, "%s", letter);
	return (size_t)snprintf(out, UNIT_MAX + 1, "\\x%02x", byte);
}

size_t printable(char *out, size_t size, struct slice s)
{
	char unit[UNIT_MAX + 1];
	size_t written = 0, taken, len;
	uint32_t c;

	for (; s.len > 0; s = slice_n(s.ptr + taken, s.len - taken)) {
		taken = decode(s, &c);
		if (taken > 0 && !acts(c)) {
			memcpy(unit, s.ptr, taken);
			len = taken;
		} else {
			len = escape(unit, (unsigned char)s.ptr[0]);
			taken = 1;
		}
		if (written + len >= size)
			break;
		memcpy(out + written, unit, len);
		written += len;
	}
	out[written] = '\0';
	return written;
}
