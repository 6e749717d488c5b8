/* A growing buffer of bytes with a ceiling. */
#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Room for LEN bytes and a terminator. */
static bool grow(struct strbuf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 64;
	char *ptr;

	if (len >= SIZE_MAX / 4 || (b->max && len > b->max))
		return false;
	while (cap < len + 1)
		cap *= 2;
	if (cap == b->cap)
		return true;
	ptr = realloc(b->ptr, cap);
	if (!ptr)
		return false;
	b->ptr = ptr;
	b->cap = cap;
	return true;
}

char *strbuf_room(struct strbuf *b, size_t more)
{
	if (b->failed)
		return NULL;
	if (more > SIZE_MAX / 4 || (b->len + more >= b->cap && !grow(b, b->len + more)) ||
	    (b->max && b->len + more > b->max)) {
		b->failed = true;
		return NULL;
	}
	return b->ptr + b->len;
}

void strbuf_append(struct strbuf *b, const void *bytes, size_t len)
{
	char *at = strbuf_room(b, len);

	if (!at)
		return;
	if (len)
		memcpy(at, bytes, len);
	b->len += len;
	b->ptr[b->len] = '\0';
}

void strbuf_append_slice(struct strbuf *b, struct slice s)
{
	strbuf_append(b, s.ptr, s.len);
}

void strbuf_append_str(struct strbuf *b, const char *s)
{
	strbuf_append(b, s, strlen(s));
}

void strbuf_append_char(struct strbuf *b, char c)
{
	strbuf_append(b, &c, 1);
}

void strbuf_append_uint(struct strbuf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	strbuf_append(b, digits + at, sizeof(digits) - at);
}

void strbuf_append_int(struct strbuf *b, int64_t value)
{
	if (value < 0) {
		strbuf_append_char(b, '-');
		strbuf_append_uint(b, 0 - (uint64_t)value);
	} else {
		strbuf_append_uint(b, (uint64_t)value);
	}
}

void strbuf_vprintf(struct strbuf *b, const char *format, va_list args)
{
	va_list again;
	char *at;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	at = len < 0 ? NULL : strbuf_room(b, (size_t)len);
	if (at) {
		vsnprintf(at, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	} else {
		b->failed = true;
	}
	va_end(again);
}

void strbuf_printf(struct strbuf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vprintf(b, format, args);
	va_end(args);
}

void strbuf_truncate(struct strbuf *b, size_t len)
{
	if (len < b->len) {
		b->len = len;
		b->ptr[len] = '\0';
	}
	b->failed = false;
}

void strbuf_clear(struct strbuf *b)
{
	strbuf_truncate(b, 0);
}

void strbuf_free(struct strbuf *b)
{
	free(b->ptr);
	*b = (struct strbuf){.max = b->max};
}
