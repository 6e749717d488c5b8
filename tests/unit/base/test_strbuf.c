/* The growing buffer: one check at the end is enough. */
#include "test.h"

#include "base/strbuf.h"

TEST(appends_follow_each_other_and_the_text_is_terminated)
{
	own_by(strbuf_freep) struct strbuf b = {0};

	strbuf_append_str(&b, "n=");
	strbuf_append_int(&b, -42);
	strbuf_append_char(&b, ' ');
	strbuf_append_slice(&b, SLICE("x\0y"));
	strbuf_append(&b, "zz", 1);
	strbuf_printf(&b, "%03d", 7);
	CHECK(!b.failed);
	CHECK_SLICE(strbuf_slice(&b), SLICE("n=-42 x\0yz007"));
	CHECK_INT(b.ptr[b.len], 0);
}

TEST(numbers_at_their_ends_are_written_whole)
{
	own_by(strbuf_freep) struct strbuf b = {0};

	strbuf_append_int(&b, INT64_MIN);
	strbuf_append_char(&b, ' ');
	strbuf_append_int(&b, INT64_MAX);
	strbuf_append_char(&b, ' ');
	strbuf_append_uint(&b, UINT64_MAX);
	strbuf_append_char(&b, ' ');
	strbuf_append_uint(&b, 0);
	CHECK_STR(b.ptr, "-9223372036854775808 9223372036854775807 18446744073709551615 0");
}

TEST(nothing_appended_is_an_empty_slice)
{
	own_by(strbuf_freep) struct strbuf b = {0};

	CHECK_INT(strbuf_slice(&b).len, 0);
	strbuf_append(&b, NULL, 0);
	CHECK(!b.failed);
	CHECK_INT(b.len, 0);
}

TEST(it_grows_to_hold_what_comes)
{
	own_by(strbuf_freep) struct strbuf b = {0};

	for (int i = 0; i < 10000; i++)
		strbuf_append_str(&b, "0123456789");
	CHECK(!b.failed);
	CHECK_INT(b.len, 100000);
	CHECK(memcmp(b.ptr + 99990, "0123456789", 11) == 0);
}

TEST(the_ceiling_is_reached_but_not_passed)
{
	own_by(strbuf_freep) struct strbuf b = {.max = 5};

	strbuf_append_str(&b, "12345");
	CHECK(!b.failed);
	strbuf_append_char(&b, '6');
	CHECK(b.failed);
	CHECK_STR(b.ptr, "12345");
}

TEST(after_a_failed_append_later_ones_do_nothing)
{
	own_by(strbuf_freep) struct strbuf b = {.max = 5};

	strbuf_append_str(&b, "123");
	strbuf_append_str(&b, "456");
	strbuf_append_char(&b, '4');
	strbuf_printf(&b, "%d", 5);
	CHECK(b.failed);
	CHECK_STR(b.ptr, "123");
}

TEST(cutting_back_makes_it_usable_again)
{
	own_by(strbuf_freep) struct strbuf b = {.max = 5};

	strbuf_append_str(&b, "12345");
	strbuf_append_char(&b, '6');
	strbuf_truncate(&b, 2);
	strbuf_append_str(&b, "xyz");
	CHECK(!b.failed);
	CHECK_STR(b.ptr, "12xyz");
	strbuf_truncate(&b, 100);
	CHECK_STR(b.ptr, "12xyz");
	strbuf_clear(&b);
	CHECK_INT(b.len, 0);
	CHECK_STR(b.ptr, "");
}

TEST(clearing_an_unused_buffer_is_fine)
{
	own_by(strbuf_freep) struct strbuf b = {0};

	strbuf_clear(&b);
	CHECK_INT(b.len, 0);
}

TEST(room_is_for_the_caller_to_fill)
{
	own_by(strbuf_freep) struct strbuf b = {.max = 100};
	char *at = strbuf_room(&b, 100);

	CHECK(at);
	memset(at, 'r', 100);
	b.len += 100;
	CHECK(!strbuf_room(&b, 1));
	CHECK(b.failed);
}

TEST(sizes_that_overflow_fail)
{
	own_by(strbuf_freep) struct strbuf b = {0};

	CHECK(!strbuf_room(&b, SIZE_MAX));
	CHECK(b.failed);
	strbuf_clear(&b);
	strbuf_append_char(&b, 'a');
	CHECK(!strbuf_room(&b, SIZE_MAX));
	CHECK_STR(b.ptr, "a");
}

TEST(freeing_keeps_the_ceiling)
{
	struct strbuf b = {.max = 3};

	strbuf_append_str(&b, "abc");
	strbuf_free(&b);
	strbuf_free(&b);
	CHECK_INT(b.len, 0);
	strbuf_append_str(&b, "abcd");
	CHECK(b.failed);
	strbuf_free(&b);
}
