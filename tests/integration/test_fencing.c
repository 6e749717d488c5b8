/* A pool that was declared dead, or whose Redis lost its data, changes nothing under its old id. */
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static cwork_error err;
static atomic_int runs, running;
static atomic_bool may_end;

static int block_once(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_fetch_add(&running, 1);
	while (!atomic_load(&may_end))
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	atomic_fetch_add(&runs, 1);
	return 0;
}

static void reset(void)
{
	atomic_store(&runs, 0);
	atomic_store(&running, 0);
	atomic_store(&may_end, false);
}

/* What gocraft/work's reaper does to a pool (wire-format.md §10). */
static void reap_as_go(const char *pool_id)
{
	while (fixture_cmd("RPOPLPUSH work:jobs:foo:%s:inprogress work:jobs:foo", pool_id)[0]) {
		fixture_cmd("DECR work:jobs:foo:lock");
		fixture_cmd("HINCRBY work:jobs:foo:lock_info %s -1", pool_id);
	}
	fixture_cmd("DEL work:worker_pools:%s", pool_id);
	fixture_cmd("SREM work:worker_pools %s", pool_id);
	fixture_cmd("HDEL work:jobs:foo:lock_info %s", pool_id);
}

TEST(a_reaped_pool_takes_a_new_id_and_its_ack_changes_nothing)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(&(cwork_pool_options){.concurrency = 2});
	char before[CWORK_ID_SIZE], after[CWORK_ID_SIZE];

	reset();
	cwork_pool_job(pool, "foo", block_once, NULL, NULL);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&running) == 1);
	cwork_pool_id(pool, before);
	fixture_cmd("SET work:jobs:foo:paused 1");
	reap_as_go(before);
	CHECK_SOON((cwork_pool_id(pool, after), strcmp(before, after) != 0));
	CHECK_SOON(fixture_int("SISMEMBER work:worker_pools %s", after) == 1);
	atomic_store(&may_end, true);
	CHECK_SOON(atomic_load(&runs) == 1);
	/* The job is in its queue once, no lock is held, nothing went below zero. */
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 1);
	fixture_cmd("DEL work:jobs:foo:paused");
	CHECK_SOON(atomic_load(&runs) == 2);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_STR(fixture_cmd("GET work:jobs:foo:lock"), "0");
	CHECK_INT(fixture_int("EXISTS work:jobs:foo:lock_info"), 0);
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 0);
	CHECK_INT(fixture_int("SCARD work:worker_pools"), 0);
}

TEST(a_failure_of_a_reaped_job_makes_no_retry)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(&(cwork_pool_options){.concurrency = 1});
	char id[CWORK_ID_SIZE];

	reset();
	cwork_pool_job(pool, "foo", block_once, NULL, NULL);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&running) == 1);
	cwork_pool_id(pool, id);
	fixture_cmd("SET work:jobs:foo:paused 1");
	reap_as_go(id);
	atomic_store(&may_end, true);
	CHECK_SOON(atomic_load(&runs) == 1);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_INT(fixture_int("EXISTS work:retry"), 0);
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 1);
}

TEST(after_flushall_the_pool_is_back_and_works)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(NULL);
	cwork_enqueuer *q2;

	reset();
	(void)q;
	atomic_store(&may_end, true);
	cwork_pool_job(
		pool, "foo", block_once,
		&(cwork_job_options){.size = sizeof(cwork_job_options), .max_concurrency = 3},
		NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	fixture_cmd("FLUSHALL");
	CHECK_SOON(fixture_int("SCARD work:worker_pools") == 1);
	CHECK_SOON(strcmp(fixture_cmd("GET work:jobs:foo:max_concurrency"), "3") == 0);
	CHECK_INT(
		cwork_enqueuer_new(&q2,
				   &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							     .redis = fixture_redis_socket_url()},
				   &err),
		0);
	CHECK_INT(cwork_enqueue(q2, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	cwork_enqueuer_free(q2);
	CHECK_SOON(atomic_load(&runs) == 1);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_STR(fixture_cmd("GET work:jobs:foo:lock"), "0");
}
