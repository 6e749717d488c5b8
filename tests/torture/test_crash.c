/* Rows 1, 2, 3 and 37: workers that die, handlers that crash, stopping in the middle of long jobs.
 */
#include "crew.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Keep the workers alive, and reap the dead ones' pools, until all is done. */
static bool work_off(struct crew *c, int workers, unsigned concurrency)
{
	int64_t deadline = test_deadline_ms() * 1;

	while (!crew_is_at_rest(c)) {
		for (int i = 0; i < workers; i++)
			if (!crew_is_alive(c, i))
				crew_start(c, i, NULL, concurrency, 2000);
		crew_reap_as_go(c);
		if (!test_wait_a_little(deadline))
			return false;
		pause_ms(20);
	}
	return true;
}

static bool stop_all(struct crew *c, int workers)
{
	bool ok = true;

	for (int i = 0; i < workers; i++)
		crew_signal(c, i, SIGTERM);
	for (int i = 0; i < workers; i++)
		ok = ok && (c->workers[i] <= 0 || crew_wait(c, i) == 0);
	crew_reap_as_go(c);
	return ok;
}

TEST(row_1_workers_killed_under_load_lose_nothing)
{
	own_by(crew_closep) struct crew c;
	long kills = crew_scale(8, 200);

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", crew_scale(3000, 100000), "{\"i\":%ld,\"ms\":2}"));
	srand(7);
	for (long k = 0; k < kills; k++) {
		int victim = rand() % 3;

		for (int i = 0; i < 3; i++)
			if (!crew_is_alive(&c, i))
				CHECK(crew_start(&c, i, NULL, 5, 2000));
		pause_ms(100 + rand() % 100);
		crew_signal(&c, victim, SIGKILL);
		crew_reap_as_go(&c);
	}
	CHECK(work_off(&c, 3, 5));
	CHECK(stop_all(&c, 3));
	/* Every job found in progress of a dead pool may have run already. */
	CHECK(crew_invariants(&c, c.reaped));
}

TEST(row_2_handlers_that_crash_cost_their_process_and_no_job)
{
	own_by(crew_closep) struct crew c;

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", crew_scale(300, 10000), "{\"i\":%ld}"));
	CHECK(crew_enqueue(&c, "t", crew_scale(3, 60), "{\"i\":%ld,\"crash\":\"segv\"}"));
	CHECK(crew_enqueue(&c, "t", crew_scale(3, 60), "{\"i\":%ld,\"crash\":\"abort\"}"));
	CHECK(crew_enqueue(&c, "t", crew_scale(3, 60), "{\"i\":%ld,\"crash\":\"exit\"}"));
	CHECK(crew_enqueue(&c, "t", crew_scale(300, 10000), "{\"i\":%ld}"));
	CHECK(work_off(&c, 2, 3));
	CHECK(stop_all(&c, 2));
	CHECK_INT(crew_distinct(&c), c.id_count);
	CHECK(crew_invariants(&c, c.reaped));
}

TEST(row_3_a_crash_at_the_first_instruction_leaves_the_job_where_it_is_found)
{
	own_by(crew_closep) struct crew c;
	long rounds = crew_scale(12, 200);

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", 1, "{\"i\":%ld,\"crash\":\"always\"}"));
	for (long k = 0; k < rounds; k++) {
		CHECK(crew_start(&c, 0, NULL, 10, 1000));
		CHECK(crew_wait(&c, 0) != -1);
		CHECK_INT(crew_int(&c, "LLEN", "work:jobs:t", NULL), 0);
		CHECK_INT(crew_int(&c, "GET", "work:jobs:t:lock", NULL), 1);
		crew_reap_as_go(&c);
		CHECK_INT(crew_int(&c, "LLEN", "work:jobs:t", NULL), 1);
		CHECK_INT(c.reaped, k + 1);
	}
	CHECK(crew_invariants(&c, 0));
}

TEST(row_37_sigterm_returns_long_jobs_to_the_front_in_time)
{
	own_by(crew_closep) struct crew c;
	struct timespec before, after;

	CHECK(crew_open(&c, NULL));
	CHECK(crew_enqueue(&c, "t", 6, "{\"i\":%ld,\"ms\":60000}"));
	CHECK(crew_start(&c, 0, NULL, 3, 500));
	CHECK_SOON(crew_int(&c, "GET", "work:jobs:t:lock", NULL) == 3);
	clock_gettime(CLOCK_MONOTONIC, &before);
	crew_signal(&c, 0, SIGTERM);
	CHECK_INT(crew_wait(&c, 0), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	CHECK(after.tv_sec - before.tv_sec <= (test_is_slow() ? 10 : 1));
	CHECK_INT(crew_int(&c, "LLEN", "work:jobs:t", NULL), 6);
	for (int i = 0; i < 6; i++) {
		char place[16], want[24];

		snprintf(place, sizeof(place), "%d", -1 - i);
		snprintf(want, sizeof(want), "\"i\":%d,", i);
		CHECK(strstr(crew_cmd(&c, "LINDEX", "work:jobs:t", place, NULL), want));
	}
	CHECK_INT(crew_runs(&c), 0);
	CHECK(crew_invariants(&c, 0));
}
