/* A pool's life: bad options, starting without Redis, draining, stopping in the middle. */
#include "base/clock.h"
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static cwork_error err;
static atomic_int runs, running;
static atomic_bool may_end, saw_cancel;

static int count_run(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_fetch_add(&runs, 1);
	return 0;
}

static int block(cwork_job *job, void *context)
{
	(void)context;
	atomic_fetch_add(&running, 1);
	while (!atomic_load(&may_end)) {
		if (cwork_job_cancelled(job))
			atomic_store(&saw_cancel, true);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	return 0;
}

static void reset(void)
{
	atomic_store(&runs, 0);
	atomic_store(&running, 0);
	atomic_store(&may_end, false);
	atomic_store(&saw_cancel, false);
}

TEST(bad_options_are_refused_and_named)
{
	cwork_pool *pool;

	CHECK_INT(cwork_pool_new(&pool, &(cwork_pool_options){.size = 1000000}, &err),
		  CWORK_E_INVALID);
	CHECK_INT(cwork_pool_new(&pool,
				 &(cwork_pool_options){.size = sizeof(cwork_pool_options),
						       .redis = "ftp://x"},
				 &err),
		  CWORK_E_INVALID);
	CHECK_INT(cwork_pool_new(&pool,
				 &(cwork_pool_options){.size = sizeof(cwork_pool_options),
						       .concurrency = 10001},
				 &err),
		  CWORK_E_INVALID);
	CHECK(strstr(err.text, "10001"));
}

TEST(bad_job_types_are_refused_and_named)
{
	own_by(pool_freep) cwork_pool *pool = fixture_pool(NULL);

	CHECK_INT(cwork_pool_job(pool, "a,b", count_run, NULL, &err), CWORK_E_BAD_NAME);
	CHECK_INT(cwork_pool_job(pool, "foo", count_run,
				 &(cwork_job_options){.size = sizeof(cwork_job_options),
						      .priority = 100001},
				 &err),
		  CWORK_E_INVALID);
	CHECK_INT(cwork_pool_job(pool, "foo", count_run, NULL, &err), 0);
	CHECK_INT(cwork_pool_job(pool, "foo", count_run, NULL, &err), CWORK_E_INVALID);
	CHECK(strstr(err.text, "foo is registered twice"));
}

TEST(a_pool_starts_once_and_stops_once)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(NULL);

	(void)q;
	CHECK_INT(cwork_pool_stop(pool, &err), CWORK_E_STATE);
	CHECK_INT(cwork_pool_start(pool, &err), CWORK_E_INVALID); /* no job types */
	CHECK_INT(cwork_pool_job(pool, "bar", count_run, NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), CWORK_E_STATE);
	CHECK_INT(cwork_pool_job(pool, "foo", count_run, NULL, &err), CWORK_E_STATE);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_INT(cwork_pool_stop(pool, &err), CWORK_E_STATE);
}

TEST(a_pool_waits_for_redis_to_come)
{
	const char *none[] = {NULL};
	struct fixture_server *server = fixture_server_start(none);
	cwork_pool *pool;
	cwork_enqueuer *q;

	reset();
	fixture_server_kill(server);
	CHECK_INT(cwork_pool_new(&pool,
				 &(cwork_pool_options){.size = sizeof(cwork_pool_options),
						       .redis = fixture_server_url(server)},
				 &err),
		  0);
	cwork_pool_job(pool, "foo", count_run, NULL, NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	fixture_server_restart(server);
	CHECK_INT(
		cwork_enqueuer_new(&q,
				   &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							     .redis = fixture_server_url(server)},
				   &err),
		0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_SOON(atomic_load(&runs) == 1);
	cwork_enqueuer_free(q);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	cwork_pool_free(pool);
	fixture_server_stop(server);
}

TEST(stopping_puts_unfinished_jobs_back_to_the_front)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool =
		fixture_pool(&(cwork_pool_options){.concurrency = 2, .grace_ms = 200});
	int64_t start;

	reset();
	cwork_pool_job(pool, "foo", block, NULL, NULL);
	for (int i = 0; i < 5; i++)
		CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("i", i)), NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&running) == 2);
	start = clock_mono_ms();
	CHECK_INT(cwork_pool_stop(pool, &err), CWORK_UNFINISHED);
	CHECK(clock_mono_ms() - start < (test_is_slow() ? 10000 : 1200));
	CHECK_SOON(atomic_load(&saw_cancel));
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 5);
	for (int i = 0; i < 5; i++) {
		char want[20];

		snprintf(want, sizeof(want), "{\"i\":%d}", i);
		CHECK_MSG(strstr(fixture_cmd("LINDEX work:jobs:foo %d", -1 - i), want), "job %d",
			  i);
	}
	CHECK_STR(fixture_cmd("GET work:jobs:foo:lock"), "0");
	CHECK_INT(fixture_int("SCARD work:worker_pools"), 0);
	atomic_store(&may_end, true);
}

TEST(running_jobs_may_end_within_the_grace_period)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(&(cwork_pool_options){.concurrency = 2});

	reset();
	cwork_pool_job(pool, "foo", block, NULL, NULL);
	for (int i = 0; i < 2; i++)
		CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&running) == 2);
	atomic_store(&may_end, true);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 0);
	CHECK_STR(fixture_cmd("GET work:jobs:foo:lock"), "0");
}

TEST(wrong_credentials_fail_at_the_start)
{
	const char *secret[] = {"--requirepass", "sesame", NULL};
	struct fixture_server *server = fixture_server_start(secret);
	cwork_pool *pool;

	CHECK_INT(cwork_pool_new(&pool,
				 &(cwork_pool_options){.size = sizeof(cwork_pool_options),
						       .redis = fixture_server_url(server)},
				 &err),
		  0);
	cwork_pool_job(pool, "foo", count_run, NULL, NULL);
	CHECK_INT(cwork_pool_start(pool, &err), CWORK_E_AUTH);
	cwork_pool_free(pool);
	fixture_server_stop(server);
}

TEST(an_idle_pool_costs_at_most_two_commands_a_second)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(NULL);
	struct timespec wait = {.tv_sec = 4};
	cwork_server_info before = {.size = sizeof(before)}, after = before;
	cwork_client *client;

	reset();
	(void)q;
	cwork_pool_job(pool, "foo", count_run, NULL, NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_INT(cwork_client_new(&client,
				   &(cwork_client_options){.size = sizeof(cwork_client_options),
							   .redis = fixture_redis_socket_url()},
				   &err),
		  0);
	nanosleep(&(struct timespec){.tv_sec = 1}, NULL); /* let it settle down */
	cwork_client_server_info(client, &before, &err);
	nanosleep(&wait, NULL);
	cwork_client_server_info(client, &after, &err);
	cwork_client_free(client);
	/* Scripts' inner commands count too: a heartbeat is five. */
	CHECK_MSG(after.commands - before.commands <= 40, "%lld commands in 4 s",
		  (long long)(after.commands - before.commands));
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}
