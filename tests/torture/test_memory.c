/*
 * Row 34: every allocation of ours fails once, one after the other. No crash, a
 * clear error or success, and no job lost. malloc and its kin are wrapped by
 * the linker, so that only the core's own calls are counted.
 */
#include "harness/pool_fixture.h"
#include "harness/redis_fixture.h"
#include "harness/test.h"
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static atomic_long countdown = -1; /* below zero: never fail */
static atomic_bool failed_one;

static bool fails_now(void)
{
	if (atomic_load(&countdown) < 0 || atomic_fetch_sub(&countdown, 1) != 0)
		return false;
	atomic_store(&failed_one, true);
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails_now() ? NULL : __real_realloc(old, size);
}

#define JOBS 10

static atomic_int runs;

static int work(cwork_job *job, void *context)
{
	(void)context;
	atomic_fetch_add(&runs, 1);
	cwork_job_checkin(job, "working");
	if (cwork_job_arg_int64(job, "i") == 3 && cwork_job_fails(job) == 0)
		return cwork_job_fail(job, "as asked, %s", cwork_job_arg_string(job, "s"));
	return 0;
}

/* Enqueue ten jobs; each that is refused for want of memory is tried once more. */
static int enqueue_ten(cwork_enqueuer *q)
{
	for (int i = 0; i < JOBS; i++) {
		cwork_error err = {0};
		int r = 0;

		for (int attempt = 0; attempt < 2; attempt++) {
			r = cwork_enqueue(q, "foo",
					  CWORK_ARGS(cwork_int("i", i), cwork_str("s", "é")), NULL,
					  &err);
			if (r == 0)
				break;
			if (!err.text[0])
				return 10; /* an error without a text */
			usleep(100000);	   /* a connection that failed is not tried again at once */
		}
		if (r != 0) {
			printf("# job %d twice refused: %s\n", i, err.text);
			fflush(stdout);
			return 11;
		}
	}
	return 0;
}

static int make(cwork_enqueuer **q, cwork_pool **pool)
{
	cwork_error err = {0};
	int r = cwork_enqueuer_new(q,
				   &(cwork_enqueuer_options){.size = sizeof(cwork_enqueuer_options),
							     .redis = fixture_redis_socket_url()},
				   &err);

	if (r == 0)
		r = cwork_pool_new(pool,
				   &(cwork_pool_options){.size = sizeof(cwork_pool_options),
							 .redis = fixture_redis_socket_url(),
							 .concurrency = 2,
							 .grace_ms = 5000},
				   &err);
	if (r == 0)
		r = cwork_pool_job(*pool, "foo", work, NULL, &err);
	return r < 0 && !err.text[0] ? 12 : r;
}

/* The whole life of ten jobs with the Nth allocation failing. A child's status: 0 fine, 1 refused
 * cleanly, 2 no failure came. */
static int live(long n)
{
	cwork_enqueuer *q = NULL;
	cwork_pool *pool = NULL;
	cwork_error err = {0};
	int r;

	atomic_store(&countdown, n);
	r = make(&q, &pool);
	if (r == 0)
		r = enqueue_ten(q);
	if (r == 0)
		r = cwork_pool_start(pool, &err);
	if (r == 0)
		r = cwork_pool_drain(pool, &err);
	if (r == 0)
		r = cwork_pool_stop(pool, &err);
	cwork_pool_free(pool);
	cwork_enqueuer_free(q);
	if (r >= 10)
		return r;
	if (!atomic_load(&failed_one))
		return 2;
	return r < 0 ? 1 : 0;
}

/* Ten jobs are somewhere: run, queued, or in retry; and none twice. */
static bool nothing_is_lost(int status, int64_t left_in_redis)
{
	return status != 0 || left_in_redis == 1; /* the one that failed waits in retry */
}

TEST(row_34_each_allocation_fails_in_turn)
{
	long step = test_is_slow() ? 23 : 1;

	for (long n = 0; n < 3000; n += step) {
		int64_t left;
		int status;
		pid_t pid;

		fixture_redis_url(); /* empties the server */
		pid = fork();
		if (pid == 0) {
			alarm(60);
			_exit(live(n));
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK_MSG(WIFEXITED(status), "allocation %ld: killed by signal %d", n,
			  WTERMSIG(status));
		if (WEXITSTATUS(status) == 2)
			return; /* more than there are */
		CHECK_MSG(WEXITSTATUS(status) < 2, "allocation %ld: status %d", n,
			  WEXITSTATUS(status));
		left = fixture_int("LLEN work:jobs:foo") + fixture_int("ZCARD work:retry");
		CHECK_MSG(nothing_is_lost(WEXITSTATUS(status), left), "allocation %ld: %lld left",
			  n, (long long)left);
	}
	CHECK_MSG(false, "the allocations do not end");
}
