/*
 * What a job costs by how many are queued. Jobs are enqueued into another
 * namespace and renamed into place all at once, for a pool that has been
 * running all along: neither enqueuing nor the pool's start is in the figures.
 * A short backlog is made and drained again until enough jobs have run.
 *
 *	backlog URL QUEUED JOBS
 *
 * Prints jobs a second, and the µs of CPU a job took here and in Redis.
 *
 * Not by pausing the queues meanwhile: a pool whose paused queues are pushed to
 * hundreds of times a second stops listening for two seconds, and that wait
 * would be what is measured.
 */
#include "measure.h"

#include <cwork/cwork.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define QUEUES 5
#define CHUNK 1000

static const char *const names[QUEUES] = {"a", "b", "c", "d", "e"};
static atomic_long ran;

static int count(cwork_job *job, void *context)
{
	(void)job;
	(void)context;
	atomic_fetch_add(&ran, 1);
	return 0;
}

static cwork_pool *start_pool(const char *url)
{
	cwork_pool_options options = {.size = sizeof(options), .redis = url};
	cwork_pool *pool = NULL;
	cwork_error err;
	int r = cwork_pool_new(&pool, &options, &err);

	for (int i = 0; r == 0 && i < QUEUES; i++)
		r = cwork_pool_job(pool, names[i], count, NULL, &err);
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

/* At once, so that the pool sees all of it or nothing. */
static void release(redisContext *c)
{
	redisReply *reply;

	freeReplyObject(redis_ask(c, "MULTI"));
	for (int i = 0; i < QUEUES; i++)
		freeReplyObject(
			redis_ask(c, "RENAME aside:jobs:%s work:jobs:%s", names[i], names[i]));
	reply = redis_ask(c, "EXEC");
	for (size_t i = 0; i < reply->elements; i++)
		if (reply->element[i]->type == REDIS_REPLY_ERROR)
			die("%s", reply->element[i]->str);
	freeReplyObject(reply);
}

/* With the last acknowledgement, which comes after the last job. */
static void drain(cwork_pool *pool, redisContext *c)
{
	redisReply *keys;
	cwork_error err;

	if (cwork_pool_drain(pool, &err) != 0)
		die("%s", err.text);
	keys = redis_ask(c, "KEYS work:jobs:*:inprogress");
	if (keys->elements > 0)
		die("drained, but %s is there", keys->element[0]->str);
	freeReplyObject(keys);
}

/* Add what one backlog took to SUM. */
static void measure_one(redisContext *c, cwork_pool *pool, struct reading *sum)
{
	struct reading before, after;

	before = reading_take(c);
	release(c);
	drain(pool, c);
	after = reading_take(c);
	sum->wall_s += after.wall_s - before.wall_s;
	sum->client_s += after.client_s - before.client_s;
	sum->server_s += after.server_s - before.server_s;
}

int main(int argc, char **argv)
{
	cwork_enqueuer_options options = {.size = sizeof(options), .ns = "aside"};
	struct reading nothing = {0}, sum = {0};
	cwork_enqueuer *q = NULL;
	redisContext *c;
	cwork_pool *pool;
	long queued, jobs, released = 0;
	cwork_error err;

	if (argc != 4)
		die("usage: backlog URL QUEUED JOBS");
	queued = number_from(argv[2], "queued", CHUNK, 10000000) / CHUNK * CHUNK;
	jobs = number_from(argv[3], "jobs", 1, 10000000);
	options.redis = argv[1];
	c = redis_open(argv[1]);
	if (cwork_enqueuer_new(&q, &options, &err) != 0)
		die("%s", err.text);
	pool = start_pool(argv[1]);
	for (; released < jobs; released += queued) {
		fill(q, queued);
		measure_one(c, pool, &sum);
	}
	if (atomic_load(&ran) != released)
		die("%ld jobs were queued, but %ld ran", released, atomic_load(&ran));
	reading_print(&nothing, &sum, released);
	cwork_pool_free(pool);
	cwork_enqueuer_free(q);
	redisFree(c);
	return 0;
}
