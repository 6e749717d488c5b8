/* The clocks, and the one that tests may stop. */
#include "test.h"

#include "base/clock.h"
#include <time.h>

TEST(the_wall_clock_is_the_systems)
{
	int64_t before = time(NULL), now = clock_now_s();

	CHECK(now >= before && now <= before + 5);
	CHECK(clock_now_ms() / 1000 - now <= 5);
}

TEST(a_stopped_wall_clock_stands_and_starts_again)
{
	clock_set_for_test(1500000000123);
	CHECK_INT(clock_now_ms(), 1500000000123);
	CHECK_INT(clock_now_s(), 1500000000);
	clock_set_for_test(-1);
	CHECK(clock_now_s() > 1700000000);
}

TEST(a_wall_clock_stopped_at_the_epoch_is_stopped)
{
	clock_set_for_test(0);
	CHECK_INT(clock_now_ms(), 0);
	clock_set_for_test(-1);
}

TEST(durations_do_not_depend_on_the_stopped_clock)
{
	int64_t ns = clock_mono_ns(), ms = clock_mono_ms(), boot = clock_boot_ms();

	clock_set_for_test(5);
	CHECK(clock_mono_ns() >= ns);
	CHECK(clock_mono_ms() >= ms);
	CHECK(clock_boot_ms() >= boot && boot >= ms);
	clock_set_for_test(-1);
}

TEST(monotonic_time_goes_on)
{
	int64_t before = clock_mono_ns();

	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	CHECK(clock_mono_ns() - before >= 2000000);
}
