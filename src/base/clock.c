/* The clocks. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t test_now_ms = -1;

static int64_t read_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t clock_now_ms(void)
{
	int64_t test = atomic_load_explicit(&test_now_ms, memory_order_relaxed);

	return test >= 0 ? test : read_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_now_s(void)
{
	return clock_now_ms() / 1000;
}

int64_t clock_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_mono_ms(void)
{
	return clock_mono_ns() / 1000000;
}

int64_t clock_boot_ms(void)
{
	return read_ns(CLOCK_BOOTTIME) / 1000000;
}

void clock_set_for_test(int64_t now_ms)
{
	atomic_store(&test_now_ms, now_ms);
}
