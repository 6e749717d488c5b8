/* Slices: comparing and taking apart runs of bytes. */
#include "test.h"

#include "base/slice.h"

TEST(a_literal_counts_its_nul_bytes_but_not_the_terminator)
{
	CHECK_INT(SLICE("a\0b").len, 3);
	CHECK_INT(slice_of("abc").len, 3);
	CHECK_INT(slice_of(NULL).len, 0);
}

TEST(equal_means_the_same_bytes)
{
	CHECK(slice_equal(SLICE("ab"), SLICE("ab")));
	CHECK(!slice_equal(SLICE("ab"), SLICE("abc")));
	CHECK(!slice_equal(SLICE("a\0b"), SLICE("a\0c")));
	CHECK(slice_equal((struct slice){0}, SLICE("")));
}

TEST(prefixes_and_suffixes)
{
	CHECK(slice_begins(SLICE("work:jobs"), SLICE("work:")));
	CHECK(!slice_begins(SLICE("work"), SLICE("work:")));
	CHECK(slice_begins(SLICE("x"), (struct slice){0}));
	CHECK(slice_ends(SLICE("jobs:paused"), SLICE(":paused")));
	CHECK(!slice_ends(SLICE("paused"), SLICE(":paused")));
	CHECK(slice_ends(SLICE("x"), (struct slice){0}));
}

TEST(the_order_is_of_unsigned_bytes_a_prefix_first)
{
	CHECK(slice_compare(SLICE("a"), SLICE("b")) < 0);
	CHECK(slice_compare(SLICE("\xff"), SLICE("a")) > 0);
	CHECK(slice_compare(SLICE("a"), SLICE("ab")) < 0);
	CHECK(slice_compare(SLICE("ab"), SLICE("a")) > 0);
	CHECK_INT(slice_compare(SLICE("ab"), SLICE("ab")), 0);
	CHECK(slice_compare((struct slice){0}, SLICE("a")) < 0);
}
