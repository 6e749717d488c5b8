/* Memory with one lifetime: a chain of blocks, filled from the newest. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES 4096
#define KEPT_BYTES 65536 /* most that a reset keeps for the next use */

struct arena_block {
	struct arena_block *next;
	size_t used, size; /* bytes behind the header */
	alignas(max_align_t) char bytes[];
};

/* Behind a spare block big enough is nothing better: take the first that fits, else a new one. */
static struct arena_block *block_new(struct arena *a, size_t size)
{
	struct arena_block **at = &a->spare, *block;

	while ((block = *at) && block->size < size)
		at = &block->next;
	if (block) {
		*at = block->next;
	} else {
		size_t grown = a->blocks ? a->blocks->size * 2 : BLOCK_BYTES;

		if (grown > KEPT_BYTES)
			grown = KEPT_BYTES;
		if (size < grown)
			size = grown;
		block = malloc(sizeof(*block) + size);
		if (!block)
			return NULL;
		block->size = size;
	}
	block->used = 0;
	block->next = a->blocks;
	a->blocks = block;
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t padded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct arena_block *block = a->blocks;
	void *out;

	if (padded < size || padded > SIZE_MAX / 2 || (a->limit && padded > a->limit - a->total))
		return NULL;
	if (!block || block->size - block->used < padded) {
		block = block_new(a, padded);
		if (!block)
			return NULL;
	}
	out = block->bytes + block->used;
	block->used += padded;
	a->total += padded;
	return out;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	void *out = arena_alloc(a, size);

	return out ? memset(out, 0, size) : NULL;
}

char *arena_copy(struct arena *a, struct slice s)
{
	char *out = arena_alloc(a, s.len + 1);

	if (!out)
		return NULL;
	if (s.len)
		memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
	return out;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	char *out = NULL;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len >= 0)
		out = arena_alloc(a, (size_t)len + 1);
	if (out)
		vsnprintf(out, (size_t)len + 1, format, again);
	va_end(again);
	return out;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *out;

	va_start(args, format);
	out = arena_vprintf(a, format, args);
	va_end(args);
	return out;
}

void arena_reset(struct arena *a)
{
	struct arena_block *block, *next, *kept = NULL;
	size_t bytes = 0;

	/* The spare ones first, so that a steady user keeps what it used last. */
	for (block = a->blocks; block && block->next; block = block->next)
		;
	if (block)
		block->next = a->spare;
	for (block = a->blocks ? a->blocks : a->spare; block; block = next) {
		next = block->next;
		if (bytes + block->size > KEPT_BYTES) {
			free(block);
			continue;
		}
		bytes += block->size;
		block->next = kept;
		kept = block;
	}
	a->blocks = NULL;
	a->spare = kept;
	a->total = 0;
}

static void free_chain(struct arena_block *block)
{
	struct arena_block *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
}

void arena_free(struct arena *a)
{
	free_chain(a->blocks);
	free_chain(a->spare);
	a->blocks = a->spare = NULL;
	a->total = 0;
}
