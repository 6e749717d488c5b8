#include "test.h"

#include "job/backoff.h"

/* The lowest and highest of many draws. */
static void range(int64_t fails, int64_t *low, int64_t *high)
{
	struct random r;

	random_seed(&r);
	*low = INT64_MAX;
	*high = INT64_MIN;
	for (int i = 0; i < 3000; i++) {
		int64_t s = backoff_default_s(fails, &r);

		*low = s < *low ? s : *low;
		*high = s > *high ? s : *high;
	}
}

TEST(delays_are_those_of_gocraft_work)
{
	int64_t low, high;

	range(1, &low, &high);
	CHECK_INT(low, 16);
	CHECK_INT(high, 74);
	range(2, &low, &high);
	CHECK_INT(low, 31);
	CHECK_INT(high, 118);
	range(3, &low, &high);
	CHECK_INT(low, 96);
	CHECK_INT(high, 212);
}

TEST(the_random_part_is_a_multiple_of_fails_and_one)
{
	struct random r;

	random_seed(&r);
	for (int i = 0; i < 300; i++)
		CHECK_INT((backoff_default_s(4, &r) - 256 - 15) % 5, 0);
}

TEST(no_count_of_failures_makes_a_negative_delay)
{
	struct random r;

	random_seed(&r);
	CHECK(backoff_default_s(INT64_MAX, &r) > 0);
	CHECK(backoff_default_s(INT64_MIN, &r) > 0);
	CHECK(backoff_default_s(0, &r) >= 15);
}
