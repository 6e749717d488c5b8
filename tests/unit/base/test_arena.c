/* The arena: alignment, limits, and what a reset keeps. */
#include "test.h"

#include "base/arena.h"
#include "base/own.h"
#include <malloc.h>
#include <stdalign.h>

static void arena_freep(struct arena *a)
{
	arena_free(a);
}

TEST(an_arena_of_zeroes_is_ready)
{
	own_by(arena_freep) struct arena a = {0};

	CHECK(arena_alloc(&a, 1));
}

TEST(every_piece_is_aligned_for_anything)
{
	own_by(arena_freep) struct arena a = {0};

	for (size_t size = 0; size < 100; size++)
		CHECK_INT((uintptr_t)arena_alloc(&a, size) % alignof(max_align_t), 0);
}

TEST(pieces_do_not_overlap)
{
	own_by(arena_freep) struct arena a = {0};
	unsigned char *pieces[300];

	for (int i = 0; i < 300; i++) {
		pieces[i] = arena_alloc(&a, 100);
		memset(pieces[i], i, 100);
	}
	for (int i = 0; i < 300; i++)
		for (int at = 0; at < 100; at++)
			CHECK_INT(pieces[i][at], (unsigned char)i);
}

TEST(zeroed_memory_is_zero_also_when_it_was_used_before)
{
	own_by(arena_freep) struct arena a = {0};
	char *p;

	memset(arena_alloc(&a, 64), 'x', 64);
	arena_reset(&a);
	p = arena_zalloc(&a, 64);
	for (int i = 0; i < 64; i++)
		CHECK_INT(p[i], 0);
}

TEST(a_piece_larger_than_a_block_gets_its_own)
{
	own_by(arena_freep) struct arena a = {0};
	char *big = arena_alloc(&a, 3 << 20);

	CHECK(big);
	memset(big, 1, 3 << 20);
	CHECK(arena_alloc(&a, 10));
}

TEST(the_limit_counts_what_was_handed_out_and_a_reset_gives_it_back)
{
	own_by(arena_freep) struct arena a = {.limit = 1000};

	CHECK(arena_alloc(&a, 600));
	CHECK(!arena_alloc(&a, 600));
	CHECK(arena_alloc(&a, 300));
	arena_reset(&a);
	CHECK_INT(a.total, 0);
	CHECK(arena_alloc(&a, 1000 / 16 * 16));
}

TEST(sizes_that_overflow_are_refused)
{
	own_by(arena_freep) struct arena a = {0};

	CHECK(!arena_alloc(&a, SIZE_MAX));
	CHECK(!arena_alloc(&a, SIZE_MAX - 15));
	CHECK(!arena_alloc(&a, SIZE_MAX / 2 + 2));
}

TEST(a_copy_is_terminated_and_keeps_nul_bytes)
{
	own_by(arena_freep) struct arena a = {0};
	char *copy = arena_copy(&a, SLICE("a\0b"));

	CHECK_SLICE(slice_n(copy, 4), slice_n("a\0b", 4));
	CHECK_STR(arena_copy(&a, (struct slice){0}), "");
}

TEST(printf_makes_room_for_the_whole_text)
{
	own_by(arena_freep) struct arena a = {0};
	char *text = arena_printf(&a, "%s-%05000d", "x", 7);

	CHECK_INT(strlen(text), 5002);
	CHECK_STR(text + 4998, "0007");
}

TEST(a_reset_keeps_memory_for_the_next_use)
{
	own_by(arena_freep) struct arena a = {0};
	void *first = arena_alloc(&a, 1000);

	arena_reset(&a);
	CHECK(arena_alloc(&a, 1000) == first);
}

/* Bytes that malloc holds for us; only glibc itself can tell, so not under a checker. */
static size_t held(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

TEST(a_reset_does_not_keep_much)
{
	own_by(arena_freep) struct arena a = {0};
	size_t before = held();

	for (int i = 0; i < 5000; i++)
		arena_alloc(&a, 1000);
	arena_alloc(&a, 3 << 20);
	CHECK(test_is_slow() || held() - before > 8000000);
	arena_reset(&a);
	CHECK_MSG(held() - before < 70000, "%zu bytes were kept", held() - before);
}

TEST(a_freed_arena_is_ready_again)
{
	own_by(arena_freep) struct arena a = {0};

	arena_alloc(&a, 10);
	arena_free(&a);
	arena_free(&a);
	CHECK(arena_alloc(&a, 10));
}
