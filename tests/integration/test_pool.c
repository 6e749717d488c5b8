/* What a pool does with jobs: fates, order, limits, middleware, contexts, observations. */
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static cwork_error err;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char trace[4096];
static atomic_int runs, running, most_running;
static atomic_bool may_end;

static void reset(void)
{
	trace[0] = '\0';
	atomic_store(&runs, 0);
	atomic_store(&running, 0);
	atomic_store(&most_running, 0);
	atomic_store(&may_end, false);
}

static void note(const char *text)
{
	pthread_mutex_lock(&mutex);
	snprintf(trace + strlen(trace), sizeof(trace) - strlen(trace), "%s ", text);
	pthread_mutex_unlock(&mutex);
}

static int count_run(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_fetch_add(&runs, 1);
	return 0;
}

static int fail_badly(cwork_job *job, void *context)
{
	(void)context;
	atomic_fetch_add(&runs, 1);
	return cwork_job_fail(job, "sorry <kid>\n");
}

static int block(cwork_job *job, void *context)
{
	int now = atomic_fetch_add(&running, 1) + 1, most = atomic_load(&most_running);

	(void)context;
	while (now > most && !atomic_compare_exchange_weak(&most_running, &most, now))
		;
	cwork_job_checkin(job, "half of %s", cwork_job_id(job));
	while (!atomic_load(&may_end))
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	atomic_fetch_sub(&running, 1);
	atomic_fetch_add(&runs, 1);
	return 0;
}

static cwork_pool *pool_with(const char *name, cwork_handler *fn, const cwork_job_options *options)
{
	cwork_pool *pool = fixture_pool(NULL);

	reset();
	cwork_pool_job(pool, name, fn, options, NULL);
	return pool;
}

static bool at_rest(const char *name)
{
	char lock[100];

	snprintf(lock, sizeof(lock), "%s", fixture_cmd("GET work:jobs:%s:lock", name));
	return strcmp(lock, "0") == 0 && fixture_int("EXISTS work:jobs:%s:lock_info", name) == 0 &&
	       fixture_int("SCARD work:worker_pools") == 0 &&
	       strcmp(fixture_cmd("KEYS *inprogress"), "") == 0;
}

TEST(jobs_run_and_leave_nothing)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", count_run, NULL);

	for (int i = 0; i < 200; i++)
		CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("i", i)), NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK_INT(runs, 200);
	CHECK(at_rest("foo"));
	CHECK_INT(fixture_int("GET work:jobs:foo:max_concurrency"), 0);
}

TEST(a_failed_job_waits_in_retry_with_go_s_bytes)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", fail_badly, NULL);
	int64_t now = time(NULL), score;
	const char *text;

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_int("a", 1)), NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	text = fixture_cmd("ZRANGE work:retry 0 -1");
	CHECK(strstr(text, "\"args\":{\"a\":1},\"fails\":1,"
			   "\"err\":\"sorry \\u003ckid\\u003e\\n\",\"failed_at\":"));
	score = fixture_int("ZCOUNT work:retry %" PRId64 " %" PRId64, now + 16, now + 76);
	CHECK_INT(score, 1);
	CHECK(at_rest("foo"));
}

TEST(the_last_attempt_goes_to_dead_or_nowhere)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	cwork_job_options once = {.size = sizeof(once), .max_fails = 1};
	cwork_job_options drop = {.size = sizeof(drop), .max_fails = 1, .skip_dead = true};
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", fail_badly, &once);

	CHECK_INT(cwork_pool_job(pool, "bar", fail_badly, &drop, &err), 0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_enqueue(q, "bar", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK_INT(fixture_int("ZCARD work:dead"), 1);
	CHECK_INT(fixture_int("EXISTS work:retry"), 0);
	CHECK(at_rest("foo"));
}

static int64_t in_500(const cwork_job *job, int64_t fails, void *data)
{
	(void)job;
	return *(int *)data * fails;
}

TEST(a_backoff_of_one_s_own_is_asked)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	int step = 500;
	own_by(pool_freep) cwork_pool *pool = pool_with(
		"foo", fail_badly,
		&(cwork_job_options){
			.size = sizeof(cwork_job_options), .backoff = in_500, .data = &step});
	int64_t now = time(NULL);

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK_INT(fixture_int("ZCOUNT work:retry %" PRId64 " %" PRId64, now + 500, now + 502), 1);
}

static int discard(cwork_job *job, void *context)
{
	(void)context;
	return cwork_job_discard(job, "never again");
}

static int snooze(cwork_job *job, void *context)
{
	(void)context;
	return cwork_job_snooze(job, 1000);
}

TEST(discarded_jobs_die_at_once_and_snoozed_ones_wait_without_a_failure)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", discard, NULL);

	CHECK_INT(cwork_pool_job(pool, "bar", snooze, NULL, &err), 0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_enqueue(q, "bar", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK(strstr(fixture_cmd("ZRANGE work:dead 0 -1"), "\"err\":\"never again\""));
	CHECK(!strstr(fixture_cmd("ZRANGE work:scheduled 0 -1"), "fails"));
	CHECK_INT(fixture_int("ZCARD work:scheduled"), 1);
}

static int odd_result(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	return 7;
}

TEST(any_other_result_is_a_failure_that_names_it)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", odd_result, NULL);

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK(strstr(fixture_cmd("ZRANGE work:retry 0 -1"), "the handler returned 7"));
}

static int outer(cwork_job *job, void *context, void *data)
{
	int r;

	(void)context;
	note(data);
	r = cwork_job_next(job);
	note("back");
	return r;
}

static int noting(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	note("handler");
	return 0;
}

TEST(middleware_runs_around_the_handler_in_order)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", noting, NULL);

	CHECK_INT(cwork_pool_use(pool, outer, "one", &err), 0);
	CHECK_INT(cwork_pool_use(pool, outer, "two", &err), 0);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK_STR(trace, "one two handler back back ");
}

struct context {
	int number;
	char text[100];
};

static int init_context(cwork_job *job, void *context)
{
	struct context *c = context;

	(void)job;
	note(c->number == 0 && c->text[0] == '\0' ? "zeroed" : "dirty");
	c->number = 1;
	return 0;
}

static void fini_context(cwork_job *job, void *context)
{
	(void)job;
	note(((struct context *)context)->number == 2 ? "fini" : "lost");
}

static int use_context(cwork_job *job, void *context)
{
	struct context *c = context;

	(void)job;
	c->number++;
	strcpy(c->text, "used");
	return 0;
}

TEST(each_job_has_a_fresh_context)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(&(cwork_pool_options){
		.concurrency = 1,
		.context_size = sizeof(struct context),
		.context_init = init_context,
		.context_fini = fini_context,
	});

	reset();
	CHECK_INT(cwork_pool_job(pool, "foo", use_context, NULL, &err), 0);
	for (int i = 0; i < 2; i++)
		CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK_STR(trace, "zeroed fini zeroed fini ");
}

static int read_args(cwork_job *job, void *context)
{
	char text[300];

	(void)context;
	snprintf(text, sizeof(text), "%s|%" PRId64 "|%g|%d|%s|%s", cwork_job_arg_string(job, "s"),
		 cwork_job_arg_int64(job, "n"), cwork_job_arg_double(job, "d"),
		 cwork_job_arg_bool(job, "b"), cwork_job_arg_json(job, "o"),
		 cwork_job_arg_error(job) ? cwork_job_arg_error(job) : "-");
	note(text);
	cwork_job_arg_int64(job, "s");
	return cwork_job_fail(job, "%s", cwork_job_arg_error(job));
}

TEST(arguments_are_read_exactly)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", read_args, NULL);

	CHECK_INT(cwork_enqueue(q, "foo",
				CWORK_ARGS(cwork_str("s", "naïve"), cwork_int("n", INT64_MAX),
					   cwork_double("d", 1.5), cwork_bool("b", true),
					   cwork_json("o", "{\"x\": [1, 2]}")),
				NULL, &err),
		  0);
	CHECK(fixture_run_all(pool));
	CHECK_STR(trace, "naïve|9223372036854775807|1.5|1|{\"x\":[1,2]}|- ");
	CHECK(strstr(
		fixture_cmd("ZRANGE work:retry 0 -1"),
		"looking for a int64 in job.Arg[s] but value wasn't right type: string(naïve)"));
}

TEST(a_limit_holds_and_a_paused_queue_waits)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with(
		"foo", block,
		&(cwork_job_options){.size = sizeof(cwork_job_options), .max_concurrency = 2});

	CHECK_INT(cwork_pool_job(pool, "bar", count_run, NULL, &err), 0);
	fixture_cmd("SET work:jobs:bar:paused 0");
	for (int i = 0; i < 6; i++) {
		CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
		CHECK_INT(cwork_enqueue(q, "bar", CWORK_NO_ARGS, NULL, &err), 0);
	}
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&running) == 2);
	CHECK_INT(fixture_int("GET work:jobs:foo:lock"), 2);
	CHECK_INT(fixture_int("LLEN work:jobs:foo"), 4);
	CHECK_INT(fixture_int("LLEN work:jobs:bar"), 6);
	atomic_store(&may_end, true);
	CHECK_SOON(atomic_load(&runs) == 6);
	CHECK_INT(most_running, 2);
	fixture_cmd("DEL work:jobs:bar:paused");
	CHECK_SOON(atomic_load(&runs) == 12);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK(at_rest("foo"));
}

TEST(a_running_job_is_observed_with_its_checkin)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", block, NULL);
	char key[100], id[CWORK_ID_SIZE], want[60];

	CHECK_INT(cwork_enqueue(q, "foo", CWORK_ARGS(cwork_str("url", "x/<y>")),
				&(cwork_enqueue_options){.size = sizeof(cwork_enqueue_options),
							 .id_out = id},
				&err),
		  0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(fixture_cmd("KEYS work:worker:*")[0]);
	snprintf(key, sizeof(key), "%s", fixture_cmd("KEYS work:worker:*"));
	CHECK_STR(fixture_cmd("HGET %s job_name", key), "foo");
	CHECK_STR(fixture_cmd("HGET %s job_id", key), id);
	CHECK_STR(fixture_cmd("HGET %s args", key), "{\"url\":\"x/\\u003cy\\u003e\"}");
	snprintf(want, sizeof(want), "half of %s", id);
	CHECK_SOON(strcmp(fixture_cmd("HGET %s checkin", key), want) == 0);
	CHECK(fixture_int("TTL %s", key) > 86000);
	atomic_store(&may_end, true);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_STR(fixture_cmd("KEYS work:worker:*"), "");
}

TEST(the_heartbeat_tells_all_of_the_pool)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(&(cwork_pool_options){.concurrency = 3});
	char key[100], pool_id[CWORK_ID_SIZE];

	(void)q;
	reset();
	CHECK_INT(cwork_pool_job(pool, "foo", count_run, NULL, &err), 0);
	CHECK_INT(cwork_pool_job(pool, "bar", count_run, NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	cwork_pool_id(pool, pool_id);
	CHECK_INT(fixture_int("SISMEMBER work:worker_pools %s", pool_id), 1);
	snprintf(key, sizeof(key), "work:worker_pools:%s", pool_id);
	CHECK_STR(fixture_cmd("HGET %s job_names", key), "bar,foo");
	CHECK_INT(fixture_int("HGET %s concurrency", key), 3);
	CHECK_INT(strlen(fixture_cmd("HGET %s worker_ids", key)), 3 * 24 + 2);
	CHECK(time(NULL) - fixture_int("HGET %s heartbeat_at", key) <= 3);
	CHECK_INT(fixture_int("HLEN %s", key), 7);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
	CHECK_INT(fixture_int("EXISTS %s", key), 0);
}

static int sort_of(cwork_job *job, void *context)
{
	(void)context;
	note(cwork_job_name(job));
	return 0;
}

TEST(priorities_are_followed_by_their_weights)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = fixture_pool(
		&(cwork_pool_options){.concurrency = 1, .prefetch = CWORK_PREFETCH_OFF});
	int first_hundred_high = 0;
	const char *at = trace;

	reset();
	cwork_pool_job(pool, "h", sort_of,
		       &(cwork_job_options){.size = sizeof(cwork_job_options), .priority = 9},
		       NULL);
	cwork_pool_job(pool, "l", sort_of, NULL, NULL);
	for (int i = 0; i < 300; i++) {
		cwork_enqueue(q, "h", CWORK_NO_ARGS, NULL, NULL);
		cwork_enqueue(q, "l", CWORK_NO_ARGS, NULL, NULL);
	}
	CHECK(fixture_run_all(pool));
	for (int i = 0; i < 100; i++, at += 2)
		first_hundred_high += *at == 'h';
	CHECK_MSG(first_hundred_high > 75 && first_hundred_high < 100, "%d of 100",
		  first_hundred_high);
}

TEST(unreadable_and_stray_jobs_do_not_stop_the_others)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", count_run, NULL);
	static const char poison[] = "{\"name\":\"foo\",\"id\":\"poison\",\"t\":1.5,\"args\":null}";

	fixture_cmdv("LPUSH", "work:jobs:foo", poison,
		     "{\"name\":\"other\",\"id\":\"s\",\"t\":5,\"args\":null}",
		     "{\"name\":\"foo\",\"name\":\"foo\",\"id\":\"twice\",\"t\":1,\"args\":null}",
		     NULL);
	CHECK_INT(cwork_enqueue(q, "foo", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK(fixture_run_all(pool));
	CHECK_INT(runs, 1);
	CHECK_INT(fixture_int("LLEN work:quarantine"), 2);
	CHECK_INT(fixture_int("ZCARD work:dead"), 3);
	CHECK(strstr(fixture_cmd("LRANGE work:quarantine 0 -1"), poison));
	CHECK(strstr(fixture_cmd("ZRANGE work:dead 0 -1"),
		     "{\"name\":\"other\",\"id\":\"s\",\"t\":5,\"args\":null,\"fails\":1,"
		     "\"err\":\"stray job: no handler\",\"failed_at\":"));
	CHECK(strstr(fixture_cmd("ZRANGE work:dead 0 -1"), "t is not an integer"));
	CHECK(at_rest("foo"));
}

TEST(keys_of_the_wrong_type_stop_their_name_only)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	static const char *const suffixes[] = {"", ":lock", ":lock_info", ":max_concurrency"};
	own_by(pool_freep) cwork_pool *pool = fixture_pool(NULL);
	char name[16];

	reset();
	cwork_pool_job(pool, "good", count_run, NULL, NULL);
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "bad%d", i);
		CHECK_INT(cwork_pool_job(pool, name, count_run, NULL, &err), 0);
		cwork_enqueue(q, name, CWORK_NO_ARGS, NULL, NULL);
		fixture_cmd("DEL work:jobs:%s%s", name, suffixes[i]);
		fixture_cmd("SADD work:jobs:%s%s x", name, suffixes[i]);
	}
	CHECK_INT(cwork_enqueue(q, "good", CWORK_NO_ARGS, NULL, &err), 0);
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(atomic_load(&runs) >= 2); /* good, and the one whose limit is unreadable */
	CHECK_INT(fixture_int("LLEN work:jobs:bad1"), 1);
	CHECK_INT(fixture_int("LLEN work:jobs:bad2"), 1);
	CHECK_INT(fixture_int("EXISTS work:jobs:bad2:lock"), 1);
	CHECK_STR(fixture_cmd("GET work:jobs:bad2:lock"), "0");
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}

TEST(a_job_is_picked_up_at_once_also_from_a_plain_push)
{
	own_by(enqueuer_freep) cwork_enqueuer *q = fixture_enqueuer();
	own_by(pool_freep) cwork_pool *pool = pool_with("foo", count_run, NULL);
	struct timespec before, after;

	(void)q;
	CHECK_INT(cwork_pool_start(pool, &err), 0);
	CHECK_SOON(strstr(fixture_cmd("CLIENT LIST"), "flags=t") ||
		   strstr(fixture_cmd("CLIENT LIST"), "flags=tB") ||
		   strstr(fixture_cmd("CLIENT LIST"), "flags=B"));
	clock_gettime(CLOCK_MONOTONIC, &before);
	fixture_cmdv("LPUSH", "work:jobs:foo",
		     "{\"name\":\"foo\",\"id\":\"x\",\"t\":1,\"args\":null}", NULL);
	CHECK_SOON(atomic_load(&runs) == 1);
	clock_gettime(CLOCK_MONOTONIC, &after);
	/* Polling for safety comes every five seconds only: sooner means it was told. */
	CHECK(after.tv_sec - before.tv_sec < 3);
	CHECK_INT(cwork_pool_stop(pool, &err), 0);
}
