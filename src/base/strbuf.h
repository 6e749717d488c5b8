/*
 * A growing buffer of bytes with a ceiling. An append that fails (no memory,
 * over the ceiling) sets failed and changes nothing; later ones do nothing, so
 * one check at the end is enough. Zero-initialised is ready, with no ceiling.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/own.h"
#include "base/slice.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

struct strbuf {
	char *ptr; /* ptr[len] is '\0' once anything was appended */
	size_t len;
	size_t cap;
	size_t max; /* most bytes, 0: no ceiling */
	bool failed;
};

void strbuf_append(struct strbuf *b, const void *bytes, size_t len);
void strbuf_append_slice(struct strbuf *b, struct slice s);
void strbuf_append_str(struct strbuf *b, const char *s);
void strbuf_append_char(struct strbuf *b, char c);
void strbuf_append_int(struct strbuf *b, int64_t value);
void strbuf_append_uint(struct strbuf *b, uint64_t value);
void strbuf_printf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Make room for MORE bytes behind len; returns where they go, or NULL. The caller adds to len. */
char *strbuf_room(struct strbuf *b, size_t more);
/* Cut back to LEN bytes, or empty; the memory stays, failed is cleared. */
void strbuf_truncate(struct strbuf *b, size_t len);
void strbuf_clear(struct strbuf *b);
/* Free the memory; the buffer is ready for use again with the same ceiling. */
void strbuf_free(struct strbuf *b);

static inline struct slice strbuf_slice(const struct strbuf *b)
{
	return (struct slice){b->ptr, b->len};
}

/* own_by(strbuf_freep) struct strbuf b = {0}; */
static inline void strbuf_freep(struct strbuf *b)
{
	strbuf_free(b);
}

#endif
