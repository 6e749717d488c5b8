/* Scheduled and retried jobs come back when they are due, byte for byte (wire-format.md §8). */
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static cwork_error err;
static atomic_int runs;

static int count_run(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_fetch_add(&runs, 1);
	return 0;
}

static cwork_pool *pool_for_foo(void)
{
	cwork_pool *pool = fixture_pool(NULL);

	atomic_store(&runs, 0);
	cwork_pool_job(pool, "foo", count_run, NULL, NULL);
	return pool;
}

TEST(only_t_changes_when_a_job_is_requeued)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();
	const char *text;

	(void)q;
	fixture_cmd("SET work:jobs:foo:paused 1");
	fixture_cmdv("ZADD", "work:scheduled", "1425263400",
		     "{\"name\":\"foo\",\"id\":\"s1\",\"t\":1425263400,\"args\":{\"z\":1,\"a\":[],"
		     "\"u\":\"a/b\",\"n\":9007199254740993,\"f\":0.1234567890123456},\"extra\":7}",
		     NULL);
	fixture_cmdv(
		"ZADD", "work:retry", "1425263400",
		"{\"name\":\"foo\",\"id\":\"r1\",\"t\":1425263400,\"args\":{\"a\":1},\"fails\":2,"
		"\"err\":\"e\",\"failed_at\":1425263300}",
		NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(fixture_int("LLEN work:jobs:foo") == 2);
	text = fixture_cmd("LRANGE work:jobs:foo 0 -1");
	CHECK(strstr(text, "\"args\":{\"z\":1,\"a\":[],\"u\":\"a/b\",\"n\":9007199254740993,"
			   "\"f\":0.1234567890123456},\"extra\":7}"));
	CHECK(strstr(text,
		     "\"args\":{\"a\":1},\"fails\":2,\"err\":\"e\",\"failed_at\":1425263300}"));
	CHECK(!strstr(text, "\"t\":1425263400"));
	CHECK_INT(fixture_int("EXISTS work:scheduled"), 0);
	CHECK_INT(fixture_int("EXISTS work:retry"), 0);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(a_job_of_another_pool_s_name_goes_to_its_queue)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();

	(void)q;
	fixture_cmd("SADD work:known_jobs other");
	fixture_cmdv("ZADD", "work:scheduled", "1",
		     "{\"name\":\"other\",\"id\":\"o\",\"t\":1,\"args\":null}", NULL);
	fixture_cmdv("ZADD", "work:scheduled", "2",
		     "{\"name\":\"nobody\",\"id\":\"n\",\"t\":1,\"args\":null}", NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(fixture_int("LLEN work:jobs:other") == 1 && fixture_int("ZCARD work:dead") == 1);
	CHECK(strstr(fixture_cmd("ZRANGE work:dead 0 -1"),
		     "{\"name\":\"nobody\",\"id\":\"n\",\"t\":1,\"args\":null,"
		     "\"err\":\"unknown job when requeueing\",\"failed_at\":"));
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(unreadable_members_are_set_aside_and_block_nothing)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();

	(void)q;
	fixture_cmdv("ZADD", "work:scheduled", "1", "not json", NULL);
	fixture_cmdv("ZADD", "work:scheduled", "1.5", "{\"id\":\"n1\",\"t\":1,\"args\":null}",
		     NULL);
	fixture_cmdv("ZADD", "work:scheduled", "2",
		     "{\"name\":\"foo\",\"id\":\"g\",\"t\":1,\"args\":null}", NULL);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&runs) == 1);
	CHECK_SOON(fixture_int("LLEN work:quarantine") == 2);
	CHECK_STR(fixture_cmd("LINDEX work:quarantine 0"), "not json");
	CHECK_INT(fixture_int("ZCARD work:dead"), 2);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(a_job_added_later_but_due_sooner_is_not_late)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();
	int64_t start;

	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_INT(cwork_enqueue_in(q, "foo", 3600, CWORK_NO_ARGS, NULL, &err), 0);
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	start = time(NULL);
	CHECK_INT(cwork_enqueue_in(q, "foo", 1, CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_SOON(atomic_load(&runs) == 1);
	CHECK(time(NULL) - start <= (test_is_slow() ? 10 : 3));
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(three_thousand_due_jobs_are_moved_in_batches)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();
	static cwork_new_job jobs[3000];
	static cwork_arg args[3000];

	for (int i = 0; i < 3000; i++) {
		args[i] = cwork_int("i", i);
		jobs[i] = (cwork_new_job){
			.name = "foo", .args = cwork_args_items(&args[i], 1), .run_at_s = 1 + i};
	}
	CHECK_INT(cwork_enqueue_many(q, jobs, 3000, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&runs) == 3000);
	CHECK_INT(fixture_int("EXISTS work:scheduled"), 0);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}
