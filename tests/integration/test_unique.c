/* Unique jobs: claims, renewed and replaced, ended when the job is about to run (wire-format.md
 * §5). */
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <stdio.h>
#include <string.h>

static cwork_error err;
static char seen[8][200];
static int runs;

static int note_args(cwork_job *job, void *context)
{
	(void)context;
	snprintf(seen[runs++], sizeof(seen[0]), "%s", cwork_job_args_json(job, NULL));
	return cwork_job_has_arg(job, "fail") && cwork_job_fails(job) == 0
		       ? cwork_job_fail(job, "as asked")
		       : 0;
}

static cwork_pool *pool_for_foo(void)
{
	cwork_pool *pool = fixture_pool(&(cwork_pool_options){.concurrency = 1});

	runs = 0;
	cwork_pool_job(pool, "foo", note_args, NULL, NULL);
	return pool;
}

static bool nothing_is_left(void)
{
	return fixture_int("LLEN work:jobs:foo") == 0 &&
	       fixture_int("GET work:jobs:foo:lock") == 0 &&
	       fixture_int("EXISTS work:jobs:foo:lock_info") == 0 &&
	       fixture_int("SCARD work:worker_pools") == 0;
}

TEST(an_equal_job_is_refused_and_the_claim_renewed)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_ARGS(cwork_int("a", 1)), NULL, &err), 0);
	fixture_cmdv("EXPIRE", "work:unique:foo:{\"a\":1}\n", "100", NULL);
	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_ARGS(cwork_int("a", 1)), NULL, &err),
		  CWORK_DUPLICATE);
	CHECK_STR(fixture_cmdv("TTL", "work:unique:foo:{\"a\":1}\n", NULL), "86400");
	CHECK_STR(fixture_cmdv("GET", "work:unique:foo:{\"a\":1}\n", NULL), "1");
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 1);
}

TEST(no_arguments_and_empty_ones_are_two_claims)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_ARGS(), NULL, &err), 0);
	CHECK_INT(fixture_int("EXISTS work:unique:foo:"), 1);
	CHECK_STR(fixture_cmdv("EXISTS", "work:unique:foo:{}\n", NULL), "1");
}

TEST(the_last_one_enqueued_by_a_key_runs)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();
	cwork_arg k = cwork_int("k", 1);
	cwork_args key = cwork_args_items(&k, 1);

	for (int v = 1; v <= 3; v++)
		CHECK_INT(cwork_enqueue_unique_by_key(q, "foo", CWORK_ARGS(cwork_int("v", v)), key,
						      NULL, &err),
			  v == 1 ? 0 : CWORK_DUPLICATE);
	CHECK(fixture_run_all(pool));
	CHECK_INT(runs, 1);
	CHECK_STR(seen[0], "{\"v\":3}");
	CHECK(nothing_is_left());
	CHECK_STR(fixture_cmdv("EXISTS", "work:unique:foo:{\"k\":1}\n", NULL), "0");
}

TEST(a_retry_does_not_take_a_newer_job_s_claim)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();
	cwork_arg k = cwork_int("k", 1);
	cwork_args key = cwork_args_items(&k, 1);

	fixture_cmdv(
		"RPUSH", "work:jobs:foo",
		"{\"name\":\"foo\",\"id\":\"old\",\"t\":1,\"args\":{\"v\":\"old\"},"
		"\"unique\":true,\"unique_key\":\"work:unique:foo:{\\\"k\\\":1}\\n\",\"fails\":1}",
		NULL);
	CHECK_INT(cwork_enqueue_unique_by_key(q, "foo", CWORK_ARGS(cwork_str("v", "new")), key,
					      NULL, &err),
		  0);
	CHECK(fixture_run_all(pool));
	CHECK_INT(runs, 2);
	CHECK_STR(seen[0], "{\"v\":\"old\"}");
	CHECK_STR(seen[1], "{\"v\":\"new\"}");
	CHECK(nothing_is_left());
}

TEST(a_job_of_the_last_go_release_gives_up_the_key_of_its_args)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();

	(void)q;
	fixture_cmdv("SET", "work:unique:foo:{\"a\":1}\n", "1", NULL);
	fixture_cmdv("LPUSH", "work:jobs:foo",
		     "{\"name\":\"foo\",\"id\":\"old\",\"t\":1,\"args\":{\"a\":1},\"unique\":true}",
		     NULL);
	CHECK(fixture_run_all(pool));
	CHECK_INT(runs, 1);
	CHECK_STR(fixture_cmdv("EXISTS", "work:unique:foo:{\"a\":1}\n", NULL), "0");
}

TEST(a_payload_can_not_end_another_key)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();

	(void)q;
	fixture_cmd("SET work:precious 1");
	fixture_cmdv("LPUSH", "work:jobs:foo",
		     "{\"name\":\"foo\",\"id\":\"evil\",\"t\":1,\"args\":null,\"unique\":true,"
		     "\"unique_key\":\"work:precious\"}",
		     NULL);
	CHECK(fixture_run_all(pool));
	CHECK_INT(runs, 1);
	CHECK_INT(fixture_int("EXISTS work:precious"), 1);
}

TEST(a_failed_unique_job_keeps_its_marks_but_no_claim)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_for_foo();
	const char *retry;

	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_ARGS(cwork_int("fail", 1)), NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	retry = fixture_cmd("ZRANGE work:retry 0 -1");
	CHECK(strstr(retry, "\"unique\":true,\"unique_key\":\"work:unique:foo:"));
	CHECK(strstr(retry, "\"fails\":1,\"err\":\"as asked\",\"failed_at\":"));
	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_ARGS(cwork_int("fail", 1)), NULL, &err), 0);
}
