/* What once went wrong: pools that are fenced, cut off, stopped twice, or given odd jobs. */
#include "base/clock.h"
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static cwork_error err;
static atomic_int runs;

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Sleeps as long as its args say. */
static int sleep_for(cwork_job *job, void *context)
{
	(void)context;
	pause_ms(cwork_job_has_arg(job, "ms") ? (long)cwork_job_arg_int64(job, "ms") : 0);
	atomic_fetch_add(&runs, 1);
	return 0;
}

static cwork_pool *pool_of(unsigned concurrency, int prefetch)
{
	cwork_pool *pool = fixture_pool(
		&(cwork_pool_options){.concurrency = concurrency, .prefetch = prefetch});

	atomic_store(&runs, 0);
	cwork_pool_job(pool, "foo", sleep_for, NULL, NULL);
	return pool;
}

static bool enqueue(cwork_enqueuer *q, int count, int ms)
{
	for (int i = 0; i < count; i++)
		if (cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("ms", ms)), NULL, &err) != 0)
			return false;
	return true;
}

TEST(a_fenced_pool_loses_nothing_of_what_it_had_fetched)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(1, 30);
	char id[CWORK_ID_SIZE];

	CHECK(enqueue(q, 30, 20));
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&runs) >= 2);
	cwork_pool_id(pool, id);
	fixture_cmd("DEL work:worker_pools:%s", id); /* and nobody requeues */
	CHECK_SOON(atomic_load(&runs) >= 30);
	CHECK_SOON(fixture_int("LLEN work:jobs:foo") == 0);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_STR(fixture_cmd("KEYS *inprogress"), "");
	CHECK_STR(fixture_cmd("GET work:jobs:foo:lock"), "0");
}

TEST(a_fetch_that_is_refused_is_no_empty_queue)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(2, 0);
	char id[CWORK_ID_SIZE];
	int64_t start = clock_mono_ms();

	CHECK_INT(cwork_pool_start(pool, &err), 0);
	cwork_pool_id(pool, id);
	fixture_cmd("DEL work:worker_pools:%s", id);
	CHECK(enqueue(q, 1, 0));
	CHECK_INT(cwork_pool_drain(pool, &err), 0);
	CHECK_INT(runs, 1);
	CHECK(clock_mono_ms() - start < (test_is_slow() ? 20000 : 4000));
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(a_killed_wake_up_connection_is_replaced)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(2, 0);

	CHECK_INT(cwork_pool_start(pool, &err), 0);
	for (int i = 0; i < 3; i++) {
		const char *list, *wake;
		char id[24];

		CHECK_SOON((list = fixture_cmd("CLIENT LIST TYPE pubsub"), strstr(list, "sub=1")));
		wake = strstr(list, "id=");
		CHECK(wake && sscanf(wake, "id=%23[0-9]", id) == 1);
		fixture_cmd("CLIENT KILL ID %s", id);
		CHECK_SOON(!strstr(fixture_cmd("CLIENT LIST TYPE pubsub"), wake));
	}
	CHECK_SOON(strstr(fixture_cmd("CLIENT LIST TYPE pubsub"), "sub=1"));
	pause_ms(300);
	CHECK(strstr(fixture_cmd("CLIENT LIST TYPE pubsub"), "sub=1"));
	CHECK(enqueue(q, 1, 0));
	CHECK_SOON(atomic_load(&runs) == 1);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(jobs_that_wait_behind_slow_ones_go_back_for_others)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(2, 20);

	CHECK(enqueue(q, 2, 2000));
	CHECK(enqueue(q, 8, 1));
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(strcmp(fixture_cmd("GET work:jobs:foo:lock"), "10") == 0);
	CHECK_SOON(fixture_int("LLEN work:jobs:foo") == 8);
	CHECK_INT(runs, 0);
	CHECK_SOON(atomic_load(&runs) == 10);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(finished_jobs_are_acknowledged_while_more_wait_at_hand)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(2, 300);

	CHECK(enqueue(q, 200, 10));
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&runs) >= 40);
	CHECK_MSG(fixture_int("GET work:jobs:foo:lock") <= 190, "none was acknowledged");
	CHECK_SOON(atomic_load(&runs) == 200);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(a_fractional_limit_stops_nothing)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(2, 0);

	cwork_pool_job(pool, "bar", sleep_for, NULL, NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	fixture_cmd("SET work:jobs:bar:max_concurrency 0.5");
	CHECK_INT(cwork_enqueue(q, "bar", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(enqueue(q, 5, 0));
	CHECK_SOON(atomic_load(&runs) == 5);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

static void *stop_too(void *pool)
{
	cwork_pool_stop(pool, NULL);
	return NULL;
}

TEST(two_threads_may_stop_a_pool)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_of(2, 0);
	pthread_t other;

	CHECK(enqueue(q, 4, 50));
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_INT(pthread_create(&other, NULL, stop_too, pool), 0);
	cwork_pool_stop(pool, NULL);
	pthread_join(other, NULL);
	CHECK_INT(fixture_int("SCARD work:worker_pools"), 0);
}

/* Runs until signals; a status of 7 tells that run returned. */
static int run_and_return(void)
{
	cwork_pool *pool = pool_of(2, 0);
	int r = cwork_pool_run(pool, &err);

	cwork_pool_free(pool);
	return r >= 0 ? 7 : 8; /* unfinished, when the second came before the workers had ended */
}

TEST(two_signals_end_the_run_and_not_the_program)
{
	int status;
	pid_t pid;

	fixture_redis_url(); /* emptied; and nothing of ours for the child to leak */
	pid = fork();
	if (pid == 0)
		_exit(run_and_return());
	CHECK_SOON(fixture_int("SCARD work:worker_pools") == 1);
	for (int i = 0; i < 3; i++)
		kill(pid, SIGINT);
	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_MSG(WIFEXITED(status), "killed by signal %d", WTERMSIG(status));
	CHECK_INT(WEXITSTATUS(status), 7);
}

TEST(names_of_a_scheduled_bulk_are_all_known)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	cwork_new_job jobs[] = {{.name = "aa", .run_at_s = 5},
				{.name = "bb", .run_at_s = 5},
				{.name = "cc", .run_at_s = 5}};

	CHECK_INT(cwork_enqueue_many(q, jobs, 3, &err), 0);
	CHECK_INT(fixture_int("SCARD work:known_jobs"), 3);
}

TEST(a_job_is_in_though_its_name_could_not_be_made_known)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	fixture_cmd("SET work:known_jobs x");
	CHECK(enqueue(q, 1, 0));
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 1);
	fixture_cmd("DEL work:known_jobs");
	CHECK(enqueue(q, 1, 0));
	CHECK_INT(fixture_int("SISMEMBER work:known_jobs foo"), 1);
}

TEST(an_id_can_not_be_remembered_for_ever)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	cwork_enqueue_options once = {.size = sizeof(once), .id = "x", .once_s = INT64_MAX};

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, &once, &err), CWORK_E_INVALID);
	CHECK_INT(fixture_int("DBSIZE"), 0);
}
