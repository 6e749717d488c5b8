/*
 * Memory with one lifetime: a job, a request, a batch of replies. Allocate at
 * will, free all at once. Zero-initialised is ready for use. Not thread-safe.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"
#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest, in use, first */
	struct arena_block *spare;  /* kept by arena_reset() for reuse */
	size_t total;		    /* bytes handed out since the last reset */
	size_t limit;		    /* most bytes to hand out, 0: no limit */
};

/* SIZE bytes, aligned for anything, not zeroed; NULL when there is no memory or the limit is
 * reached. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zalloc(struct arena *a, size_t size);
/* A terminated copy of S; NULL as above. */
char *arena_copy(struct arena *a, struct slice s);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Forget everything but keep up to some 64 kB of memory for the next use. */
void arena_reset(struct arena *a);
/* Free everything; the arena is ready for use again. */
void arena_free(struct arena *a);

#define arena_new(a, type) ((type *)arena_zalloc((a), sizeof(type)))

#endif
