/* What enqueuing leaves in Redis, and what it says when Redis does not take it (wire-format.md §6).
 */
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <pthread.h>
#include <string.h>
#include <time.h>

static cwork_error err;

TEST(a_job_is_pushed_with_go_s_bytes_and_its_name_is_known)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	char id[CWORK_ID_SIZE], want[200];
	int64_t before = time(NULL);

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("b", 2), cwork_str("a", "<x>")),
				&(cwork_enqueue_options){.size = sizeof(cwork_enqueue_options),
							 .id_out = id},
				&err),
		  0);
	snprintf(want, sizeof(want),
		 "{\"name\":\"foo\",\"id\":\"%s\",\"t\":%lld,\"args\":{\"a\":\"\\u003cx\\u003e\","
		 "\"b\":2}}",
		 id, (long long)before);
	if (before == time(NULL))
		CHECK_STR(fixture_cmd("LINDEX work:jobs:foo 0"), want);
	CHECK_INT(fixture_int("SISMEMBER work:known_jobs foo"), 1);
}

TEST(no_arguments_are_null_and_empty_ones_an_object)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(), NULL, &err), 0);
	CHECK(strstr(fixture_cmd("LINDEX work:jobs:foo 1"), "\"args\":null}"));
	CHECK(strstr(fixture_cmd("LINDEX work:jobs:foo 0"), "\"args\":{}}"));
}

TEST(a_scheduled_job_stands_at_its_time)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	CHECK_INT(cwork_enqueue_at(q, "foo", 1893456000, CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_enqueue_in(q, "bar", -5, CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(fixture_int("ZCOUNT work:scheduled 1893456000 1893456000"), 1);
	CHECK_INT(fixture_int("ZCARD work:scheduled"), 2);
	CHECK_INT(fixture_int("SCARD work:known_jobs"), 2);
}

TEST(bad_names_args_and_options_are_refused_and_named)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	CHECK_INT(cwork_enqueue(q, "", CWORK_NO_ARGS, NULL, &err), CWORK_E_BAD_NAME);
	CHECK_INT(cwork_enqueue(q, "a,b", CWORK_NO_ARGS, NULL, &err), CWORK_E_BAD_NAME);
	CHECK(strstr(err.text, "a,b has a comma"));
	CHECK_INT(cwork_enqueue(q, "x:lock", CWORK_NO_ARGS, NULL, &err), CWORK_E_BAD_NAME);
	CHECK_INT(cwork_enqueue(q, "foo", cwork_args_json("[1]"), NULL, &err), CWORK_E_BAD_JSON);
	CHECK_INT(cwork_enqueue(q, "foo", cwork_args_json("{\"a\":01}"), NULL, &err),
		  CWORK_E_BAD_JSON);
	CHECK(strstr(err.text, "at byte 6"));
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_double("x", 1e308 * 10)), NULL, &err),
		  CWORK_E_BAD_JSON);
	CHECK(strstr(err.text, "argument x"));
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS,
				&(cwork_enqueue_options){.size = sizeof(cwork_enqueue_options),
							 .once_s = 5},
				&err),
		  CWORK_E_INVALID);
	CHECK_INT(fixture_int("DBSIZE"), 0);
}

TEST(a_job_over_the_limit_is_too_large)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	static char big[(1 << 20) + 1];

	memset(big, 'x', sizeof(big) - 1);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_str("a", big)), NULL, &err),
		  CWORK_E_TOO_LARGE);
	CHECK_INT(fixture_int("DBSIZE"), 0);
}

TEST(many_jobs_go_in_their_order_and_each_has_its_result)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	static cwork_new_job jobs[5000];
	static cwork_arg args[5000];

	for (int i = 0; i < 5000; i++) {
		args[i] = cwork_int("i", i);
		jobs[i] = (cwork_new_job){.name = i % 2 ? "odd" : "even",
					  .args = cwork_args_items(&args[i], 1)};
	}
	jobs[77].name = "a,b";
	jobs[78].run_at_s = 1893456000;
	CHECK_INT(cwork_enqueue_many(q, jobs, 5000, &err), CWORK_E_BAD_NAME);
	CHECK_INT(jobs[77].result, CWORK_E_BAD_NAME);
	CHECK_INT(jobs[4999].result, 0);
	CHECK_INT(fixture_int("LLEN work:jobs:even"), 2499);
	CHECK_INT(fixture_int("LLEN work:jobs:odd"), 2499);
	CHECK_INT(fixture_int("ZCARD work:scheduled"), 1);
	CHECK(strstr(fixture_cmd("LINDEX work:jobs:even -1"), "{\"i\":0}"));
	CHECK(strstr(fixture_cmd("LINDEX work:jobs:even 0"), "{\"i\":4998}"));
}

TEST(the_same_id_is_enqueued_once)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	cwork_enqueue_options once = {.size = sizeof(once), .id = "order-7", .once_s = 60};

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, &once, &err), 0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, &once, &err), CWORK_DUPLICATE);
	CHECK_INT(cwork_enqueue(q, "bar", CWORK_NO_ARGS, &once, &err), 0);
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 1);
	CHECK(fixture_int("TTL work:once:foo:order-7") > 50);
}

TEST(full_memory_is_told_and_nothing_is_half_done)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	fixture_cmd("CONFIG SET maxmemory 1");
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), CWORK_E_FULL);
	CHECK(strstr(err.text, "OOM"));
	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_NO_ARGS, NULL, &err), CWORK_E_FULL);
	CHECK_INT(fixture_int("DBSIZE"), 0);
	fixture_cmd("CONFIG SET maxmemory 0");
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(fixture_int("SISMEMBER work:known_jobs foo"), 1);
}

TEST(redis_that_is_not_there_is_told_within_the_timeout)
{
	cwork_enqueuer *q;
	int64_t start = time(NULL);

	CHECK_INT(cwork_enqueuer_new(&q,
				     &(cwork_enqueuer_options){
					     .size = sizeof(cwork_enqueuer_options),
					     .redis = "unix:///nonexistent/redis.sock",
					     .timeout_ms = 300,
				     },
				     &err),
		  0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), CWORK_E_CONNECT);
	CHECK(strstr(err.text, "/nonexistent/redis.sock"));
	CHECK(time(NULL) - start <= 3);
	cwork_enqueuer_free(q);
}

TEST(a_queue_of_the_wrong_type_is_named)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();

	fixture_cmd("SET work:jobs:foo x");
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), CWORK_E_WRONG_TYPE);
	CHECK_INT(cwork_enqueue_unique(q, "foo", CWORK_NO_ARGS, NULL, &err), CWORK_E_WRONG_TYPE);
	CHECK_INT(fixture_int("EXISTS work:unique:foo:"), 0);
}

static void *enqueue_500(void *q)
{
	for (int i = 0; i < 500; i++)
		if (cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("i", i)), NULL, NULL) != 0)
			return "failed";
	return NULL;
}

TEST(many_threads_share_an_enqueuer)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	pthread_t threads[4];
	void *result;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, enqueue_500, q);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		CHECK(!result);
	}
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 2000);
}

TEST(a_job_is_read_from_json)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	static const char json[] =
		"{\"name\":\"foo\",\"args\":{\"n\":9007199254740993},\"id\":\"x\"}";
	cwork_new_job job;

	CHECK_INT(cwork_new_job_parse(&job, json, sizeof(json) - 1, &err), 0);
	CHECK_INT(cwork_enqueue_many(q, &job, 1, &err), 0);
	cwork_new_job_clear(&job);
	CHECK(strstr(fixture_cmd("LINDEX work:jobs:foo 0"), "\"id\":\"x\"") != NULL);
	CHECK(strstr(fixture_cmd("LINDEX work:jobs:foo 0"), "{\"n\":9007199254740993}"));
	CHECK_INT(cwork_new_job_parse(&job, "{\"nam\":1}", 9, &err), CWORK_E_INVALID);
	CHECK(strstr(err.text, "nam"));
}
