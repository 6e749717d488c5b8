/*
 * The queue worked the way gocraft/work works it, in C: a connection for each
 * worker, one script call to fetch one job, one transaction to acknowledge it.
 * A stand-in for the Go library, which the registries of Debian and npm do not
 * carry: the same commands, without Go's cost of parsing and scheduling, and
 * without the observations the library writes once a second. How the library
 * itself compares with it was not measured.
 *
 *	gocraft_way URL JOBS CONCURRENCY
 *
 * Enqueues JOBS over five queues, works them off, and prints jobs a second and
 * the µs of CPU a job took here and in Redis.
 */
#include "measure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define QUEUES 5
#define KEYS_EACH 6
#define KEYS (QUEUES * KEYS_EACH)
#define MAX_WORKERS 200

/* For each queue in the given order, the first that may run. */
static const char fetch_script[] =
	"for i = 1, #KEYS, 6 do\n"
	"  if redis.call('llen', KEYS[i]) > 0 and not redis.call('get', KEYS[i + 2]) then\n"
	"    local max, lock = redis.call('get', KEYS[i + 5]), redis.call('get', KEYS[i + 3])\n"
	"    if not max or tonumber(max) == 0 or not lock or tonumber(lock) < tonumber(max) then\n"
	"      redis.call('incr', KEYS[i + 3])\n"
	"      redis.call('hincrby', KEYS[i + 4], ARGV[1], 1)\n"
	"      return {redis.call('rpoplpush', KEYS[i], KEYS[i + 1]), KEYS[i], KEYS[i + 1]}\n"
	"    end\n"
	"  end\n"
	"end\n"
	"return nil\n";

struct worker {
	pthread_t thread;
	redisContext *redis;
	unsigned seed;
	char keys[KEYS][48];
};

static atomic_long done;
static char sha[41];

/* A pipeline's next reply, which must not be an error. */
static void expect_reply(redisContext *c)
{
	redisReply *reply = NULL;

	if (redisGetReply(c, (void **)&reply) != REDIS_OK)
		die("no answer from Redis: %s", c->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		die("%s", reply->str);
	freeReplyObject(reply);
}

static void prepare(redisContext *c)
{
	redisReply *reply = redis_ask(c, "SCRIPT LOAD %s", fetch_script);

	snprintf(sha, sizeof(sha), "%s", reply->str);
	freeReplyObject(reply);
	for (int q = 0; q < QUEUES; q++) /* as a Go pool does at its start */
		freeReplyObject(redis_ask(c, "SET gw:jobs:q%d:max_concurrency 0", q));
}

/* In pipelines: how it is filled is not what is measured. */
static void enqueue(redisContext *c, long jobs)
{
	for (long i = 0; i < jobs; i++)
		redisAppendCommand(c,
				   "LPUSH gw:jobs:q%ld "
				   "{\"name\":\"q%ld\",\"id\":\"%024lx\",\"t\":1425263409,\"args\":"
				   "{\"n\":%ld}}",
				   i % QUEUES, i % QUEUES, i, i % 1000);
	for (long i = 0; i < jobs; i++)
		expect_reply(c);
}

static redisReply *fetch_one(struct worker *w)
{
	static const char *const suffix[KEYS_EACH] = {
		"", ":pool:inprogress", ":paused", ":lock", ":lock_info", ":max_concurrency"};
	const char *argv[3 + KEYS + 1] = {"EVALSHA", sha, "30"};
	int first = rand_r(&w->seed) % QUEUES;
	redisReply *reply;

	for (int i = 0; i < KEYS; i++) {
		snprintf(w->keys[i], sizeof(w->keys[i]), "gw:jobs:q%d%s",
			 (first + i / KEYS_EACH) % QUEUES, suffix[i % KEYS_EACH]);
		argv[3 + i] = w->keys[i];
	}
	argv[3 + KEYS] = "pool";
	reply = redisCommandArgv(w->redis, 3 + KEYS + 1, argv, NULL);
	if (!reply || reply->type == REDIS_REPLY_ERROR)
		die("fetching failed: %s", reply ? reply->str : w->redis->errstr);
	return reply;
}

static void acknowledge(redisContext *c, const redisReply *job)
{
	redisAppendCommand(c, "MULTI");
	redisAppendCommand(c, "LREM %s 1 %b", job->element[2]->str, job->element[0]->str,
			   (size_t)job->element[0]->len);
	redisAppendCommand(c, "DECR %s:lock", job->element[1]->str);
	redisAppendCommand(c, "HINCRBY %s:lock_info pool -1", job->element[1]->str);
	redisAppendCommand(c, "EXEC");
	for (int i = 0; i < 5; i++)
		expect_reply(c);
}

/* Until one fetch finds nothing, which is how the library drains. */
static void *work(void *arg)
{
	struct worker *w = arg;
	redisReply *job;

	while ((job = fetch_one(w))->type == REDIS_REPLY_ARRAY) {
		acknowledge(w->redis, job);
		atomic_fetch_add(&done, 1);
		freeReplyObject(job);
	}
	freeReplyObject(job);
	return NULL;
}

static void check_nothing_left(redisContext *c, long jobs)
{
	redisReply *keys = redis_ask(c, "KEYS gw:jobs:*:inprogress");

	if (atomic_load(&done) != jobs || keys->elements > 0)
		die("%ld jobs were enqueued, but %ld ran", jobs, atomic_load(&done));
	freeReplyObject(keys);
}

static void run(const char *url, long concurrency)
{
	static struct worker workers[MAX_WORKERS];

	for (long i = 0; i < concurrency; i++) {
		workers[i].redis = redis_open(url);
		workers[i].seed = (unsigned)i + 1;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			die("can't start a thread");
	}
	for (long i = 0; i < concurrency; i++) {
		pthread_join(workers[i].thread, NULL);
		redisFree(workers[i].redis);
	}
}

int main(int argc, char **argv)
{
	struct reading before, after;
	redisContext *c;
	long jobs;

	if (argc != 4)
		die("usage: gocraft_way URL JOBS CONCURRENCY");
	jobs = number_from(argv[2], "jobs", 1, 10000000);
	c = redis_open(argv[1]);
	prepare(c);
	enqueue(c, jobs);
	before = reading_take(c);
	run(argv[1], number_from(argv[3], "concurrency", 1, MAX_WORKERS));
	after = reading_take(c);
	check_nothing_left(c, jobs);
	reading_print(&before, &after, jobs);
	redisFree(c);
	return 0;
}
