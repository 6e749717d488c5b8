/* How many jobs a pool keeps at hand. */
#include "pool/prefetch.h"

#include "harness/test.h"
#include <cwork/pool.h>

static unsigned depth_at(int setting, unsigned concurrency, int64_t ns)
{
	struct prefetch p = {.setting = setting, .concurrency = concurrency};

	for (int i = 0; i < 200; i++)
		prefetch_measure(&p, ns);
	return prefetch_depth(&p);
}

TEST(nothing_is_prefetched_before_a_job_was_measured)
{
	struct prefetch p = {.setting = CWORK_PREFETCH_ADAPTIVE, .concurrency = 10};

	CHECK_INT(prefetch_depth(&p), 0);
}

TEST(short_jobs_are_prefetched_and_long_ones_never)
{
	CHECK_INT(depth_at(CWORK_PREFETCH_ADAPTIVE, 10, 100), 1000);
	CHECK_INT(depth_at(CWORK_PREFETCH_ADAPTIVE, 10, 1000000), 9);
	CHECK_INT(depth_at(CWORK_PREFETCH_ADAPTIVE, 10, 2000000), 0);
	CHECK_INT(depth_at(CWORK_PREFETCH_ADAPTIVE, 10, 3600000000000), 0);
}

TEST(a_setting_is_kept_to)
{
	CHECK_INT(depth_at(CWORK_PREFETCH_OFF, 10, 100), 0);
	CHECK_INT(depth_at(50, 10, 3600000000000), 50);
}

TEST(one_long_job_among_short_ones_lowers_the_depth_for_a_while)
{
	struct prefetch p = {.setting = CWORK_PREFETCH_ADAPTIVE, .concurrency = 10};
	unsigned after;

	for (int i = 0; i < 200; i++)
		prefetch_measure(&p, 1000);
	prefetch_measure(&p, 1000000000);
	after = prefetch_depth(&p);
	CHECK_INT(after, 0);
	for (int i = 0; i < 2000; i++)
		prefetch_measure(&p, 1000);
	CHECK_INT(prefetch_depth(&p), 1000);
}
