/*
 * What a job costs by how many are queued. The queues are filled while they are
 * paused, then released to a pool that has been running all along, so neither
 * filling nor the pool's start is in the figures. A short backlog is filled and
 * drained again until enough jobs have run.
 *
 *	backlog URL QUEUED JOBS
 *
 * Prints jobs a second, and the µs of CPU a job took here and in Redis.
 */
#include "measure.h"

#include <cwork/cwork.h>
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define QUEUES 5
#define CHUNK 1000

static const char *const names[QUEUES] = {"a", "b", "c", "d", "e"};
static atomic_long left; /* of this round */
static sem_t drained;

static int count_down(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	if (atomic_fetch_sub(&left, 1) == 1)
		sem_post(&drained);
	return 0;
}

static cwork_pool *start_pool(const char *url)
{
	cwork_pool_options options = {.size = sizeof(options), .redis = url};
	cwork_pool *pool = NULL;
	cwork_error err;
	int r = cwork_pool_new(&pool, &options, &err);

	for (int i = 0; r == 0 && i < QUEUES; i++)
		r = cwork_pool_job(pool, names[i], count_down, NULL, &err);
	if (r == 0)
		r = cwork_pool_start(pool, &err);
	if (r != 0)
		die("%s", err.text);
	return pool;
}

static void fill(cwork_enqueuer *q, long queued)
{
	static cwork_new_job jobs[CHUNK];
	static cwork_arg args[CHUNK];
	cwork_error err;

	for (int i = 0; i < CHUNK; i++) {
		args[i] = cwork_int("n", i);
		jobs[i].name = names[i * QUEUES / CHUNK];
		jobs[i].args = cwork_args_items(&args[i], 1);
	}
	for (long i = 0; i < queued; i += CHUNK)
		if (cwork_enqueue_many(q, jobs, CHUNK, &err) != 0)
			die("%s", err.text);
}

static void pause_all(redisContext *c)
{
	for (int i = 0; i < QUEUES; i++)
		freeReplyObject(redis_ask(c, "SET work:jobs:%s:paused 1", names[i]));
}

static void release_all(redisContext *c)
{
	freeReplyObject(redis_ask(c, "DEL work:jobs:a:paused work:jobs:b:paused work:jobs:c:paused "
				     "work:jobs:d:paused work:jobs:e:paused"));
}

static void await_drained(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 60;
	while (sem_timedwait(&drained, &until) < 0)
		if (errno != EINTR)
			die("%ld jobs did not run", atomic_load(&left));
}

/* Add what one backlog took to SUM. */
static void drain_one(redisContext *c, cwork_enqueuer *q, long queued, struct reading *sum)
{
	struct reading before, after;

	pause_all(c);
	fill(q, queued);
	atomic_store(&left, queued);
	before = reading_take(c);
	release_all(c);
	await_drained();
	after = reading_take(c);
	sum->wall_s += after.wall_s - before.wall_s;
	sum->client_s += after.client_s - before.client_s;
	sum->server_s += after.server_s - before.server_s;
}

int main(int argc, char **argv)
{
	cwork_enqueuer_options options = {.size = sizeof(options)};
	struct reading nothing = {0}, sum = {0};
	cwork_enqueuer *q = NULL;
	redisContext *c;
	cwork_pool *pool;
	long queued, jobs, ran = 0;
	cwork_error err;

	if (argc != 4)
		die("usage: backlog URL QUEUED JOBS");
	queued = number_from(argv[2], "queued", CHUNK, 10000000) / CHUNK * CHUNK;
	jobs = number_from(argv[3], "jobs", 1, 10000000);
	options.redis = argv[1];
	sem_init(&drained, 0, 0);
	c = redis_open(argv[1]);
	if (cwork_enqueuer_new(&q, &options, &err) != 0)
		die("%s", err.text);
	pool = start_pool(argv[1]);
	for (; ran < jobs; ran += queued)
		drain_one(c, q, queued, &sum);
	reading_print(&nothing, &sum, ran);
	cwork_pool_free(pool);
	cwork_enqueuer_free(q);
	redisFree(c);
	return 0;
}
