/* When a pool stops listening: too many lost races, and nothing else. */
#include "pool/wake.h"

#include "harness/test.h"

static void lose(struct wake *w, int times, bool blocked)
{
	for (int i = 0; i < times; i++)
		wake_result(w, false, blocked);
}

TEST(a_pool_that_loses_race_after_race_stops_listening_for_a_while)
{
	struct wake w = {0};

	lose(&w, 1000, false);
	CHECK(w.deaf_until_ms > 0);
}

TEST(pushes_to_a_paused_queue_are_no_lost_races)
{
	struct wake w = {0};

	lose(&w, 1000, true);
	CHECK_INT(w.deaf_until_ms, 0);
	CHECK_INT(w.lost_in_window, 0);
}

TEST(a_job_ends_the_holding_back)
{
	struct wake w = {0};

	lose(&w, 5, false);
	CHECK_INT(w.lost, 5);
	wake_result(&w, true, false);
	CHECK_INT(w.lost, 0);
}
